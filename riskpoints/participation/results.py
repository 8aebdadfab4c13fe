"""公示结果: what the public said of the tables of one publication, and what came of it (R33, R39)."""

import datetime
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from functools import partial

from django.db.models import QuerySet
from django.utils import timezone

from departments.models import School
from riskpoints import documents
from riskpoints.documents.data import PublicationResult, printed_date
from riskpoints.evidence.year_facts import read_day
from riskpoints.models import Cycle, Publication, PublishedVersion
from riskpoints.models.publication import PublicationState
from riskpoints.participation.enums import FeedbackState, ObjectionState, Outcome
from riskpoints.participation.models import Feedback
from riskpoints.rules.enums import DayKind
from riskpoints.wings import PartPaper, Row, YearPart

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


@dataclass(frozen=True)
class Result:
    """One publication and what came of it, as the database or an archive tells."""

    first: datetime.date
    last: datetime.date
    days: int
    day_kind: str
    ended_on: datetime.date | None
    ended_reason: str
    year: int
    rows: list[TableResult]

    @property
    def opinions(self) -> int:
        return sum(row.opinions for row in self.rows)

    @property
    def waiting(self) -> int:
        return sum(row.waiting for row in self.rows)


@dataclass(frozen=True)
class ResultLine:
    """One publication of the list, and where it stands today."""

    publication: Publication
    state: PublicationState


def lines(found: Iterable[Publication]) -> list[ResultLine]:
    """Rows for these publications."""
    today = timezone.localdate()
    return [ResultLine(publication, publication.state(today)) for publication in found]


def publications() -> QuerySet[Publication]:
    """All publications, the latest first."""
    return Publication.objects.select_related("cycle").prefetch_related("published__version__table__department")


def results(publication: Publication) -> list[TableResult]:
    """A row for each table that was in it, in the order in which they were posted."""
    rows = list(publication.published.select_related("version__table__department"))
    by_version: dict[int, list[Feedback]] = {}
    for opinion in _opinions(publication):
        by_version.setdefault(opinion.version_id, []).append(opinion)
    return [_result(row, by_version.get(row.version_id, [])) for row in rows]


def _opinions(publication: Publication) -> QuerySet[Feedback]:
    """What was said of its tables within its period; what names a person is the committee's alone."""
    found = Feedback.objects.filter(
        version__in=publication.published.values("version"),
        within_period=True,
        sent_at__date__range=(publication.first, publication.last),
    )
    return found.exclude(state=FeedbackState.REFERRED).select_related("objection")


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
    return _paper(_result_of(publication), School.current(), timezone.localdate())


def _result_of(publication: Publication) -> Result:
    return Result(
        first=publication.first,
        last=publication.last,
        days=publication.days,
        day_kind=publication.day_kind,
        ended_on=publication.ended_on,
        ended_reason=publication.ended_reason,
        year=publication.cycle.year,
        rows=results(publication),
    )


def _read(row: Row) -> Result:
    """The same from an archive, which writes days as text."""
    days = {name: row[name] and read_day(row[name]) for name in ("first", "last", "ended_on")}
    names = [field.name for field in fields(Result)]
    rows = [TableResult(**each) for each in row["rows"]]
    return Result(**({name: row[name] for name in names} | days | {"rows": rows}))


def _paper(result: Result, school: School, issued_on: datetime.date) -> PublicationResult:
    kind, waiting = DayKind(result.day_kind).label, result.waiting
    first, last = (printed_date(day, "") for day in (result.first, result.last))
    said = f"公示期内共收到意见 {result.opinions} 条" + (
        f"，还有 {waiting} 条没有办结。" if waiting else "，已全部办结。"
    )
    paragraphs = [
        f"{result.year}年度廉政风险点、防范措施和风险等级于{first}至{last}公示（{result.days} 个{kind}），"
        f"公示 {len(result.rows)} 张表。{said if result.opinions else '公示期内没有收到意见，无异议。'}"
    ]
    if result.ended_on:
        paragraphs.append(f"本次公示于{printed_date(result.ended_on, '')}终止：{result.ended_reason}")
    return PublicationResult(
        author=school.full_name,
        made_on=result.ended_on or result.last,
        title=f"{result.year}年度廉政风险点公示结果",
        paragraphs=tuple(paragraphs),
        rows=tuple((row.owner, f"{row.opinions} 条", row.handled or "没有意见", row.result) for row in result.rows),
        issuer=f"{school.short_name}廉政风险防控管理工作领导小组办公室",
        issued_on=issued_on,
    )


def _facts(cycle: Cycle) -> list[Row]:
    """The results of the year's publications that are over; each bears the day on which it became what it says."""
    today = timezone.localdate()
    over = [row for row in publications().filter(cycle=cycle).order_by("first", "id") if not _is_running(row, today)]
    return [asdict(_result_of(row)) | {"issued_on": _settled_on(row)} for row in over]


def _is_running(publication: Publication, today: datetime.date) -> bool:
    return publication.state(today) == PublicationState.RUNNING


def _settled_on(publication: Publication) -> datetime.date:
    """The day of the last answer, decision or return, or the day after the period."""
    over = publication.ended_on or publication.last + datetime.timedelta(days=1)
    moments = [row.left_at for row in publication.published.all()]
    for opinion in _opinions(publication):
        objection = getattr(opinion, "objection", None)
        moments += [opinion.answered_at, objection.decided_at if objection else None]
    return max([over, *(timezone.localdate(moment) for moment in moments if moment)])


def _shown(rows: list[Row], versions: frozenset[str]) -> list[Row]:
    kept = [row | {"rows": [each for each in row["rows"] if str(each["version_id"]) in versions]} for row in rows]
    return [row for row in kept if row["rows"]]


def _papers(rows: list[Row], school: School) -> list[PartPaper]:
    found = []
    for row in rows:
        paper = _paper(_read(row), school, read_day(row["issued_on"]))
        title = f"{row['year']}年度廉政风险点公示结果（{row['first']}至{row['last']}）"
        make = partial(documents.publication_result_pdf, paper)
        found.append(PartPaper(f"公示结果_{row['first']}", title, paper.issued_on, asdict(paper), make))
    return found


# Papers only: the opinions have their own list, and no import writes what follows from them.
PART = YearPart("publication_results", "公示结果", (), _facts, _shown, papers=_papers)
