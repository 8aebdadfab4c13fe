"""从典型库选: the entries that fit a category, a post and an area of a draft; one of them opens the point's form."""

from dataclasses import dataclass

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from departments.models import Post
from riskcontrol.web.query import QueryReader
from riskpoints.library import taking
from riskpoints.models.table import FrozenError
from riskpoints.references.library.models import TypicalRisk
from riskpoints.tables import editing
from riskpoints.views.access import draft_for
from riskpoints.views.opening import post_choices


@dataclass(frozen=True)
class Asked:
    """What was asked for."""

    category: str
    post: Post | None
    area: str
    text: str


def _asked(query, version, posts, areas):
    key = query.number("post", "岗位", {post.pk for post in posts})
    return Asked(
        category=query.choice("category", "风险类别", set(version.table.categories.values)),
        post=next((post for post in posts if post.pk == key), None),
        area=query.choice("area", "领域", areas),
        text=query.text("q", "检索词"),
    )


@require_safe
def pick(request, version_id):
    """What fits; nothing is written here."""
    version = draft_for(request.user, version_id)
    try:
        editing.require_draft(version)
    except FrozenError as error:
        messages.error(request, str(error))
        return redirect("riskpoints:version", version.pk)
    posts = list(post_choices(version).prefetch_related("functions")) if version.table.department_id else []
    categories = list(version.table.categories.choices)
    areas = list(
        dict.fromkeys(
            TypicalRisk.objects.filter(is_active=True, category__in=version.table.categories.values)
            .order_by("order", "key")
            .values_list("area", flat=True)
        )
    )
    query = QueryReader(request.GET)
    asked = _asked(query, version, posts, areas)
    risks = taking.offered(version)
    if asked.category:
        risks = risks.filter(category=asked.category)
    if asked.area:
        risks = risks.filter(area=asked.area)
    if asked.text:
        risks = risks.filter(text__icontains=asked.text)
    found = taking.fitting(version, risks, posts, asked.post, all_of_it=bool(asked.area or asked.text))
    context = {
        "version": version,
        "found": found,
        "asked": asked,
        "posts": posts,
        "areas": areas,
        "categories": categories,
        "year": version.table.cycle.year,
        "ignored": query.ignored,
    }
    return render(request, "library/pick.html", context)
