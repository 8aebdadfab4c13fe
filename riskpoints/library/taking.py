"""An entry taken into the editor: what is offered for a category and a post, and what the form begins with."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse

from departments.models import Post, User
from riskcontrol.web.query import PLAIN_NUMBER
from riskpoints.models import TableVersion
from riskpoints.references.library import services
from riskpoints.references.library.models import TypicalRisk
from riskpoints.wings import Beginning, FirstMeasure, Preset, Suggestion

WING = "library"
LABEL = "从典型库选"
NOTE = (
    "取自典型库 {risk.key}（{risk.area}）。这里还没有保存：请按本岗位的实际修改，不合适的措施删去，再按“保存风险点”。"
)


@dataclass(frozen=True)
class Fitting:
    """An entry as it is offered: `functions` are those that it shares with the post, `taken` the numbers of the points
    of this table that came from it."""

    risk: TypicalRisk
    is_hot: bool
    functions: tuple[str, ...]
    is_taken: bool
    address: str


def beginnings(user: User, version: TableVersion, category: str, post: Post | None) -> list[Beginning]:
    """A link beside an empty row, a row or a post without points."""
    query = {"category": category, "post": post.pk if post else ""}
    address = reverse("library:pick", args=[version.pk])
    return [Beginning(LABEL, f"{address}?{urlencode({key: value for key, value in query.items() if value})}")]


def suggestions(user: User, version: TableVersion, categories: Sequence[str]) -> dict[str, list[Suggestion]]:
    """The entries that fit the functions of the table's posts, for its empty categories."""
    posts = Post.objects.active_on().filter(department=version.table.department_id).prefetch_related("functions")
    risks = offered(version).filter(category__in=categories)
    found: dict[str, list[Suggestion]] = {}
    for item in fitting(version, risks, list(posts), None, all_of_it=False):
        if item.functions and not item.is_taken:
            suggestion = Suggestion(item.risk.text, f"典型库 {item.risk.key}", item.address)
            found.setdefault(item.risk.category, []).append(suggestion)
    return found


def preset(version: TableVersion, category: str, key: str) -> Preset | None:
    """What an entry fills into the form of a new point; None where there is none in use of this category."""
    if not PLAIN_NUMBER.fullmatch(key):
        return None
    risk = TypicalRisk.objects.filter(pk=int(key), category=category, is_active=True).first()
    if risk is None:
        return None
    return Preset(
        values={
            "text": risk.text,
            "manifestation": risk.manifestation,
            "likelihood": risk.likelihood,
            "harm": risk.harm,
            "library_entry": risk.pk,
        },
        measures=[FirstMeasure(item.text, item.stage, item.timing) for item in risk.measures.all()],
        note=NOTE.format(risk=risk),
    )


def guides(category: str) -> list[str]:
    """The questions beside a category's help."""
    return services.questions_of(category)


def offered(version: TableVersion) -> QuerySet[TypicalRisk]:
    """The entries in use for the categories of this table."""
    found = TypicalRisk.objects.filter(is_active=True, category__in=version.table.categories.values)
    return found.prefetch_related("functions", "measures")


def fitting(
    version: TableVersion, risks: Any, posts: Sequence[Post], post: Post | None, *, all_of_it: bool
) -> list[Fitting]:
    """The entries in the order in which they are worth a look: the year's own first, then those of the functions of the
    post, or of any of the table's posts. Others are left out, unless `all_of_it` is asked for by an area or words."""
    own = {function.name for one in ([post] if post else posts) for function in one.functions.all()}
    is_chosen = post is not None or bool(own)
    year, taken = version.table.cycle.year, taken_in(version)
    found = []
    for risk in risks:
        names = {function.name for function in risk.functions.all()}
        if is_chosen and names and not names & own and not (all_of_it and post is None):
            continue
        shared = tuple(sorted(names & own if post else names))
        found.append(Fitting(risk, risk.is_hot_in(year), shared, risk.pk in taken, address_of(version, risk, post)))
    return sorted(found, key=lambda item: (item.is_taken, not item.is_hot, not item.functions))


def taken_in(version: TableVersion) -> set[int]:
    """The keys of the entries that points of this version came from."""
    points = version.points.exclude(library_entry=None)
    return set(points.values_list("library_entry_id", flat=True))


def address_of(version: TableVersion, risk: TypicalRisk, post: Post | None) -> str:
    """Where the form of a new point stands open, filled in with this entry."""
    query = {"open": f"new-{risk.category}", "post": post.pk if post else "", "from": f"{WING}-{risk.pk}"}
    sheet = reverse("riskpoints:version", args=[version.pk])
    return f"{sheet}?{urlencode({key: value for key, value in query.items() if value})}#new-{risk.category}"
