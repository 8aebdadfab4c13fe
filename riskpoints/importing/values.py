"""Words of a file as values of the register; what can't be one is said in Chinese."""

import datetime
import re
from collections.abc import Mapping
from typing import Any

from django.db.models import Field

from departments.enums import Level
from departments.models import Post
from riskcontrol.text import folded, plain_width
from riskpoints import fields as declared
from riskpoints import levels
from riskpoints.documents.bands import clean
from riskpoints.enums import FindingMethod, Harm, Likelihood, Stage
from riskpoints.importing.content import FileMeasure, FilePoint
from riskpoints.models import Measure, RiskPoint

STATES = {"": True, "潜在": True, "潜在的风险": True, "已存在": False, "已存在的风险": False}
ANSWERS = {"": False, "否": False, "是": True, "√": True}
# Fields of the register whose column in a file has another name.
FILE_NAMES = {
    "proposed_level": "level",
    "proposed_reason": "reason",
    "finding_methods": "methods",
    "finding_other": "other",
    "is_latent": "state",
    "is_key_area": "key",
}
_OTHER = re.compile(r"^其他[（(](.+)[)）]$")
_SEPARATORS = re.compile(r"[、，,;；\n]+")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_FORMULA_ERRORS = frozenset({"#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"})


class WordReader:
    """Takes the words of one row and collects what is wrong with them."""

    def __init__(self) -> None:
        self.wrong: list[str] = []
        self.of_field: dict[str, list[str]] = {}  # the same by the field of the file

    def refuse(self, name: str, words: str) -> None:
        """Say what is wrong with a field."""
        self.wrong.append(words)
        self.of_field.setdefault(name, []).append(words)

    def one_of(self, text: str, known: Mapping[str, Any], name: str, title: str, advice: str) -> Any:
        """The value of a word; None where there is none."""
        plain = {folded(word): value for word, value in known.items()}
        if folded(text) in plain:
            return plain[folded(text)]
        if text:
            self.refuse(name, f"{title}“{text[:20]}”不认识，请填：{advice}。")
        return None

    def level(self, text: str) -> int | None:
        """The level that people mean: 一级（高）, 二级, 高, Ⅲ级, B; None where there is none."""
        found = level_of(text)
        if text and found is None:
            self.refuse("level", f"建议等级“{text[:20]}”不认识，请填：{'、'.join(Level.labels)}。")
        return found

    def text(self, model: Any, name: str, text: str) -> str:
        """A text that its field can hold."""
        field: Field[Any, Any] = model._meta.get_field(name)
        if field.max_length and len(text) > field.max_length:
            words = f"{field.verbose_name}请缩短到 {field.max_length} 字以内，现在有 {len(text)} 字。"
            self.refuse(FILE_NAMES.get(name, name), words)
        if text in _FORMULA_ERRORS:
            self.refuse(FILE_NAMES.get(name, name), f"{field.verbose_name}是出错的公式（{text}），请改成文字。")
        return text

    def day(self, field: declared.Field, text: str) -> datetime.date | None:
        """A day as people write one: 2027-06-30, 2027/6/30, 2027年6月30日."""
        if not text:
            return None
        found = _DAY.fullmatch(plain_width(text).strip())
        try:
            year, month, day = map(int, found.groups() if found else ())
            return datetime.date(year, month, day)
        except ValueError:
            self.refuse(field.name, f"{field.title}“{text[:20]}”不是日期，请写成 2027-06-30。")
            return None


def category_of(text: str, choices: Mapping[str, str]) -> str:
    """The category that a label means, whether 风险 is written behind it or not; empty where it means none."""
    plain = folded(text).removesuffix("风险")
    return next((value for value, label in choices.items() if label.removesuffix("风险") == plain), "")


def point_values(point: FilePoint, post: Post | None, words: WordReader) -> dict[str, Any]:
    """The values of services.save_point() but the category."""
    methods, other = _methods(point, words)
    scales = {
        "likelihood": words.one_of(
            point.likelihood, _labels(Likelihood), "likelihood", "发生机率", "、".join(Likelihood.labels)
        ),
        "harm": words.one_of(point.harm, _labels(Harm), "harm", "危害程度", "、".join(Harm.labels)),
    }
    floors = post.floors if post else ()
    proposed = words.level(point.level)
    texts = {name: getattr(point, name) for name in ("text", "manifestation", "matter", "responsible")}
    texts |= {"proposed_reason": point.reason, "finding_other": other}
    days = {field.name: field for field in declared.plain(declared.POINT) if field.is_day}
    texts |= {name: text for name, text in point.more.items() if name not in days}
    typed = {name: words.day(field, point.more.get(name, "")) for name, field in days.items()}
    return (
        {name: words.text(RiskPoint, name, text) for name, text in texts.items()}
        | typed
        | {
            "post": post,
            **scales,
            "proposed_level": proposed or levels.rule(scales["likelihood"], scales["harm"], floors).computed,
            "finding_methods": methods,
            "is_latent": words.one_of(point.state, STATES, "state", "状态", "潜在的风险、已存在的风险") is not False,
            "is_key_area": bool(words.one_of(point.key, ANSWERS, "key", "重点领域", "是、否")),
        }
    )


def measure_values(measure: FileMeasure, words: WordReader) -> dict[str, Any]:
    """The values of services.save_measure() but the category."""
    texts = {name: getattr(measure, name) for name in ("text", "responsible", "timing", "basis")} | dict(measure.more)
    stages = _labels(Stage) | {"": "", "未分": "", "未分阶段": ""}
    return {name: words.text(Measure, name, text) for name, text in texts.items()} | {
        "stage": words.one_of(measure.stage, stages, "stage", "阶段", "、".join(Stage.labels)) or ""
    }


def same(text: str) -> str:
    """A text as it is compared: as it is printed, so that a file that we wrote says the same as the draft."""
    return clean(text)


def _methods(point: FilePoint, words: WordReader) -> tuple[list[str], str]:
    known, found, other = _labels(FindingMethod), [], point.other
    for part in filter(None, map(str.strip, _SEPARATORS.split(point.methods))):
        named = _OTHER.match(part)
        method = words.one_of("其他" if named else part, known, "methods", "查找方法", "、".join(FindingMethod.labels))
        if method and method not in found:
            found.append(method)
        if named and not other:
            other = named[1]
    return found, other


def _labels(choices: Any) -> dict[str, Any]:
    return {str(label): value for value, label in choices.choices}


_LEVEL_WORDS = {
    "一": 1, "1": 1, "i": 1, "高": 1, "a": 1,
    "二": 2, "2": 2, "ii": 2, "中": 2, "b": 2,
    "三": 3, "3": 3, "iii": 3, "低": 3, "c": 3,
}  # fmt: skip
_LEVEL_FILLERS = re.compile("风险|廉政|等级|级|类|[()（）、,，/:：.]")
_LEVEL_PIECES = re.compile("iii|ii|.")


def level_of(text: str) -> int | None:
    """The level a word means: 一级（高）, 一级, 高, 高风险, Ⅰ级, A; None where it means none, or two: 一级（低）."""
    pieces = _LEVEL_PIECES.findall(_LEVEL_FILLERS.sub("", folded(text)))
    found = {_LEVEL_WORDS.get(piece) for piece in pieces}
    return found.pop() if len(found) == 1 else None
