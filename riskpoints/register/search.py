"""The risk points that a filter asks for, as far as a person may see them, in order (R30, R32)."""

from typing import Any

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.expressions import OrderBy

from departments.models import User
from riskcontrol.pinyin import sort_key
from riskcontrol.search import says_folded
from riskpoints import wings
from riskpoints.enums import ALL_CATEGORIES, Status
from riskpoints.models import RiskPoint
from riskpoints.models.risk_point import DECIDED_LEVEL
from riskpoints.permissions import visible_versions
from riskpoints.register import index, numbers
from riskpoints.register.filters import ALL, NO_POST, OWNER_ORDER, SORTS, RegisterFilter, versions_of

FORM_ORDER = Case(
    *[When(category=value, then=Value(rank)) for rank, (value, _) in enumerate(ALL_CATEGORIES)],
    output_field=IntegerField(),
)
# Sorted by pinyin: the field that holds the name, and whether it is a person's.
NAMES = {"post": ("post_name", False), "responsible": ("responsible", True)}
# The reviewer's level counts once it is decided; until then the department's proposal does.
LEVEL_NOW = Case(When(version__status__in=Status.undecided(), then=F("proposed_level")), default=DECIDED_LEVEL)


def counted(found: QuerySet[RiskPoint]) -> dict[int, int]:
    """How many of these points come from each year, the earliest year first; one query."""
    years = found.order_by().values_list("version__table__cycle__year")
    return dict(sorted(years.annotate(count=Count("pk")).values_list("version__table__cycle__year", "count")))


def points(user: User, chosen: RegisterFilter) -> QuerySet[RiskPoint]:
    """The risk points asked for, as far as this person may see them, in order."""
    asked = wings.filters(user) if chosen.further else {}
    versions = visible_versions(user).exclude(status=Status.DISCARDED).filter(versions_of(chosen.standing))
    if chosen.year != ALL:
        versions = versions.filter(table__cycle__year=int(chosen.year))
    if chosen.owner is not None:
        versions = versions.filter(table__department=chosen.owner or None)
    found = RiskPoint.objects.filter(version__in=versions.values("pk")).annotate(now=LEVEL_NOW, rank=FORM_ORDER)
    if chosen.post == NO_POST:
        found = found.filter(post=None, version__table__department__isnull=False)
    elif chosen.post is not None:
        found = found.filter(post=chosen.post)
    if chosen.category:
        found = found.filter(category=chosen.category)
    if chosen.level is not None:
        found = found.filter(now=chosen.level) if chosen.level else found.filter(now__isnull=True)
    if chosen.key_area:
        found = found.filter(is_key_area=True)
    for key, value in chosen.further.items():
        found = found.filter(asked[key].points(value))
    words = [chosen.text] if numbers.read(chosen.text) else chosen.text.split()
    reads_plainly = bool(words) and found.filter(searched=None).exists()
    for word in words:
        found = found.filter(_says(word, reads_plainly=reads_plainly))
    return found.order_by(*_order(chosen, found))


def _says(word: str, *, reads_plainly: bool) -> Q:
    """The word is the point's 编号 or that of its table, or occurs in the point, its post or its responsible person, or
    in one of its measures. `reads_plainly` where some of the points are in no index: PostgreSQL would else prepare to
    look through all measures."""
    named = numbers.named(word) or Q(pk__in=[])
    known = named | says_folded(word, "searched__text")
    return known | (Q(searched=None) & index.says_plainly(word)) if reads_plainly else known


def _order(chosen: RegisterFilter, found: QuerySet[RiskPoint]) -> list[Any]:
    first = [item.copy() for item in SORTS[chosen.sort]]
    if chosen.sort in NAMES:
        first = [_by_pinyin(found, *NAMES[chosen.sort])]
    if chosen.descending:
        for item in first:
            item.reverse_ordering()
    rest = [F("version__table__cycle__year").desc(), *OWNER_ORDER, "version__number", "rank", "order", "pk"]
    return [*first, *rest]


def _by_pinyin(found: QuerySet[RiskPoint], field: str, is_person: bool) -> OrderBy:
    """The place of a point's name among those of all points found: names as they were have no key of their own."""
    names = set(found.order_by().values_list(field, flat=True).distinct())
    ordered = sorted(names, key=lambda name: (sort_key(name, is_person=is_person), name))
    places = [When(**{field: name}, then=Value(place)) for place, name in enumerate(ordered)]
    return OrderBy(Case(*places, default=Value(0), output_field=IntegerField()))
