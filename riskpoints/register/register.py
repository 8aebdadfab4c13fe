"""风险点登记册: every risk point a person may see, one row each, filtered, searched and sorted (R30, R32)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from departments.enums import Level
from departments.models import Department, Post
from riskcontrol.search import says
from riskcontrol.templatetags.ui import cn_date
from riskcontrol.web.query import QueryReader
from riskpoints import wings
from riskpoints.content import today
from riskpoints.content.content import conceal_review
from riskpoints.enums import ALL_CATEGORIES, Stage, Status
from riskpoints.models import Cycle, Measure, RiskPoint, TableVersion
from riskpoints.permissions import RegisterAction, can, visible_versions
from riskpoints.register import numbers

ALL = "all"
SCHOOL = 0
UNSET = 0
# Which versions' points: those in force today unless asked otherwise; a given-up version never.
STANDINGS = {
    "in_force": "现行",
    "of_year": "各年度有效版",
    "draft": "填报中",
    "submitted": "待审核",
    "reviewed": "公示中、待签字",
    "past": "历史版本",
    ALL: "全部",
}
OF_YEAR = Q(pk=F("table__in_force"))
# 现行 depends on the day: see versions_of().
VERSIONS = {
    "of_year": OF_YEAR,
    "draft": Q(status=Status.DRAFT),
    "submitted": Q(status=Status.SUBMITTED),
    "reviewed": Q(status=Status.REVIEWED),
    "past": Q(status=Status.CONFIRMED) & ~OF_YEAR,
    ALL: ~Q(status=Status.DISCARDED),
}
WORDS = STANDINGS | dict(today.Standing.choices)
FORM_ORDER = Case(
    *[When(category=value, then=Value(rank)) for rank, (value, _) in enumerate(ALL_CATEGORIES)],
    output_field=IntegerField(),
)
OWNER_ORDER = [
    F("version__table__department__order").asc(nulls_first=True),
    F("version__table__department").asc(nulls_first=True),
]
# The reviewer's level counts once it is decided; until then the department's proposal does.
UNDECIDED = (Status.DRAFT, Status.SUBMITTED)
LEVEL_NOW = Case(
    When(version__status__in=UNDECIDED, then=F("proposed_level")), default=Coalesce("confirmed_level", "proposed_level")
)
SORTS: dict[str, tuple[str, list[Any]]] = {
    "owner": ("部门", OWNER_ORDER),
    "post": ("岗位", [F("post_name").asc()]),
    "category": ("风险类别", [F("rank").asc()]),
    "level": ("等级", [F("now").asc(nulls_last=True)]),
    "responsible": ("责任人", [F("responsible").asc()]),
}


@dataclass(frozen=True)
class Options:
    """What there is to choose from: only what occurs in versions that this person may see."""

    years: list[int]
    owners: list[tuple[int, str]]
    posts: list[Post]
    standings: list[tuple[str, str]]
    further: dict[str, wings.PointFilter]


@dataclass(frozen=True)
class Filter:
    """What was asked for; `year` is a year or ALL, `owner` a department's id or SCHOOL, `further` a wing's key."""

    year: str
    owner: int | None
    post: int | None
    category: str
    level: int | None
    standing: str
    key_area: bool
    text: str
    sort: str
    descending: bool
    further: dict[str, str] = field(default_factory=dict)

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the year and its signed tables is chosen."""
        chosen = (self.owner, self.post, self.level)
        return any(value is not None for value in chosen) or bool(
            self.category or self.text or self.key_area or self.further or self.standing not in ("in_force", "of_year")
        )

    @property
    def is_today(self) -> bool:
        """Whether what is in force today is asked for, of whichever year."""
        return self.year == ALL and self.standing == "in_force"


@dataclass(frozen=True)
class Question:
    """A question that a wing adds to the filter, with what was chosen."""

    key: str
    label: str
    choices: Sequence[tuple[str, str]]
    chosen: str


@dataclass(frozen=True)
class Heading:
    """A heading of the register on the screen that sorts: `sorted` is how aria-sort says it, empty where it doesn't."""

    key: str
    title: str
    sorted: str
    next_direction: str


@dataclass(frozen=True)
class Line:
    """One row of the register: the point, the measures that answer it, and what this person may see of it."""

    number: str
    point: RiskPoint
    measures: list[Measure]
    shows_assessment: bool
    standing: str
    marks: list[wings.Mark]

    @property
    def version(self) -> TableVersion:
        return self.point.version

    @property
    def words(self) -> str:
        """Where the point's version stands today."""
        return WORDS[self.standing]

    @property
    def differs(self) -> bool:
        """Whether the discipline committee confirmed another level than the department proposed, and it may be seen."""
        given, proposed = self.point.confirmed_level, self.point.proposed_level
        return self.shows_assessment and None not in (given, proposed) and given != proposed

    def measures_at(self, stage: Stage) -> list[Measure]:
        """The measures of one stage; those without a stage count as 前期预防."""
        return [measure for measure in self.measures if (measure.stage or Stage.PREVENTION) == stage]


