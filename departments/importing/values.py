"""Words of a cell as values of the organisation; what can't be one is said in Chinese, to be shown beside the cell."""

import datetime
import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from departments.enums import DepartmentKind
from departments.models import User
from riskcontrol.paper.cell_text import safe_text
from riskcontrol.text import folded, plain_code, stripped
from riskcontrol.web.forms import EARLIEST_DATE, LATEST_DATE

ANSWERS = {"是": True, "√": True, "Y": True, "否": False, "×": False, "N": False}
NOT_A_DATE = "请填写日期，如 2026-9-1 或 2026年9月1日。"
NOT_A_NUMBER = "请填写整数，如 10。"
NOT_AN_ADDRESS = "请填写邮箱地址，如 name@school.cn；没有的留空。"
LARGEST_ORDER = 100_000
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})(?:日?(?:[ T]0{1,2}:00(?::00)?)?|日0{1,2}:00(?::00)?)")
_PLAIN_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SEPARATORS = re.compile(r"[、，,;；/\n]+")


def same(old: str, new: str) -> bool:
    """Whether two texts say the same once they have been in a cell."""
    return _plain(old) == _plain(new)


def _plain(text: str) -> str:
    return "\n".join(stripped(line) for line in stripped(safe_text(text)).splitlines())


def person(text: str) -> str:
    """A name without the blanks that pad two characters to three (T16: 于 梅)."""
    parts = text.split()
    return "".join(parts) if all(len(part) == 1 for part in parts) else " ".join(parts)


def date(text: str) -> datetime.date:
    """2026-9-1, 2026/9/1, 2026.9.1, 2026年9月1日 or 20260901; ValidationError for anything else."""
    plain = unicodedata.normalize("NFKC", text).strip()
    compact = re.sub(r"\s*([-/.年月日])\s*", r"\1", plain)
    found = _DATE.fullmatch(compact) or _PLAIN_DATE.fullmatch(compact)
    try:
        day = datetime.date(*map(int, found.groups())) if found else None
    except ValueError:
        day = None
    if day is None:
        raise ValidationError(NOT_A_DATE)
    if not EARLIEST_DATE <= day <= LATEST_DATE:
        raise ValidationError("请核对年份，应在 1900 年至 2100 年之间。")
    return day


def number(text: str) -> int:
    """A whole number, in full width too."""
    plain = plain_code(text)
    if not plain.isascii() or not plain.isdigit():
        raise ValidationError(NOT_A_NUMBER)
    if int(plain) > LARGEST_ORDER:
        raise ValidationError(f"不能大于 {LARGEST_ORDER}。")
    return int(plain)


def answer(text: str) -> bool:
    """是 or 否."""
    plain = plain_code(text).upper()
    if plain not in ANSWERS:
        raise ValidationError("请填“是”或“否”。")
    return ANSWERS[plain]


def mail(text: str) -> str:
    """An address for mails, in full width too."""
    plain = plain_code(text)
    longest = User._meta.get_field("email").max_length or 0
    try:
        EmailValidator()(plain)
    except ValidationError as error:
        raise ValidationError(NOT_AN_ADDRESS) from error
    if len(plain) > longest:
        raise ValidationError(f"请缩短到 {longest} 字以内，现在有 {len(plain)} 字。")
    return plain


def one_of(text: str, known: Iterable[tuple[Any, Any]]) -> Any:
    """The value of a label."""
    labels = {folded(str(label)): value for value, label in known}
    if folded(text) not in labels:
        names = "、".join(str(label) for _, label in known)
        raise ValidationError(f"“{text[:20]}”不认识，请填：{names}。")
    return labels[folded(text)]


def several(text: str) -> list[str]:
    """The parts of a cell that lists: 财务、采购."""
    return [part.strip() for part in _SEPARATORS.split(text) if part.strip()]


def kind_of(name: str) -> str:
    """The kind that a department's name says by its end: 财务处, 培训科, 校领导班子."""
    return next((value for value, label in DepartmentKind.choices if name.endswith(str(label))), DepartmentKind.OTHER)


def at_most(model: Any, name: str, *, tidy: Callable[[str], str] = str) -> Callable[[str], str]:
    """A text that a field of a model can hold."""
    longest = model._meta.get_field(name).max_length

    def checked(text: str) -> str:
        plain = tidy(text)
        if len(plain) > longest:
            raise ValidationError(f"请缩短到 {longest} 字以内，现在有 {len(plain)} 字。")
        return plain

    return checked
