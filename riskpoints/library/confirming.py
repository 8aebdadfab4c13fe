"""Confirming that an entry doesn't apply to a post, and taking that back: by who fills a draft in."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from departments.models import Actor, Post
from riskcontrol import audit, watched
from riskpoints.library.models import NotApplicable
from riskpoints.models import TableVersion
from riskpoints.references.library.models import TypicalRisk
from riskpoints.references.library.verbs import LibraryVerb
from riskpoints.tables import editing

NOTHING = "请先勾选不适用的条目。"


def confirm(version: TableVersion, chosen: Iterable[tuple[Post, TypicalRisk]], *, actor: Actor) -> int:
    """Note that these entries don't apply to these posts; how many were not noted before. It writes nothing in the
    table, so nobody becomes an author by it. ValidationError where nothing is chosen, FrozenError."""
    pairs = list(chosen)
    if not pairs:
        raise ValidationError(NOTHING)
    with transaction.atomic():
        locked = editing.lock_draft(version, actor=actor)
        known = set(NotApplicable.objects.filter(table=locked.table_id).values_list("post", "entry"))
        new = [(post, risk) for post, risk in pairs if (post.pk, risk.pk) not in known]
        said = []
        for post, risk in new:
            if post.department_id != locked.table.department_id:
                raise ValidationError("这个岗位不属于本部门。")
            row = NotApplicable.objects.create(
                table=locked.table,
                post=post,
                post_name=post.name,
                entry=risk,
                said_at=timezone.now(),
                said_by=actor,
                said_by_name=actor.real_name,
            )
            said.append(row)
        if new:
            detail = {post.name: sorted(r.key for p, r in new if p.pk == post.pk) for post, _ in new}
            marks = watched.values(*said)
            audit.record(LibraryVerb.NOT_APPLICABLE, actor=actor, target=locked, detail=detail, marks=marks)
    return len(new)


def withdraw(version: TableVersion, key: int, *, actor: Actor) -> bool:
    """Take it back; False where it was taken back already."""
    with transaction.atomic():
        locked = editing.lock_draft(version, actor=actor)
        row = NotApplicable.objects.filter(pk=key, table=locked.table_id).select_related("entry").first()
        if row is None:
            return False
        detail = {row.post_name: [row.entry.key, None], "原确认人": row.said_by_name}
        marks = watched.values(row, is_gone=True)
        audit.record(LibraryVerb.APPLICABLE, actor=actor, target=locked, detail=detail, marks=marks)
        row.delete()
    return True
