"""How things look on the page: badges, dates, difference marks, page links; nothing is decided here."""

import datetime
import difflib
import re
from typing import Any

from django import template
from django.core.paginator import Page
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

# The number alone is read both ways in practice, so the meaning always stands beside it.
LEVEL_WORDS = {1: "一级（高）", 2: "二级（中）", 3: "三级（低）"}

# Such as www.12388.gov.cn; one longer than a line may still be parted.
ADDRESS = r"([A-Za-z0-9@:/_-]+(?:\.[A-Za-z0-9@:/_-]+){2,})"
STATUS_TONES = {
    "draft": "",
    "submitted": "blue",
    "reviewed": "amber",
    "published": "amber",
    "signing": "amber",
    "returned": "red",
    "overdue": "red",
    "confirmed": "green",
    "in_force": "green",
    "to_come": "blue",
    "of_year": "",
    "active": "green",
    "filed": "green",
    "accepted": "green",
    "answered": "green",
    "new": "blue",
    "open": "blue",
    "quarantine": "amber",
    "done": "green",
    "received": "green",
    "sent": "blue",
    "reported": "blue",
}

# Chinese is compared by character, Latin words and numbers as a whole.
TOKEN = re.compile(r"[A-Za-z]+|\d+(?:\.\d+)?|\s+|.", re.DOTALL)
SHORTEST_KEPT = 2


@register.simple_tag
def level_badge(level: int | None) -> SafeString:
    """A level with its meaning; a missing one is said in words."""
    try:
        number = int(level)  # type: ignore[arg-type]
        words = LEVEL_WORDS[number]
    except (TypeError, ValueError, KeyError):
        return mark_safe('<span class="lv lv0">未定级</span>')  # a fixed text  # nosec B308
    return format_html('<span class="lv lv{}">{}</span>', number, words)


@register.simple_tag
def status_tag(code: str, label: str) -> SafeString:
    """A state in words; the colour only repeats it."""
    tone = STATUS_TONES.get(str(code), "")
    return format_html('<span class="status-tag{}">{}</span>', f" status-{tone}" if tone else "", label)


def _local(value: Any) -> Any:
    if isinstance(value, datetime.datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


@register.filter
def cn_date(value: datetime.date | None) -> str:
    """2026年11月20日, without leading zeros (GB/T 9704-2012, 7.3.5.4)."""
    if not isinstance(value, datetime.date):
        return ""
    value = _local(value)
    return f"{value.year}年{value.month}月{value.day}日"


@register.filter
def cn_datetime(value: datetime.datetime | None) -> str:
    """2026年11月20日 14:32, in the school's time."""
    if not isinstance(value, datetime.datetime):
        return cn_date(value)
    return f"{cn_date(value)} {_local(value):%H:%M}"


@register.filter
def cn_time(value: datetime.datetime | None) -> str:
    """14:32, in the school's time."""
    return f"{_local(value):%H:%M}" if isinstance(value, datetime.datetime) else ""


@register.filter
def whole_addresses(text: str) -> SafeString:
    """A text whose web and mail addresses stay on one line each; read by eye, a parted one is typed wrongly."""
    parts = re.split(ADDRESS, text)
    return format_html_join(
        "",
        "{}",
        (
            (format_html('<span class="nowrap">{}</span>', part) if place % 2 else part,)
            for place, part in enumerate(parts)
        ),
    )


@register.filter
def minutes(value: datetime.timedelta) -> int:
    """A duration in whole minutes, rounded up."""
    return -(-int(value.total_seconds()) // 60)


def _spans(old: list[str], new: list[str]) -> list[tuple[str, str]]:
    """Pairs (before, after); an equal pair is unchanged text. One equal character between two changes joins them."""
    spans: list[tuple[str, str]] = []
    for _, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        spans.append(("".join(old[a:b]), "".join(new[c:d])))
    merged: list[tuple[str, str]] = []
    for index, (before, after) in enumerate(spans):
        inner = 0 < index < len(spans) - 1
        island = inner and before == after and len(before) < SHORTEST_KEPT
        follows_change = bool(merged) and merged[-1][0] != merged[-1][1]
        if merged and follows_change and (island or before != after):
            merged[-1] = (merged[-1][0] + before, merged[-1][1] + after)
        else:
            merged.append((before, after))
    return merged


@register.simple_tag
def diff_text(old: str | None, new: str | None) -> SafeString:
    """The new text with what was added and removed marked, in words too for those who hear the page."""
    before, after = old or "", new or ""
    if difflib.SequenceMatcher(None, before, after, autojunk=False).ratio() < 0.35:
        spans = [(before, after)]
    else:
        spans = _spans(TOKEN.findall(before), TOKEN.findall(after))
    parts = []
    for removed, added in spans:
        if removed == added:
            parts.append(format_html("{}", added))
            continue
        if removed:
            parts.append(format_html('<del><span class="visually-hidden">删除：</span>{}</del>', removed))
        if added:
            parts.append(format_html('<ins><span class="visually-hidden">新增：</span>{}</ins>', added))
    return format_html('<span class="keep-lines">{}</span>', format_html_join("", "{}", ((part,) for part in parts)))


@register.inclusion_tag("_pager.html")
def paginate_links(page: Page) -> dict[str, Any]:
    """Page numbers with gaps, keeping the other parts of the query."""
    paginator = page.paginator
    return {
        "page": page,
        "numbers": list(paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)),
        "gap": paginator.ELLIPSIS,
    }
