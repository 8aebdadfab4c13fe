"""A cell's value as its reader sees it: number formats of ECMA-376 part 1, 18.8.30, as far as people type them.

A format that is not known is refused by name rather than guessed at: an import stores what the cell showed.
"""

import datetime
import re
from decimal import ROUND_HALF_UP, Decimal

GENERAL_DIGITS = 11  # as many as a cell in the format General shows before it turns to 1.23E+17
PRECISION = 15  # significant digits of a number in a workbook
# Formats that follow the reader's country: on a Chinese machine these.
OF_THE_COUNTRY = {"mm-dd-yy": "yyyy/m/d", "m/d/yy h:mm": "yyyy/m/d h:mm"}
WEEKDAYS = "一二三四五六日"

_SECTION = re.compile(r';(?=(?:[^"]*"[^"]*")*[^"]*$)')
_ASIDE = re.compile(r"\[(?:\$[^\]]*|DBNum\d|[A-Za-z]+|Color ?\d+|[<>=][^\]]*)\]", re.IGNORECASE)
_TOKEN = re.compile(
    r'"([^"]*)"|\\(.)|_(.)|\*(.)|(\[h+\]|\[m+\])|(yyyy|yy|e|mmmmm|mmmm|mmm|mm|m|dddd|ddd|dd|d|aaaa|aaa|hh|h|ss|s'
    r"|AM/PM|A/P|上午/下午|\.0+)|(.)",
    re.IGNORECASE | re.DOTALL,
)
_NUMBER = re.compile(r"([#0?,]*)(?:\.([#0?]*))?(%*)")


class UnknownFormatError(ValueError):
    """A number format that this program doesn't know; its code is the message."""


def shown(value: object, number_format: str) -> str:
    """The text that the cell shows. UnknownFormatError where that can't be said."""
    if value is None:
        return ""
    number_format = OF_THE_COUNTRY.get(number_format, number_format)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime.timedelta):
        return _as_duration(value, number_format)
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return _as_date(value, number_format)
    if isinstance(value, int | float):
        return _as_number(value, number_format)
    return str(value)


def _as_number(value: float, number_format: str) -> str:
    code = _ASIDE.sub("", _SECTION.split(number_format)[0])
    if number_format == "General" or code.strip() in ("General", "@", ""):
        return _general(value)
    plain = re.sub(r'"[^"]*"|\\.|_.|\*.', "", code).strip()
    if "E+" in plain.upper():
        digits = len(plain.upper().partition("E+")[0].partition(".")[2])
        return _scientific(value, digits)
    matched = _NUMBER.fullmatch(plain.replace("¥", "").replace("￥", "").replace("$", "").strip())
    if matched is None or not any(matched.groups()):
        raise UnknownFormatError(number_format)
    return _around(code, _digits(Decimal(repr(value)), *matched.groups()))


def _digits(number: Decimal, whole: str, places: str | None, percent: str) -> str:
    if percent:
        number = number.scaleb(2 * len(percent))
    least, most = (places or "").rstrip("#?").count("0"), len(places or "")
    number = _significant(number).quantize(Decimal(1).scaleb(-most), rounding=ROUND_HALF_UP)
    text = f"{abs(number):{',' if ',' in whole else ''}f}"
    before, _, after = text.partition(".")
    width = whole.replace(",", "").lstrip("#?").count("0")
    before = before.zfill(width) if width or before != "0" else ""
    after = after.rstrip("0").ljust(least, "0") if after else ""
    return f"{'-' if number < 0 else ''}{before}{'.' if after else ''}{after}{percent}"


def _around(code: str, number: str) -> str:
    """The number with the signs that its format writes around it."""
    parts: list[str] = []
    is_written = False
    for quoted, escaped, space, fill, _, _, other in _TOKEN.findall(code):
        if quoted or escaped:
            parts.append(quoted or escaped)
        elif space or fill:
            continue
        elif other in "¥￥$ ":
            parts.append(other)
        elif not is_written:
            parts.append(number)
            is_written = True
    if not is_written:
        parts.append(number)
    return "".join(parts).strip()


