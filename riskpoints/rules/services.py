"""Every write to the rules and the calendar, each one audited."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from departments.models import Actor
from departments.permissions import afresh
from riskcontrol import audit
from riskcontrol.text import stripped
from riskpoints.rules import queries
from riskpoints.rules.enums import Key
from riskpoints.rules.models import SchoolRule, WorkCalendar
from riskpoints.rules.permissions import changes, keeps_calendar
from riskpoints.rules.verbs import RuleVerb


def change(key: Key, value: Any, *, since: datetime.date, reason: str, actor: Actor) -> SchoolRule:
    """Let another value be valid from a day on, today at the earliest. ValidationError by field."""
    if since < timezone.localdate():
        raise ValidationError({"since": "规则不能改到过去：请填今天或以后的日期。"})
    with transaction.atomic():
        if not changes(afresh(actor), key):
            raise PermissionDenied("这条规则不由您的角色修改。")
        before = queries.on(since)[key]
        row = SchoolRule(
            key=key,
            value=value,
            since=since,
            changed_by=actor,
            changed_by_name=actor.real_name,
            reason=stripped(reason),
        )
        row.full_clean()
        row.save()
        detail = {"规则": key.value, "规定": [before, value], "起始日期": since, "理由": row.reason}
        audit.record(RuleVerb.RULE_CHANGE, actor=actor, target=row, detail=detail)
    return row


def set_year(
    year: int, days: Mapping[datetime.date, tuple[bool, str]], *, seen: str | None = None, actor: Actor
) -> None:
    """Put these days in the place of what the calendar of a year says: {day: (works, note)}.

    `seen` is the queries.calendar_state() that the writer saw: ValidationError where somebody saved another one since.
    """
    if wrong := [day for day in days if day.year != year]:
        raise ValidationError(f"{wrong[0]:%Y-%m-%d} 不在 {year} 年。")
    with transaction.atomic():
        audit.hold()  # a year without a day has no row to lock
        old = list(WorkCalendar.objects.select_for_update().filter(day__year=year))
        if not keeps_calendar(afresh(actor)):
            raise PermissionDenied("工作日历由领导小组办公室维护。")
        before = {f"{row.day:%Y-%m-%d}": _word(row.is_working, row.note) for row in old}
        after = {f"{day:%Y-%m-%d}": _word(*said) for day, said in sorted(days.items())}
        if seen and seen != queries.calendar_state(year):
            raise ValidationError({"days": _contrasts(before, after)})
        WorkCalendar.objects.filter(pk__in=[row.pk for row in old]).delete()
        for day, (is_working, note) in sorted(days.items()):
            row = WorkCalendar(day=day, is_working=is_working, note=note)
            row.full_clean()
            row.save()
        detail = audit.changed_fields(before, after)
        if detail:
            audit.record(RuleVerb.CALENDAR_CHANGE, actor=actor, label=f"{year} 年工作日历", detail=detail)


def _contrasts(stored: dict[str, str], typed: dict[str, str]) -> list[str]:
    """What somebody else saved beside what was typed."""
    theirs = [f"{day} {said}" for day, said in stored.items() if typed.get(day) != said]
    mine = [f"{day} {said}" for day, said in typed.items() if stored.get(day) != said]
    return [
        "您填写期间别人保存过这一年的日历，您的还没有保存。请对照后再按“保存”，保存的是框里写的这些。",
        *([f"别人保存的、这里没有的：{'；'.join(theirs)}。"] if theirs else []),
        *([f"这里写的、别人没有保存的：{'；'.join(mine)}。"] if mine else []),
    ]


def _word(is_working: bool, note: str) -> str:
    return f"{'班' if is_working else '休'} {note}".strip()
