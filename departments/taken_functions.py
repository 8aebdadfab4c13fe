"""What the discipline committee is told when a post loses functions, and with them its floor (R25, R27).

A function is lost by taking it off, by closing the post, and by making a post anew without what its forerunner had.
"""

import datetime

from django.urls import reverse

from departments import notices
from departments.enums import Level, Role
from departments.models import Actor, Department, Post
from riskcontrol.text import folded

Floors = list[tuple[str, int]]


def tell_taken(post: Post, before: Floors, actor: Actor | None) -> None:
    """Tell which functions a post in use no longer has, with its old and its new floor."""
    taken = _lost(before, post.floors)
    if taken:
        text = f"{_who(actor)}取消了{post.department}“{post.name}”的岗位职能{taken}，{_change(before, post.floors)}"
        _tell(post.department, f"{text}。如不属实，请重新勾选。", actor, post)


def tell_closed(posts: list[Post], on: datetime.date, actor: Actor | None) -> None:
    """Tell which posts with functions are closed: whoever does their work from now on needs the functions."""
    found = [(post, post.floors) for post in posts]
    named = [f"“{post.name}”（职能：{'、'.join(name for name, _ in floors)}）" for post, floors in found if floors]
    if named:
        text = f"{_who(actor)}停用了{posts[0].department}的岗位{'、'.join(named)}，停用日期{on:%Y年%-m月%-d日}。"
        _tell(posts[0].department, f"{text}这些工作由别的岗位承担的，请核对那个岗位的职能。", actor, posts[0])


def tell_made_anew(post: Post, actor: Actor | None) -> None:
    """Tell what a new post lacks of the functions of the closed one of its name, the last one of several."""
    closed = post.department.posts.filter(active_to__isnull=False).exclude(pk=post.pk).order_by("-active_to", "-pk")
    former = next((row for row in closed if folded(row.name) == folded(post.name)), None)
    lacking = _lost(former.floors, post.floors) if former else ""
    if former is not None and lacking:
        text = (
            f"{_who(actor)}重新设立了{post.department}的岗位“{post.name}”，没有勾选停用的同名岗位所有的职能{lacking}，"
            f"{_change(former.floors, post.floors)}。如不属实，请勾选。"
        )
        _tell(post.department, text, actor, post)


def _lost(before: Floors, after: Floors) -> str:
    kept = {name for name, _ in after}
    lost = [name for name, _ in before if name not in kept]
    return f"“{'”“'.join(lost)}”" if lost else ""


def _change(before: Floors, after: Floors) -> str:
    was, now = (Level(min(floor for _, floor in floors)).label if floors else "不设" for floors in (before, after))
    return f"等级下限{f'仍为{was}' if was == now else f'由{was}改为{now}'}"


def _who(actor: Actor | None) -> str:
    return getattr(actor, "real_name", "") or "系统管理员"


def _tell(department: Department, text: str, actor: Actor | None, post: Post) -> None:
    link = reverse("departments:post_functions_edit", args=[department.pk])
    notices.notify(text=text, link=link, roles=[Role.REVIEWER], actor=actor, target=post)
