"""教育类措施: measures of 前期预防 that ask for a record of education each year; marked beside the tables (R37)."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from departments.enums import Level
from departments.models import Actor, User
from riskcontrol import audit
from riskpoints.archives.rows import insert
from riskpoints.campaign.education.queries import fulfillable
from riskpoints.campaign.models import EducationRecord, FulfilledMeasure, TaughtMeasure
from riskpoints.campaign.permissions import CampaignAction, require_still
from riskpoints.campaign.verbs import CampaignVerb
from riskpoints.content.today import current_cycle
from riskpoints.evidence.year_facts import day_of
from riskpoints.models import Cycle, Measure, RiskPoint, TableVersion
from riskpoints.models.risk_point import DECIDED_LEVEL
from riskpoints.wings import FileOf, Mark, Person, Row, YearPart, person

WITHOUT = "教育类措施，本年尚无教育记录"


@dataclass(frozen=True)
class Asked:
    """A marked measure in force, and the last event of the year that fulfilled it."""

    measure: Measure
    record: EducationRecord | None


def offered(user: User, hosts: Collection[int], *, whole_school: bool) -> list[Measure]:
    """The measures that this person may mark: of the own departments, or all."""
    return [row for row in fulfillable() if whole_school or row.version.table.department_id in hosts]


def marked() -> set[uuid.UUID]:
    """The identities of all marked measures."""
    return set(TaughtMeasure.objects.values_list("identity", flat=True))


def asked(cycle: Cycle) -> list[Asked]:
    """The marked measures in force today, with the year's last record of each; a constant number of queries."""
    found = list(fulfillable().filter(identity__in=TaughtMeasure.objects.values("identity")))
    done = _records(cycle, [row.identity for row in found])
    return [Asked(row, done.get(row.identity)) for row in found]


def mark(wanted: Iterable[uuid.UUID], not_wanted: Iterable[uuid.UUID], *, actor: Actor) -> None:
    """Mark measures in force as education, and take the mark from others; each only by who records for its department.

    What somebody else marks meanwhile stays: only what is named here changes.
    """
    wanted, not_wanted = set(wanted), set(not_wanted)
    with transaction.atomic():
        audit.hold()  # a measure that nobody has marked has no row to lock
        rows = {row.identity: row for row in fulfillable().filter(identity__in=wanted | not_wanted)}
        for row in rows.values():
            _require_host(row, actor)
        known = marked()
        added = [row for key, row in rows.items() if key in wanted - known]
        removed = [row for key, row in rows.items() if key in not_wanted & known]
        for row in added:
            TaughtMeasure.objects.create(identity=row.identity, marked_by=actor, marked_by_name=actor.real_name)
        TaughtMeasure.objects.filter(identity__in=[row.identity for row in removed]).delete()
        if added or removed:
            detail = {"标明": list(map(_named, added)), "取消": list(map(_named, removed))}
            audit.record(CampaignVerb.EDUCATION_MEASURES, actor=actor, label="教育类措施", detail=detail)


def marks(user: User, versions: Sequence[TableVersion]) -> Mapping[int, Sequence[Mark]]:
    """Beside a 一级 point of a table in force whose education nobody has recorded this year."""
    keys = [version.pk for version in versions if version.is_in_force]
    cycle = current_cycle() if keys else None
    if cycle is None:
        return {}
    rows = fulfillable().filter(version__in=keys, identity__in=TaughtMeasure.objects.values("identity"))
    measures = list(rows.prefetch_related("points"))
    done = _records(cycle, [row.identity for row in measures])
    open_ones = [row for row in measures if row.identity not in done]
    first = RiskPoint.objects.filter(version__in={row.version_id for row in open_ones}).annotate(now=DECIDED_LEVEL)
    points = list(first.filter(now=Level.FIRST))
    found: dict[int, dict[uuid.UUID, Mark]] = defaultdict(dict)
    for row in open_ones:
        answered = {point.pk for point in row.points.all()}
        for point in points:
            whole = not answered and (point.version_id, point.category) == (row.version_id, row.category)
            if whole or point.pk in answered:
                found[row.version_id][point.identity] = Mark(WITHOUT, point.identity)
    return {version: list(own.values()) for version, own in found.items()}


def _records(cycle: Cycle, identities: Collection[uuid.UUID]) -> dict[uuid.UUID, EducationRecord]:
    rows = FulfilledMeasure.objects.filter(record__cycle=cycle, identity__in=identities).select_related("record")
    return {row.identity: row.record for row in rows.order_by("record__held_on", "record")}


def _require_host(row: Measure, actor: Actor) -> None:
    department = row.version.table.department
    if department is None:
        require_still(actor, CampaignAction.RECORD_SCHOOL_EDUCATION)
    else:
        require_still(actor, CampaignAction.HOST_EDUCATION, department)


def _named(row: Measure) -> str:
    return f"{row.version.owner_name}：{row.text[:60]}"


def _facts(cycle: Cycle) -> list[Row]:
    """The marks on measures of a year's tables in force, with the words that they have there."""
    in_force = Measure.objects.filter(version__table__cycle=cycle, version__table__in_force=F("version"))
    words = {row.identity: row for row in in_force.select_related("version").order_by("pk")}
    rows = TaughtMeasure.objects.filter(identity__in=list(words)).select_related("marked_by")
    return [
        {"identity": row.identity, "marked_by_name": row.marked_by_name, "marked_at": row.marked_at}
        | {"owner": words[row.identity].version.owner_name, "text": words[row.identity].text}
        | {"marked_by": person(row.marked_by, row.marked_at)}
        for row in rows
    ]


def _lines(rows: list[Row]) -> list[Sequence[str]]:
    return [(row["owner"], row["text"], row["marked_by_name"], f"{day_of(row['marked_at'])}") for row in rows]


def _restore(cycle: Cycle, rows: list[Row], account: Person, file_of: FileOf) -> None:
    """Each mark once, though the archives of several years tell it."""
    known = {str(identity) for identity in marked()}
    for row in rows:
        if str(row["identity"]) not in known:
            insert(TaughtMeasure, row, marked_by=account(row["marked_by"]))


HEADINGS = ("部门", "防范措施", "标明人", "标明日期")
PART = YearPart("taught_measures", "教育类措施", HEADINGS, _facts, lines=_lines, restore=_restore)
