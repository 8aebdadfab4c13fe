"""Posting: which reviewed tables are published, from when to when, and which leave their publication."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from departments.models import Actor
from riskcontrol import audit
from riskcontrol.templatetags.ui import cn_date
from riskcontrol.text import stripped
from riskpoints.enums import Status
from riskpoints.models import Cycle, Publication, PublishedVersion, TableVersion
from riskpoints.permissions import RegisterAction, can, require_still
from riskpoints.rules import queries as rules
from riskpoints.rules.enums import Key, Mode
from riskpoints.verbs import RegisterVerb

RETURNED, ENDED = "退回修改", "公示终止"


class PublicityError(Exception):
    """The act is not possible now; the message is Chinese and says what to do."""


def period(today: datetime.date) -> dict[str, datetime.date]:
    """First and last day of a publication that is posted today, by the rules of today; empty where there is none.

    Its days are counted from the day after; a rule or a calendar that is changed later moves no period that runs.
    """
    valid = rules.on(today)
    days = valid[Key.PUBLICATION_DAYS]
    if not days:
        return {}
    return {"publish_from": today, "publish_until": rules.last_day(today, days, valid[Key.PUBLICATION_DAY_KIND])}


def on_approval(version: TableVersion, actor: Actor) -> dict[str, datetime.date]:
    """The period of a table that is approved now: it joins the publication of this day, unless the office gathers."""
    today = timezone.localdate()
    valid = rules.on(today)
    dates = period(today) if valid[Key.PUBLICATION_MODE] == Mode.AUTOMATIC else {}
    if dates:
        cycle = version.table.cycle
        found = Publication.objects.filter(
            cycle=cycle, first=dates["publish_from"], last=dates["publish_until"], is_gathered=False, ended_on=None
        ).first()
        publication = found or _post(cycle, dates, valid, title="", notice="", is_gathered=False, actor=actor)
        PublishedVersion.objects.create(publication=publication, version=version)
    return dates


def _post(cycle: Cycle, dates: dict[str, datetime.date], valid: rules.Rules, **values: Any) -> Publication:
    actor, first = values.pop("actor"), dates["publish_from"]
    publication = Publication(
        cycle=cycle,
        first=first,
        last=dates["publish_until"],
        days=valid[Key.PUBLICATION_DAYS],
        day_kind=valid[Key.PUBLICATION_DAY_KIND],
        posted_by=actor,
        **values,
    )
    publication.title = publication.title or f"{cycle}廉政风险点公示（{cn_date(first)}起）"
    publication.full_clean()
    publication.save()
    detail = {"公示开始": publication.first, "公示结束": publication.last}
    audit.record(RegisterVerb.PUBLICATION_POST, actor=actor, target=publication, detail=detail)
    return publication


def leave(version: TableVersion, reason: str = RETURNED) -> None:
    """Take a version out of its publication: it was returned, or the publication was ended."""
    rows = PublishedVersion.objects.filter(version=version, left_at__isnull=True)
    rows.update(left_at=timezone.now(), left_reason=reason)


def posted(version: TableVersion) -> Publication | None:
    """The publication that a version is in."""
    row = version.published.filter(left_at__isnull=True).select_related("publication").first()
    return row.publication if row else None


def unposted() -> QuerySet[TableVersion]:
    """Reviewed tables of open years that wait to be posted, in the order of years and departments."""
    reviewed = TableVersion.objects.filter(status=Status.REVIEWED, table__cycle__closed_at__isnull=True)
    rows = list(reviewed.filter(publish_from__isnull=True).annotate(was_ended=Exists(_ended_since())))
    known = rules.history() if rows else None
    waiting = [row.pk for row in rows if known and _waits(row, known, was_ended=row.was_ended)]
    found = TableVersion.objects.filter(pk__in=waiting).select_related("table__cycle", "table__department")
    return found.order_by("table__cycle__year", "table__department", "id")


def needs_posting(version: TableVersion) -> bool:
    """Whether a reviewed table waits to be posted: approved when the office gathered, or its publication was ended."""
    if version.status != Status.REVIEWED or version.publish_from:
        return False
    was_ended = PublishedVersion.objects.filter(version=version, left_reason=ENDED, left_at__gte=version.reviewed_at)
    return _waits(version, rules.history(), was_ended=was_ended.exists())


def _ended_since() -> QuerySet[PublishedVersion]:
    """The publications of the outer version that were ended after its review."""
    return PublishedVersion.objects.filter(
        version=OuterRef("pk"), left_reason=ENDED, left_at__gte=OuterRef("reviewed_at")
    )


def _waits(version: TableVersion, known: rules.RuleHistory, *, was_ended: bool) -> bool:
    if version.reviewed_at is None:
        return False
    valid = known.on(timezone.localdate(version.reviewed_at))
    return bool(valid[Key.PUBLICATION_DAYS]) and (was_ended or valid[Key.PUBLICATION_MODE] == Mode.GATHERED)


def gather(chosen: Iterable[TableVersion], *, title: str, notice: str, actor: Actor) -> Publication:
    """Publish several reviewed tables of one year in one period that begins today."""
    if not can(actor, RegisterAction.POST):
        raise PermissionDenied("公示由领导小组办公室贴出。")
    today = timezone.localdate()
    with transaction.atomic():
        keys = [version.pk for version in chosen]
        locked = list(TableVersion.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk"))
        require_still(actor, RegisterAction.POST)
        waiting = {version.pk for version in unposted()}
        if not locked or any(version.pk not in waiting for version in locked):
            raise PublicityError("选中的表里有的已经公示或退回，请刷新页面再选。")
        cycles = {version.table.cycle for version in locked}
        if len(cycles) > 1:
            raise ValidationError({"chosen": "一次公示只能放同一年度的表。"})
        dates = period(today)
        if not dates:
            raise PublicityError("校内规则现在不设公示期。请先在“校内规则”里设定公示天数。")
        values = {"title": stripped(title), "notice": stripped(notice), "is_gathered": True, "actor": actor}
        publication = _post(cycles.pop(), dates, rules.on(today), **values)
        for version in locked:
            PublishedVersion.objects.create(publication=publication, version=version)
            TableVersion.objects.filter(pk=version.pk, status=Status.REVIEWED).update(**dates)
            version.publish_from, version.publish_until = dates["publish_from"], dates["publish_until"]
            detail = {"公示开始": publication.first, "公示结束": publication.last}
            audit.record(RegisterVerb.PUBLISH, actor=actor, target=version, detail=detail)
    return publication


def end(publication: Publication, reason: str, *, actor: Actor) -> Publication:
    """End a running publication with a reason: its tables wait to be posted anew."""
    if not can(actor, RegisterAction.POST):
        raise PermissionDenied("公示由领导小组办公室终止。")
    reason, today = stripped(reason), timezone.localdate()
    if not reason:
        raise PublicityError("请写明终止的原因。")
    with transaction.atomic():
        locked = Publication.objects.select_for_update().get(pk=publication.pk)
        require_still(actor, RegisterAction.POST)
        if locked.ended_on is not None or today > locked.last:
            raise PublicityError("这次公示已经结束，不能再终止。")
        locked.ended_on, locked.ended_reason = today, reason
        locked.full_clean()
        locked.save()
        rows = PublishedVersion.objects.filter(publication=locked, left_at__isnull=True).select_related("version")
        for row in rows:
            leave(row.version, ENDED)
            running = TableVersion.objects.filter(pk=row.version_id, status=Status.REVIEWED)
            running.update(publish_from=None, publish_until=None)
            row.version.refresh_from_db()
            audit.record(RegisterVerb.UNPUBLISH, actor=actor, target=row.version, detail={"原因": reason})
        audit.record(RegisterVerb.PUBLICATION_END, actor=actor, target=locked, detail={"原因": reason})
    return locked
