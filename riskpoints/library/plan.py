"""What an uploaded workbook would do: each row new, changed, the same or wrong, with words beside its cells.

An entry is known by its 编号, and one without by its area, category and words, so that the same file imported twice
changes nothing.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction

from departments.models import Actor, PostFunction
from riskcontrol import audit
from riskcontrol.text import folded
from riskpoints.enums import ALL_CATEGORIES, Harm, Likelihood
from riskpoints.importing.lists import SentList
from riskpoints.library.forms import years_of
from riskpoints.library.workbook import COLUMNS, NO, SHEET, STAGES, YES, measures_in, words_of
from riskpoints.references.library import services
from riskpoints.references.library.models import TypicalRisk
from riskpoints.references.library.values import RiskValues, values_of
from riskpoints.references.library.verbs import LibraryVerb

SEPARATORS = re.compile(r"[、，,;；\s]+")


class State(models.TextChoices):
    """What becomes of a row."""

    NEW = "new", "新增"
    CHANGED = "changed", "有变化"
    SAME = "same", "没有变化"
    WRONG = "wrong", "需要修改"


@dataclass(frozen=True)
class Change:
    """One difference between what exists and what the workbook says."""

    title: str
    old: str
    new: str


@dataclass
class Line:
    """One row and what becomes of it; `wrong` says by the title of a column what has to be mended."""

    number: int
    words: Mapping[str, str]
    state: State = State.NEW
    risk: TypicalRisk | None = None
    values: RiskValues | None = None
    is_active: bool = True
    changes: list[Change] = field(default_factory=list)
    wrong: dict[str, list[str]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What its tick is called."""
        return str(self.number)

    @property
    def cells(self) -> list[tuple[str, str, Sequence[str]]]:
        """Title, words and what is wrong of each cell that says something or has to."""
        found = [(c.title, self.words.get(c.name, ""), self.wrong.get(c.title, ())) for c in COLUMNS]
        return [cell for cell in found if cell[1] or cell[2]]

    def refuse(self, title: str, *messages: str) -> None:
        """The row is wrong: say why beside a cell."""
        self.state = State.WRONG
        self.wrong.setdefault(title, []).extend(messages)


