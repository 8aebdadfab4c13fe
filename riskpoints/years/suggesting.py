"""引用: what an empty category of a draft can be begun from. Taking one opens the filled form; nothing is saved before.

Offered are the table's own points of the last year, those of departments whose posts have the same functions as far as
everybody in the school may read them, and what the wings hand in (the library).
"""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from departments.models import PostFunction, User
from riskcontrol.web.query import PLAIN_NUMBER
from riskpoints import wings
from riskpoints.models import Measure, RiskPoint, TableVersion
from riskpoints.register.publication import published_versions
from riskpoints.tables import copying
from riskpoints.wings import FirstMeasure, Preset, Suggestion

# So many of each kind, in each category.
MOST = 3
LAST_YEAR, PEER = "last", "peer"
NOTE = "引自{}。这里还没有保存：请按本部门的实际修改，不合适的措施删去，再按“保存风险点”。"


def suggestions(user: User, version: TableVersion, categories: Sequence[str]) -> dict[str, list[Suggestion]]:
    """What is offered for these categories; the same number of queries for one as for all."""
    if not categories:
        return {}
    points = [*_of_last_year(version, categories), *_of_peers(version, categories)]
    found: dict[str, list[Suggestion]] = {category: [] for category in categories}
    counts: dict[tuple[str, str], int] = {}
    for kind, point, where in points:
        counts[kind, point.category] = counts.get((kind, point.category), 0) + 1
        if counts[kind, point.category] <= MOST:
            found[point.category].append(Suggestion(point.text, where, _address(version, kind, point)))
    for category, offered in wings.suggestions(user, version, categories).items():
        found[category] += list(offered)[:MOST]
    return {category: offered for category, offered in found.items() if offered}


def preset(version: TableVersion, category: str, source: str) -> Preset | None:
    """What `from=` fills into the form of a new point: one of these, or what a wing knows."""
    kind, _, key = source.partition("-")
    if kind not in (LAST_YEAR, PEER):
        return wings.preset(version, category, source)
    if not PLAIN_NUMBER.fullmatch(key):
        return None
    of_kind = _of_last_year if kind == LAST_YEAR else _of_peers
    return next(
        (_filled_in(kind, point, where) for _, point, where in of_kind(version, [category]) if point.pk == int(key)),
        None,
    )


def _filled_in(kind: str, point: RiskPoint, where: str) -> Preset:
    """The words of a point; of another department's only what is published: no scales, and no post."""
    values: dict[str, Any] = {"text": point.text}
    if kind == LAST_YEAR:
        names = ("manifestation", "matter", "likelihood", "harm", "responsible")
        values |= {name: getattr(point, name) for name in names} | {"post": point.post_id}
    measures = [FirstMeasure(item.text, item.stage, item.timing) for item in _measures(point)]
    return Preset(values=values, measures=measures, note=NOTE.format(where))


def _measures(point: RiskPoint) -> list[Measure]:
    return list(point.measures.order_by("order", "id"))


Found = list[tuple[str, RiskPoint, str]]


def _of_last_year(version: TableVersion, categories: Sequence[str]) -> Found:
    """The points in force of the same table's last year that the draft doesn't have."""
    source = copying.source_of(version.table)
    if source is None:
        return []
    here = version.points.values("identity")
    points = RiskPoint.objects.filter(version=source, category__in=categories).exclude(identity__in=here)
    where = f"本表 {source.table.cycle.year} 年"
    return [(LAST_YEAR, point, where) for point in points.order_by("category", "order", "id")]


def _of_peers(version: TableVersion, categories: Sequence[str]) -> Found:
    """The published points of other departments' posts that have one of this department's functions."""
    department = version.table.department_id
    own = set(PostFunction.objects.filter(posts__department=department).values_list("name", flat=True))
    if department is None or not own:
        return []
    versions = published_versions().filter(table__cycle=version.table.cycle_id).exclude(table__department=department)
    points = RiskPoint.objects.filter(version__in=versions.order_by().values("pk"), category__in=categories)
    points = points.exclude(functions=[]).select_related("version").order_by("category", "version__owner_name", "order")
    found, texts = [], set()
    for point in points:
        shared = own & {name for name, *_ in point.functions}
        if shared and point.text not in texts:
            texts.add(point.text)
            found.append((PEER, point, f"{point.version.owner_name}（同有{'、'.join(sorted(shared))}职能）"))
    return found


def _address(version: TableVersion, kind: str, point: RiskPoint) -> str:
    query: Mapping[str, str] = {"open": f"new-{point.category}", "from": f"{kind}-{point.pk}"}
    sheet = reverse("riskpoints:version", args=[version.pk])
    return f"{sheet}?{urlencode(query)}#new-{point.category}"
