"""What comes with the program: the entries and questions of data/, in every installation from `migrate` on.

An entry that nobody changed follows the data of a new version; what the committee changed or retired stays as it is.
"""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.migrations.loader import MigrationLoader
from django.urls import reverse

from departments.document_functions import DOCUMENT_FUNCTIONS
from departments.enums import Role
from departments.models import PostFunction
from departments.notices import notify
from riskcontrol import audit
from riskcontrol.models import AuditEntry
from riskpoints.enums import ALL_CATEGORIES, Stage
from riskpoints.references.library.models import GuidingQuestion, TypicalMeasure, TypicalRisk
from riskpoints.references.library.values import MeasureValues, RiskValues, measure_rows, values_of
from riskpoints.references.library.verbs import LibraryVerb

DATA = Path(__file__).parent / "data"
SOURCE = "系统自带，按中等职业学校通行做法编写"
QUESTIONS = "questions.toml"
TOLD = "典型风险库随系统更新：{changes}。纪委改过、停用过的条目和引导问题照旧。请按本校情况核对。"


@dataclass(frozen=True)
class ShippedRisk:
    """One entry of the data files; its key never changes."""

    key: str
    order: int
    values: RiskValues


@dataclass(frozen=True)
class ShippedQuestion:
    """One question of the data files, known by its category and place."""

    key: str
    category: str
    order: int
    text: str

    @property
    def hash(self) -> str:
        return audit.sha256(f"{self.category} {self.order} {self.text}")


@lru_cache(maxsize=1)
def shipped_risks() -> tuple[ShippedRisk, ...]:
    """All entries, in the order of the files and within them."""
    names = {function.key: function.name for function in DOCUMENT_FUNCTIONS}
    found: list[ShippedRisk] = []
    for path in sorted(DATA.glob("[0-9]*.toml")):
        said = tomllib.loads(path.read_text(encoding="utf-8"))
        for row in said["risk"]:
            values = _values(row, said["area"], frozenset(names[key] for key in row.get("functions", [])))
            found.append(ShippedRisk(row["key"], (len(found) + 1) * 10, values))
    return tuple(found)


def _values(row: dict[str, Any], area: str, functions: frozenset[str]) -> RiskValues:
    measures = [MeasureValues(stage.value, *row[stage.value]) for stage in Stage]
    return RiskValues(
        area=area,
        category=row["category"],
        text=row["text"],
        manifestation=row["manifestation"],
        likelihood=row["likelihood"],
        harm=row["harm"],
        hot_years=tuple(row.get("hot", [])),
        source=SOURCE,
        functions=functions,
        measures=tuple(measures),
    )


@lru_cache(maxsize=1)
def shipped_questions() -> tuple[ShippedQuestion, ...]:
    """All questions, by category."""
    said = tomllib.loads((DATA / QUESTIONS).read_text(encoding="utf-8"))
    return tuple(
        ShippedQuestion(f"{category}-{place}", category, place * 10, text)
        for category, _ in ALL_CATEGORIES
        for place, text in enumerate(said[category], start=1)
    )


def ensure_after_migrate(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """Receiver of post_migrate, after that of the functions; a migrate to an earlier state leaves it to the next."""
    if using == DEFAULT_DB_ALIAS and _is_up_to_date(using):
        ensure_library()


def _is_up_to_date(using: str) -> bool:
    loader = MigrationLoader(connections[using])
    wanted = {key for app in ("departments", "riskcontrol", "library") for key in loader.graph.leaf_nodes(app)}
    return wanted <= set(loader.applied_migrations)


def ensure_library() -> None:
    """Add what is missing, renew what nobody changed. In an installation in use it is one entry of the trail, and the
    committee is told; a new one begins with the library, as it begins with its tables."""
    with transaction.atomic():
        is_new = not AuditEntry.objects.exists()
        risks, questions = _ensure_risks(), _ensure_questions()
        changes = {"新增": [*risks[0], *questions[0]], "更新": [*risks[1], *questions[1]]}
        if is_new or not any(changes.values()):
            return
        audit.record(LibraryVerb.SHIP, label="典型风险库", detail=changes)
        said = "，".join(f"{word} {len(keys)} 条" for word, keys in changes.items() if keys)
        notify(text=TOLD.format(changes=said), link=reverse("library:index"), roles=[Role.REVIEWER], actor=None)


def _ensure_risks() -> tuple[list[str], list[str]]:
    stored = {
        risk.key: risk for risk in TypicalRisk.objects.exclude(shipped="").prefetch_related("functions", "measures")
    }
    functions = {function.name: function for function in PostFunction.objects.exclude(document_key=None)}
    new = [given for given in shipped_risks() if given.key not in stored]
    outdated = [
        (stored[given.key], given)
        for given in shipped_risks()
        if given.key in stored and _is_outdated(stored[given.key], given)
    ]
    rows = [_row(TypicalRisk(key=given.key), given) for given in new]
    TypicalRisk.objects.bulk_create(rows)
    for risk, given in outdated:
        _row(risk, given).save()
    written = [*zip(rows, new, strict=True), *outdated]
    _write_around(written, functions)
    return [given.key for given in new], [given.key for _, given in outdated]


def _is_outdated(risk: TypicalRisk, given: ShippedRisk) -> bool:
    """Whether the data says something else now, and the entry still says what it was shipped with."""
    return risk.is_active and given.values.hash != risk.shipped == values_of(risk).hash


def _row(risk: TypicalRisk, given: ShippedRisk) -> TypicalRisk:
    for name, value in given.values.fields.items():
        setattr(risk, name, value)
    risk.order, risk.shipped = given.order, given.values.hash
    return risk


def _write_around(written: list[tuple[TypicalRisk, ShippedRisk]], functions: dict[str, PostFunction]) -> None:
    """Functions and measures of the rows that were just written."""
    keys = [risk.pk for risk, _ in written]
    through = TypicalRisk.functions.through
    through._default_manager.filter(typicalrisk__in=keys).delete()
    TypicalMeasure.objects.filter(risk__in=keys).delete()
    through._default_manager.bulk_create(
        through(typicalrisk_id=risk.pk, postfunction_id=functions[name].pk)
        for risk, given in written
        for name in sorted(given.values.functions & functions.keys())
    )
    TypicalMeasure.objects.bulk_create(
        row for risk, given in written for row in measure_rows(risk, given.values.measures)
    )


def _ensure_questions() -> tuple[list[str], list[str]]:
    stored = {question.key: question for question in GuidingQuestion.objects.exclude(key="")}
    new, renewed = [], []
    for given in shipped_questions():
        row = stored.get(given.key)
        if row is None:
            new.append(GuidingQuestion(key=given.key))
            _question(new[-1], given)
        elif row.is_active and given.hash != row.shipped == question_hash(row):
            _question(row, given).save()
            renewed.append(row.key)
    GuidingQuestion.objects.bulk_create(new)
    return [row.key for row in new], renewed


def question_hash(row: GuidingQuestion) -> str:
    """The hash of what a stored question says, as ShippedQuestion has it."""
    return ShippedQuestion(row.key, row.category, row.order, row.text).hash


def _question(row: GuidingQuestion, given: ShippedQuestion) -> GuidingQuestion:
    row.category, row.text, row.order, row.shipped = given.category, given.text, given.order, given.hash
    return row
