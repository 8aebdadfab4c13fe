"""Entries as they are looked for: by area, category, function, year and words."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from departments.models import PostFunction
from riskcontrol.web.query import QueryReader
from riskpoints.enums import ALL_CATEGORIES
from riskpoints.references.library.models import TypicalRisk

ACTIVE, RETIRED, EVERY = "active", "retired", "all"
STANDINGS = {ACTIVE: "启用", RETIRED: "已停用", EVERY: "全部"}


@dataclass(frozen=True)
class Choices:
    """What can be asked for."""

    areas: list[str]
    functions: list[PostFunction]
    categories: list[tuple[str, str]]


@dataclass(frozen=True)
class Chosen:
    """What was asked for."""

    area: str
    category: str
    function: int | None
    standing: str
    is_hot: bool
    text: str

    @property
    def is_narrowed(self) -> bool:
        """Whether anything was asked."""
        return bool(self.area or self.category or self.function or self.is_hot or self.text or self.standing != ACTIVE)


def choices() -> Choices:
    """The areas in the order of their first entries, the functions that entries have, the categories."""
    areas = list(dict.fromkeys(TypicalRisk.objects.order_by("order", "key").values_list("area", flat=True)))
    functions = list(PostFunction.objects.filter(typical_risks__isnull=False).distinct())
    return Choices(areas, functions, list(ALL_CATEGORIES))


def read(query: QueryReader, offered: Choices) -> Chosen:
    """The filter that a query string asks for."""
    return Chosen(
        area=query.choice("area", "领域", offered.areas),
        category=query.choice("category", "风险类别", {value for value, _ in offered.categories}),
        function=query.number("function", "岗位职能", {function.pk for function in offered.functions}),
        standing=query.choice("standing", "状态", STANDINGS, default=ACTIVE),
        is_hot=query.choice("hot", "当年重点", {"1"}) == "1",
        text=query.text("q", "检索词"),
    )


def found(chosen: Chosen, *, year: int) -> QuerySet[TypicalRisk]:
    """The entries, with functions and measures; `year` is that of 当年重点."""
    rows = TypicalRisk.objects.prefetch_related("functions", "measures")
    if chosen.area:
        rows = rows.filter(area=chosen.area)
    if chosen.category:
        rows = rows.filter(category=chosen.category)
    if chosen.function is not None:
        rows = rows.filter(functions=chosen.function)
    if chosen.standing != EVERY:
        rows = rows.filter(is_active=chosen.standing == ACTIVE)
    if chosen.text:
        said = Q(text__icontains=chosen.text) | Q(manifestation__icontains=chosen.text) | Q(key__iexact=chosen.text)
        rows = rows.filter(said | Q(measures__text__icontains=chosen.text)).distinct()
    if chosen.is_hot:
        # A list in JSON is not asked for its members on both databases.
        hot = [key for key, years in rows.values_list("pk", "hot_years") if year in years]
        rows = rows.filter(pk__in=hot)
    return rows