def options(user: Any) -> Options:
    """The choices of the filter for this person."""
    visible = visible_versions(user).exclude(status=Status.DISCARDED)
    tables = visible.values("table")
    current = today.current_cycle()
    years = set(Cycle.objects.filter(tables__in=tables).values_list("year", flat=True))
    years |= {current.year} if current else set()
    departments = Department.objects.filter(tables__in=tables).distinct().order_by("order", "pinyin", "id")
    owners = [(department.pk, department.name) for department in departments]
    if visible.filter(table__department__isnull=True).exists():
        owners.insert(0, (SCHOOL, "学校"))
    statuses = set(visible.values_list("status", flat=True).order_by().distinct())
    shown = {"in_force", ALL, *statuses, *(["past"] if visible.filter(VERSIONS["past"]).exists() else [])}
    if visible.filter(OF_YEAR).exclude(today.in_force_today()).exists():
        shown.add("of_year")
    return Options(
        years=sorted(years, reverse=True),
        owners=owners,
        posts=list(
            Post.objects.filter(risk_points__version__in=visible.values("pk"))
            .distinct()
            .select_related("department")
            .order_by("department__order", "department__pinyin", "department_id", "order", "pinyin", "id")
        ),
        standings=[(key, label) for key, label in STANDINGS.items() if key in shown],
        further=wings.filters(user),
    )


def read(query: QueryReader, offered: Options) -> Filter:
    """The filter that a query string asks for, among what is offered: what is in force today, unless a year is named;
    then what was signed in that year, whether or not a newer year has replaced it."""
    standings = {key for key, _ in offered.standings}
    year = query.choice("year", "年度", {ALL, *map(str, offered.years)}, default=ALL)
    chosen = {
        key: query.choice(key, one.label, {value for value, _ in one.choices}) for key, one in offered.further.items()
    }
    usual = "of_year" if year != ALL and "of_year" in standings else "in_force"
    return Filter(
        year=year,
        owner=query.number("owner", "部门", {key for key, _ in offered.owners}),
        post=query.number("post", "岗位", {post.pk for post in offered.posts}),
        category=query.choice("category", "风险类别", {value for value, _ in ALL_CATEGORIES}),
        level=query.number("level", "等级", {UNSET, *Level.values}),
        standing=query.choice("standing", "状态", standings, default=usual),
        key_area=query.choice("key", "重点领域", {"1"}) == "1",
        text=query.text("q", "检索词"),
        sort=query.choice("sort", "排序", SORTS, default="owner"),
        descending=query.choice("dir", "排序方向", {"asc", "desc"}, default="asc") == "desc",
        further={key: value for key, value in chosen.items() if value},
    )


def described(chosen: Filter, offered: Options) -> str:
    """The filter in words, as an export says what is in it; empty where nothing but the year is chosen."""
    parts = [STANDINGS[chosen.standing]] if chosen.standing not in ("in_force", "of_year") else []
    if chosen.standing == "in_force" and (chosen.is_today or "of_year" in dict(offered.standings)):
        parts = [f"{cn_date(timezone.localdate())}现行"]
    if chosen.owner is not None:
        parts.append(dict(offered.owners)[chosen.owner])
    parts += [post.name for post in offered.posts if post.pk == chosen.post]
    if chosen.category:
        parts.append(str(dict(ALL_CATEGORIES)[chosen.category]))
    if chosen.level is not None:
        parts.append(Level(chosen.level).label if chosen.level else "未定级")
    if chosen.key_area:
        parts.append("重点领域、关键环节")
    for key, value in chosen.further.items():
        parts.append(f"{offered.further[key].label}：{dict(offered.further[key].choices)[value]}")
    if chosen.text:
        parts.append(f"含“{chosen.text}”")
    return "，".join(parts)


def further(chosen: Filter, offered: Options) -> list[Question]:
    """The wings' questions, as the filter's form asks them."""
    return [Question(key, one.label, one.choices, chosen.further.get(key, "")) for key, one in offered.further.items()]


