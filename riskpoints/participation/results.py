"""公示结果: what the public said of the tables of one publication, and what came of it (R33, R39)."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from departments.models import School
from riskpoints.documents.data import PublicationResult, printed_date
from riskpoints.models import Publication, PublishedVersion
from riskpoints.participation.enums import FeedbackState, ObjectionState, Outcome
from riskpoints.participation.models import Feedback
from riskpoints.rules.enums import DayKind

NONE = "无异议"


@dataclass(frozen=True)
class TableResult:
    """One table of a publication: how many opinions, how they were dealt with in words, and what came of it."""

    version_id: int
    owner: str
    opinions: int
    handled: str
    result: str
    waiting: int


def publications() -> QuerySet[Publication]:
    """All publications, the latest first."""
    return Publication.objects.select_related("cycle").prefetch_related("published__version__table__department")


def results(publication: Publication) -> list[TableResult]:
    """A row for each table that was in it, in the order in which they were posted."""
    rows = list(publication.published.select_related("version__table__department"))
    opinions = Feedback.objects.filter(
        version__in=[row.version_id for row in rows],
        within_period=True,
        sent_at__date__range=(publication.first, publication.last),
    ).exclude(state=FeedbackState.REFERRED)
    opinions = opinions.select_related("objection")
    by_version: dict[int, list[Feedback]] = {}
    for opinion in opinions:
        by_version.setdefault(opinion.version_id, []).append(opinion)
    return [_result(row, by_version.get(row.version_id, [])) for row in rows]


def _result(row: PublishedVersion, opinions: list[Feedback]) -> TableResult:
    waiting = sum(opinion.state == FeedbackState.NEW or _is_undecided(opinion) for opinion in opinions)
    return TableResult(
        version_id=row.version_id,
        owner=row.version.owner_name,
        opinions=len(opinions),
        handled=_handled(opinions),
        result=_came_of_it(row, opinions, waiting),
        waiting=waiting,
    )


def _is_undecided(opinion: Feedback) -> bool:
    objection = getattr(opinion, "objection", None)
    return objection is not None and objection.state == ObjectionState.OPEN


def _handled(opinions: Iterable[Feedback]) -> str:
    counts = Counter(Outcome(each.outcome).label if each.outcome else "待答复" for each in opinions)
    return "；".join(f"{label} {count} 条" for label, count in counts.items())


def _came_of_it(row: PublishedVersion, opinions: list[Feedback], waiting: int) -> str:
    objections = [each.objection for each in opinions if getattr(each, "objection", None) is not None]
    said = [
        f"{objection.get_state_display()}：{objection.text}"
        for objection in objections
        if objection.state != ObjectionState.OPEN
    ]
    if row.left_at is not None:
        said.append(f"{printed_date(timezone.localdate(row.left_at), '')}退出公示（{row.left_reason}）")
    if waiting:
        said.append(f"还有 {waiting} 条没有办结")
    return "；".join(said) or NONE


def result_paper(publication: Publication) -> PublicationResult:
    """公示结果 as it is printed; the names of those who said something stand nowhere in it."""
    school, rows = School.current(), results(publication)
    kind = DayKind(publication.day_kind).label
    first, last = (printed_date(day, "") for day in (publication.first, publication.last))
    total, waiting = sum(row.opinions for row in rows), sum(row.waiting for row in rows)
    said = f"公示期内共收到意见 {total} 条" + (f"，还有 {waiting} 条没有办结。" if waiting else "，已全部办结。")
    paragraphs = [
        f"{publication.cycle.year}年度廉政风险点、防范措施和风险等级于{first}至{last}公示"
        f"（{publication.days} 个{kind}），公示 {len(rows)} 张表。{said if total else '公示期内没有收到意见，无异议。'}"
    ]
    if publication.ended_on:
        paragraphs.append(f"本次公示于{printed_date(publication.ended_on, '')}终止：{publication.ended_reason}")
    return PublicationResult(
        author=school.full_name,
        made_on=publication.ended_on or publication.last,
        title=f"{publication.cycle.year}年度廉政风险点公示结果",
        paragraphs=tuple(paragraphs),
        rows=tuple((row.owner, f"{row.opinions} 条", row.handled or "没有意见", row.result) for row in rows),
        issuer=f"{school.short_name}廉政风险防控管理工作领导小组办公室",
        issued_on=timezone.localdate(),
    )
