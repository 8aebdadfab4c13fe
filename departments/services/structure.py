"""The school, its departments and posts, and who holds a post."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Q

from departments import notices, taken_functions
from departments.enums import Role
from departments.models import (
    Actor,
    Appointment,
    Department,
    Post,
    PostFunction,
    School,
    User,
)
from departments.services.records import (
    related_values,
    save_record,
)
from departments.services.rights import set_holder
from departments.verbs import OrganisationVerb
from riskcontrol import audit


def close_department(
    department: Department, *, on: datetime.date, successor: Department | None = None, actor: Actor | None
) -> Department:
    """End a department's active period, and with it that of its posts; its tables and history stay. The head of the
    department that takes over (`successor`) is told."""
    with transaction.atomic():
        closed = list(department.posts.filter(Q(active_to__isnull=True) | Q(active_to__gt=on)))
        ending = [post for post in closed if post.active_to is None]
        for post in closed:
            post.active_to = on
            save_record(post, actor=actor)
        taken_functions.tell_closed(ending, on, actor)
        department.active_to, department.successor = on, successor
        save_record(department, actor=actor)
        if successor is not None:
            text = f"{department}自{on:%Y年%-m月%-d日}起停用，由{successor}接管。填报防控表时可以逐条采纳它的风险点。"
            notices.notify(text=text, heads=[successor], actor=actor, target=department)
    return department


def set_appointments(post: Post, appointments: Iterable[Appointment], *, actor: Actor | None) -> None:
    """Save each given appointment of a post (new or changed); nobody is removed, a leave is an `until` date."""
    with transaction.atomic():
        for appointment in appointments:
            appointment.post = post
            save_record(appointment, actor=actor)


def save_post(
    post: Post, *, functions: Iterable[PostFunction], appointments: Iterable[Appointment] = (), actor: Actor | None
) -> Post:
    """Save a post with its functions and the given appointments, all or nothing.

    The functions are the committee's (set_functions); the administrator may tick them along with a post, and the
    committee is told when one is taken off, when the post is closed, and when one is made anew without them.
    """
    with transaction.atomic():
        held = Post.objects.select_for_update().filter(pk=post.pk).first()
        before = held.floors if held else []
        if held is not None and held.active_to is None and post.active_to is not None:
            taken_functions.tell_closed([held], post.active_to, actor)
        save_record(post, actor=actor, related={"functions": functions})
        if held is None:
            taken_functions.tell_made_anew(post, actor)
        else:
            taken_functions.tell_taken(post, before, actor)
        set_appointments(post, appointments, actor=actor)
    return post


def set_functions(post: Post, functions: Iterable[PostFunction], *, actor: Actor | None) -> None:
    """Save which functions a post has and nothing else of it; the committee is told of those taken off."""
    with transaction.atomic():
        held = Post.objects.select_for_update().get(pk=post.pk)
        related: dict[str, Iterable[Any]] = {"functions": list(functions)}
        floors, before = held.floors, related_values(held, related)
        held.functions.set(related["functions"])
        changes = audit.changed_fields(before, related_values(held, related))
        if changes:
            audit.record(OrganisationVerb.POST_CHANGE, actor=actor, target=held, detail=changes)
            taken_functions.tell_taken(held, floors, actor)


def save_department(department: Department, *, holders: dict[Role, User | None], actor: Actor | None) -> Department:
    """Save a department and who its head and its leader in charge are, all or nothing.

    Where a closed one gets another department that takes over, the heads of both are told.
    """
    with transaction.atomic():
        stored = Department.objects.select_related("successor").filter(pk=department.pk).first()
        save_record(department, actor=actor)
        _tell_successors(department, stored.successor if stored else None, actor)
        for role, user in holders.items():
            set_holder(department, role, user, actor=actor)
    return department


def _tell_successors(department: Department, former: Department | None, actor: Actor | None) -> None:
    told = [row for row in (department.successor, former) if row is not None]
    if former == department.successor or not told:
        return
    text = f"{department}已停用，接管部门由{former or '未定'}改为{department.successor or '未定'}。"
    offered = f"填报防控表时可以由{department.successor}逐条采纳它的风险点。" if department.successor else ""
    notices.notify(text=text + offered, heads=told, actor=actor, target=department)


def ensure_school(*, actor: Actor | None = None, **values: Any) -> School:
    """The school's one row, created with these values where it is missing."""
    school = School.objects.filter(pk=1).first()
    if school is None:
        school = School(pk=1, **values)
        save_record(school, actor=actor)
    return school