def columns(chosen: Filter) -> dict[str, Heading]:
    """The headings that sort, each with the direction that a press would give."""
    direction = "descending" if chosen.descending else "ascending"
    return {
        key: Heading(
            key,
            title,
            sorted=direction if key == chosen.sort else "",
            next_direction="desc" if key == chosen.sort and not chosen.descending else "asc",
        )
        for key, (title, _) in SORTS.items()
    }


def versions_of(standing: str) -> Q:
    """The versions of a key of STANDINGS, as a condition."""
    return today.in_force_today() if standing == "in_force" else VERSIONS[standing]


def years_of(found: QuerySet[RiskPoint]) -> list[int]:
    """The years that these points come from, the earliest first."""
    return sorted(set(found.order_by().values_list("version__table__cycle__year", flat=True)))


def only_year(found: Iterable[Line]) -> int | None:
    """The year of these rows, None where they come from several or there are none."""
    years = {line.version.table.cycle.year for line in found}
    return years.pop() if len(years) == 1 else None


def points(user: Any, chosen: Filter) -> QuerySet[RiskPoint]:
    """The risk points asked for, as far as this person may see them, in order."""
    asked = wings.filters(user) if chosen.further else {}
    versions = visible_versions(user).exclude(status=Status.DISCARDED).filter(versions_of(chosen.standing))
    if chosen.year != ALL:
        versions = versions.filter(table__cycle__year=int(chosen.year))
    if chosen.owner is not None:
        versions = versions.filter(table__department=chosen.owner or None)
    found = RiskPoint.objects.filter(version__in=versions.values("pk")).annotate(now=LEVEL_NOW, rank=FORM_ORDER)
    if chosen.post is not None:
        found = found.filter(post=chosen.post)
    if chosen.category:
        found = found.filter(category=chosen.category)
    if chosen.level is not None:
        found = found.filter(now=chosen.level) if chosen.level else found.filter(now__isnull=True)
    if chosen.key_area:
        found = found.filter(is_key_area=True)
    for key, value in chosen.further.items():
        found = found.filter(asked[key].points(value))
    for word in [chosen.text] if numbers.read(chosen.text) else chosen.text.split():
        found = found.filter(_says(word))
    return found.select_related("version__table__cycle", "version__table__department").order_by(*_order(chosen))


def _says(word: str) -> Q:
    """The word is the point's 编号 or that of its table, or occurs in the point, its post or its responsible person, or
    in one of its measures."""
    own = ("text", "manifestation", "matter", "post_name", "responsible", "version__owner_name")
    links = Measure.points.through.objects.filter(riskpoint=OuterRef("pk"))
    shared = Measure.objects.filter(version=OuterRef("version"), category=OuterRef("category"), points__isnull=True)
    return (
        (numbers.named(word) or Q(pk__in=[]))
        | says(word, *own)
        | Exists(links.filter(says(word, "measure__text")))
        | Exists(shared.filter(says(word, "text")))
    )


def _order(chosen: Filter) -> list[Any]:
    first = [item.copy() for item in SORTS[chosen.sort][1]]
    if chosen.descending:
        for item in first:
            item.reverse_ordering()
    rest = [F("version__table__cycle__year").desc(), *OWNER_ORDER, "version__number", "rank", "order", "pk"]
    return [*first, *rest]


def lines(found: Iterable[RiskPoint], user: Any) -> list[Line]:
    """Rows for these points, with their measures and numbers: a constant number of queries."""
    rows = list(found)
    conceal_review(point for point in rows if point.version.status in UNDECIDED)
    keys = [point.pk for point in rows]
    attached: dict[int, list[Measure]] = defaultdict(list)
    for link in (
        Measure.points.through.objects.filter(riskpoint__in=keys)
        .select_related("measure")
        .order_by("measure__order", "measure_id")
    ):
        attached[link.riskpoint_id].append(link.measure)
    shared: dict[tuple[int, str], list[Measure]] = defaultdict(list)
    versions = {point.version_id: point.version for point in rows}
    for measure in Measure.objects.filter(version__in=list(versions), points__isnull=True).order_by("order", "id"):
        shared[measure.version_id, measure.category].append(measure)
    assessed = {key: can(user, RegisterAction.VIEW_ASSESSMENT, version) for key, version in versions.items()}
    numbered = numbers.of(versions.values())
    signed = today.standings(versions.values())
    marks = wings.marks(user, versions.values())
    return [
        Line(
            numbered.get(point.pk, ""),
            point,
            [*attached[point.pk], *shared[point.version_id, point.category]],
            assessed[point.version_id],
            signed.get(point.version_id, point.version.status),
            [mark for mark in marks.get(point.version_id, []) if mark.point in (None, point.identity)],
        )
        for point in rows
    ]