class NotImportedError(Exception):
    """Nothing was imported; `message` says why where the preview doesn't."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message)
        self.message = message


# ---- comparing ----


def lines(sent: SentList) -> list[Line]:
    """What becomes of each row, as the library is now."""
    stored = list(TypicalRisk.objects.prefetch_related("functions", "measures"))
    by_key = {risk.key: risk for risk in stored}
    by_words = {_same_words(risk.area, risk.category, risk.text): risk for risk in stored}
    functions = set(PostFunction.objects.values_list("name", flat=True))
    found, seen = [], dict[object, int]()
    for number, words in sent.rows:
        line = Line(number, words)
        found.append(line)
        for at, column, text in sent.faults:
            if at == number:
                line.refuse(next((c.title for c in COLUMNS if c.name == column), "本行"), text)
        _fill(line, by_key, by_words, functions)
        known = line.risk.pk if line.risk else _same_words(*(words.get(n, "") for n in ("area", "category", "text")))
        if known in seen:
            line.refuse("编号" if line.risk else "风险点", f"与第 {seen[known]} 行是同一条，请只留一行。")
        seen.setdefault(known, number)
    return found


def _same_words(area: str, category: str, text: str) -> tuple[str, str, str]:
    return folded(area), category, folded(text)


def _fill(
    line: Line, by_key: Mapping[str, TypicalRisk], by_words: Mapping[Any, TypicalRisk], functions: set[str]
) -> None:
    words = line.words
    category = _one_of(line, "category", "风险类别", {str(label): value for value, label in ALL_CATEGORIES})
    line.is_active = _one_of(line, "is_active", "启用", {YES: True, NO: False}, default=True)
    for column in COLUMNS:
        if column.is_needed and not words.get(column.name):
            line.refuse(column.title, f"请填写{column.title}。")
    if key := words.get("key", ""):
        line.risk = by_key.get(key.upper()) or by_key.get(key)
        if line.risk is None:
            line.refuse("编号", f"没有编号为 {key} 的条目。新增的请把编号留空。")
    else:
        line.risk = by_words.get(_same_words(words.get("area", ""), category or "", words.get("text", "")))
    values = RiskValues(
        area=words.get("area", ""),
        category=category or "",
        text=words.get("text", ""),
        manifestation=words.get("manifestation", ""),
        likelihood=_one_of(line, "likelihood", "发生机率", {str(o.label): o.value for o in Likelihood}),
        harm=_one_of(line, "harm", "危害程度", {str(o.label): o.value for o in Harm}),
        hot_years=_years(line),
        source=words.get("source", ""),
        functions=_functions(line, functions),
        measures=tuple(item for name, stage in STAGES.items() for item in measures_in(words.get(name, ""), stage)),
    )
    line.values = values
    if line.state != State.WRONG:
        _check(line, values)
    if line.state != State.WRONG and line.risk is not None:
        _compare(line, line.risk, values)


def _one_of(line: Line, column: str, title: str, known: Mapping[str, Any], default: Any = None) -> Any:
    text = line.words.get(column, "")
    if not text:
        return default
    if text in known:
        return known[text]
    line.refuse(title, f"请填写 {'、'.join(known)} 中的一个。")
    return default


def _years(line: Line) -> tuple[int, ...]:
    try:
        return years_of(line.words.get("hot_years", ""))
    except ValidationError as error:
        line.refuse("当年重点", *error.messages)
        return ()


def _functions(line: Line, known: set[str]) -> frozenset[str]:
    names = {
        word for word in line.words.get("functions", "").replace("，", "、").replace(",", "、").split("、") if word
    }
    if strange := sorted(names - known):
        line.refuse("岗位职能", f"没有这样的岗位职能：{'、'.join(strange)}。")
    return frozenset(names & known)


def _check(line: Line, values: RiskValues) -> None:
    """Refuse what the model would refuse: texts that are too long."""
    titles = {column.name: column.title for column in COLUMNS}
    try:
        services.check(values)
    except ValidationError as error:
        for name, messages in error.message_dict.items():
            line.refuse(titles.get(name, "风险点"), *messages)


def _compare(line: Line, risk: TypicalRisk, values: RiskValues) -> None:
    before = words_of(values_of(risk), key=risk.key, is_active=risk.is_active)
    after = words_of(values, key=risk.key, is_active=line.is_active)
    line.changes = [
        Change(column.title, before[column.name] or "（空）", after[column.name] or "（空）")
        for column in COLUMNS
        if before[column.name] != after[column.name]
    ]
    line.state = State.CHANGED if line.changes else State.SAME


def digest(found: Sequence[Line]) -> str:
    """What changes whenever the preview would look otherwise."""
    said = [[line.number, line.state, [[c.title, c.old, c.new] for c in line.changes], line.wrong] for line in found]
    return hashlib.sha256(audit.canonical_json(said).encode()).hexdigest()


# ---- saving ----


def save(sent: SentList, taken: frozenset[str], *, seen: str, actor: Actor) -> tuple[int, int]:
    """Add what is new and change what is ticked, all of it or nothing; how many of both. NotImportedError."""
    with transaction.atomic():
        services.require_keeper(actor)
        audit.hold()
        found = lines(sent)
        if any(line.state == State.WRONG for line in found):
            raise NotImportedError
        if digest(found) != seen:
            raise NotImportedError("您预览以后典型风险库有了变动，什么都没有导入。请看最新的对照，再按“导入”。")
        wanted = list(_wanted(found, taken))
        for line in wanted:
            _write(line, actor)
        added = sum(line.state == State.NEW for line in wanted)
        counts = added, len(wanted) - added
        if wanted:
            detail = {"文件": sent.name, "新增": added, "修改": counts[1]}
            audit.record(LibraryVerb.IMPORT, actor=actor, label=SHEET, detail=detail)
    return counts


def _wanted(found: Sequence[Line], taken: frozenset[str]) -> Iterator[Line]:
    for line in found:
        if line.state == State.NEW or (line.state == State.CHANGED and line.name in taken):
            yield line


def _write(line: Line, actor: Actor) -> None:
    assert line.values is not None  # noqa: S101 - filled for every line  # nosec B101
    try:
        if line.risk is not None and line.risk.is_active and not line.is_active:
            services.set_active(line.risk, False, actor=actor)
        if line.risk is None or any(change.title != "启用" for change in line.changes):
            line.risk = services.save_risk(line.values, risk=line.risk, actor=actor)
        services.set_active(line.risk, line.is_active, actor=actor)
    except ValidationError as error:
        raise NotImportedError(f"第 {line.number} 行：{'；'.join(error.messages)}什么都没有导入。") from error
