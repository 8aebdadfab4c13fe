"""What the register is asked for: the choices offered to a person, what was chosen, how it is said in an export."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.db.models import F, Q
from django.utils import timezone

from departments.enums import Level
from departments.models import Department, Post, User
from riskcontrol.kept import Kept, State
from riskcontrol.templatetags.ui import cn_date
from riskcontrol.web.query import QueryReader
from riskpoints import wings
from riskpoints.content import today
from riskpoints.enums import ALL_CATEGORIES, Status
from riskpoints.models import Cycle
from riskpoints.permissions import visible_versions

ALL = "all"
SCHOOL = 0
UNSET = 0
# Instead of a post: the points of departments that lie on none of theirs (R06: 单位、处室、岗位三个层次).
NO_POST = 0
# Nobody finds a post in a longer list: then the department is chosen first.
MOST_POSTS = 100
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
OWNER_ORDER = [
    F("version__table__department__order").asc(nulls_first=True),
    F("version__table__department__pinyin").asc(nulls_first=True),
    F("version__table__department").asc(nulls_first=True),
]
SORTS: dict[str, list[Any]] = {
    "owner": OWNER_ORDER,
    "post": [F("post_name").asc()],
    "category": [F("rank").asc()],
    "level": [F("now").asc(nulls_last=True)],
    "responsible": [F("responsible").asc()],
}


@dataclass(frozen=True)
class PostChoice:
    """A post to choose, with the department that it stands under."""

    pk: int
    name: str
    department: int
    owner: str


@dataclass(frozen=True)
class Options:
    """What there is to choose from: only what occurs in versions that this person may see."""

    years: list[int]
    owners: list[tuple[int, str]]
    posts: list[PostChoice]
    standings: list[tuple[str, str]]
    further: dict[str, wings.PointFilter]


@dataclass(frozen=True)
class RegisterFilter:
    """What was asked for; `year` is a year or ALL, `owner` a department's id or SCHOOL, `post` one or
    NO_POST, `further` a wing's key."""

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
class FilterQuestion:
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


_offered: Kept[Options] = Kept(most=300)


def offered(user: User, state: State | None) -> Options:
    """The choices of the filter for this person in this state of the register; see options()."""
    return _offered.value(user.pk, state, lambda: options(user))


def options(user: User) -> Options:
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
        posts=[
            PostChoice(*row)
            for row in Post.objects.filter(risk_points__version__in=visible.values("pk"))
            .order_by("department__order", "department__pinyin", "department_id", "order", "pinyin", "id")
            .values_list("pk", "name", "department", "department__name")
            .distinct()
        ],
        standings=[(key, label) for key, label in STANDINGS.items() if key in shown],
        further=wings.filters(user),
    )


def read(query: QueryReader, offered: Options) -> RegisterFilter:
    """The filter that a query string asks for, among what is offered: what is in force today, unless a year is named;
    then what was signed in that year, whether or not a newer year has replaced it."""
    standings = {key for key, _ in offered.standings}
    year = query.choice("year", "年度", {ALL, *map(str, offered.years)}, default=ALL)
    chosen = {
        key: query.choice(key, one.label, {value for value, _ in one.choices}) for key, one in offered.further.items()
    }
    usual = "of_year" if year != ALL and "of_year" in standings else "in_force"
    return RegisterFilter(
        year=year,
        owner=query.number("owner", "部门", {key for key, _ in offered.owners}),
        post=query.number("post", "岗位", {NO_POST, *(post.pk for post in offered.posts)}),
        category=query.choice("category", "风险类别", {value for value, _ in ALL_CATEGORIES}),
        level=query.number("level", "等级", {UNSET, *Level.values}),
        standing=query.choice("standing", "状态", standings, default=usual),
        key_area=query.choice("key", "重点领域", {"1"}) == "1",
        text=query.text("q", "检索词"),
        sort=query.choice("sort", "排序", SORTS, default="owner"),
        descending=query.choice("dir", "排序方向", {"asc", "desc"}, default="asc") == "desc",
        further={key: value for key, value in chosen.items() if value},
    )


def described(chosen: RegisterFilter, offered: Options) -> str:
    """The filter in words, as an export says what is in it; empty where nothing but the year is chosen."""
    parts = [STANDINGS[chosen.standing]] if chosen.standing not in ("in_force", "of_year") else []
    if chosen.standing == "in_force" and (chosen.is_today or "of_year" in dict(offered.standings)):
        parts = [f"{cn_date(timezone.localdate())}现行"]
    if chosen.owner is not None:
        parts.append(dict(offered.owners)[chosen.owner])
    parts += ["部门层面"] if chosen.post == NO_POST else [post.name for post in offered.posts if post.pk == chosen.post]
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


def post_choices(chosen: RegisterFilter, offered: Options) -> list[tuple[str, list[PostChoice]]]:
    """The posts to choose from, under the names of their departments: of a school with very many those of the chosen
    department, or of the chosen post's; nothing before one is chosen."""
    shown = offered.posts
    if len(shown) > MOST_POSTS:
        owner = chosen.owner or next((post.department for post in shown if post.pk == chosen.post), None)
        shown = [post for post in shown if post.department == owner]
    grouped = groupby(shown, key=lambda post: (post.department, post.owner))
    return [(owner, list(posts)) for (_, owner), posts in grouped]


def further(chosen: RegisterFilter, offered: Options) -> list[FilterQuestion]:
    """The wings' questions, as the filter's form asks them."""
    return [
        FilterQuestion(key, one.label, one.choices, chosen.further.get(key, "")) for key, one in offered.further.items()
    ]


def heading(chosen: RegisterFilter, key: str, title: str) -> Heading:
    """A heading that sorts, with the direction that a press would give."""
    is_sorted = key == chosen.sort
    return Heading(
        key,
        title,
        sorted=("descending" if chosen.descending else "ascending") if is_sorted else "",
        next_direction="desc" if is_sorted and not chosen.descending else "asc",
    )


def versions_of(standing: str) -> Q:
    """The versions of a key of STANDINGS, as a condition."""
    return today.in_force_today() if standing == "in_force" else VERSIONS[standing]