def _significant(number: Decimal) -> Decimal:
    """Fifteen digits, as a workbook shows no more of a number."""
    return number if len(number.as_tuple().digits) <= PRECISION else Decimal(f"{number:.{PRECISION - 1}e}")


def _general(value: float) -> str:
    if isinstance(value, int) or value.is_integer():
        whole = str(int(value))
        return whole if len(whole.lstrip("-")) <= GENERAL_DIGITS else _scientific(value, 5, is_general=True)
    if not 1e-5 <= abs(value) < 10**GENERAL_DIGITS:
        return _scientific(value, 5, is_general=True)
    room = GENERAL_DIGITS - 1 - len(str(int(abs(value))))
    text = f"{Decimal(repr(value)).quantize(Decimal(1).scaleb(-max(room, 0)), rounding=ROUND_HALF_UP):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _scientific(value: float, digits: int, *, is_general: bool = False) -> str:
    mantissa, _, exponent = f"{value:.{digits}E}".partition("E")
    if is_general and "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa}E{exponent[0]}{exponent[1:].lstrip('0').zfill(2)}"


def _as_duration(value: datetime.timedelta, number_format: str) -> str:
    minutes, seconds = divmod(int(value.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}" + (f":{seconds:02d}" if "s" in number_format.lower() else "")


def _as_date(value: datetime.datetime | datetime.date | datetime.time, number_format: str) -> str:
    code = _SECTION.split(_ASIDE.sub(lambda found: found[0] if found[0][1] in "hHmM" else "", number_format))[0]
    if code.strip() in ("General", "@", ""):
        return _iso(value)
    tokens = [tuple(found) for found in _TOKEN.findall(code)]
    if any(elapsed for _, _, _, _, elapsed, _, _ in tokens):
        raise UnknownFormatError(number_format)
    parts = [part.lower() for *_, part, _ in tokens]
    twelve = any(part in ("am/pm", "a/p", "上午/下午") for part in parts)
    written = []
    for place, (quoted, escaped, space, fill, _, part, other) in enumerate(tokens):
        if quoted or escaped or other:
            written.append(quoted or escaped or other)
        elif part:
            written.append(_part(value, parts, place, twelve=twelve))
        elif space or fill:
            continue
    if not any(parts):
        raise UnknownFormatError(number_format)
    return "".join(written).strip()


def _iso(value: datetime.datetime | datetime.date | datetime.time) -> str:
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    return value.isoformat(" ") if isinstance(value, datetime.datetime) else value.isoformat()


def _part(
    value: datetime.datetime | datetime.date | datetime.time, parts: list[str], place: int, *, twelve: bool
) -> str:
    """One piece of a date's format; m is a minute between an hour and a second, a month otherwise."""
    part = parts[place]
    before = next((other for other in reversed(parts[:place]) if other), "")
    after = next((other for other in parts[place + 1 :] if other), "")
    if part in ("m", "mm") and (before.startswith("h") or after.startswith("s")):
        return _pad(getattr(value, "minute", 0), part)
    if part.startswith("h"):
        hour = getattr(value, "hour", 0)
        return _pad((hour - 1) % 12 + 1 if twelve else hour, part)
    if part.startswith("s"):
        return _pad(getattr(value, "second", 0), part)
    if part.startswith("."):
        return ""
    if part in ("am/pm", "a/p", "上午/下午"):
        is_morning = getattr(value, "hour", 0) < 12
        return {"上午/下午": ("上午", "下午"), "a/p": ("A", "P")}.get(part, ("AM", "PM"))[not is_morning]
    if isinstance(value, datetime.time):
        raise UnknownFormatError(part)
    if part in ("yyyy", "e"):
        return str(value.year)
    if part == "yy":
        return f"{value.year % 100:02d}"
    if part in ("aaaa", "aaa", "dddd", "ddd"):
        day = WEEKDAYS[value.weekday()]
        return f"星期{day}" if part in ("aaaa", "dddd") else f"周{day}"
    if part in ("mmmmm", "mmmm", "mmm"):
        return f"{value.month}月"
    return _pad(value.month if part.startswith("m") else value.day, part)


def _pad(number: int, part: str) -> str:
    return f"{number:02d}" if len(part) == 2 else str(number)
