"""A newer source taken over into a new year's draft, or declined: point by point, or all at once."""

import uuid
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db import transaction

from departments.models import Actor, Post, User
from departments.permissions import afresh
from riskcontrol import audit
from riskpoints import fields
from riskpoints.content.differences import attached
from riskpoints.models import Measure, RiskPoint, SourceChoice, TableVersion
from riskpoints.permissions import writes
from riskpoints.tables import acts, copying, editing
from riskpoints.tables.workflow import WorkflowError
from riskpoints.verbs import RegisterVerb
from riskpoints.years.offers import Offer, Offers, offers, replaced

# What has to be done before what, so that a measure finds its points and 无 finds the category empty.
ORDER = ("nil-", "post-", "point+", "measure+", "measure-", "point-", "nil+", "post+", "duties+", "duties-")
GONE = "所本的表没有未处理的新版，可能刚刚已由他人处理。"
NEWER = "所本的表又有了新版，请看最新的对照再选。"
CHANGED = "这一处刚刚已由他人处理或改动，请对照后再选。"


def take(draft: TableVersion, key: str, *, source_id: int, state: str, actor: Actor) -> Offer:
    """Take one place over, with a point the measures that go with it. Who chooses writes: becomes an author.

    `state` is that of the offer the person saw. WorkflowError where somebody was faster, ValidationError where the
    words can't stand beside what the draft says.
    """
    with editing.editing(draft, actor=actor) as locked:
        acts.make_final(locked)  # that it was chosen stays
        found = _found(locked, source_id)
        chosen = _seen(found, key, state)
        _take(locked, found, [chosen, *_along(found, chosen)], actor)
        _finish(locked, found, actor)
    return chosen


def take_all(draft: TableVersion, *, source_id: int, actor: Actor) -> int:
    """Take over what the draft itself didn't change; returns how many places are left to be chosen one by one."""
    with editing.editing(draft, actor=actor) as locked:
        acts.make_final(locked)
        found = _found(locked, source_id)
        _take(locked, found, _own(locked, found.free, actor), actor)
        left = _finish(locked, found, actor)
    return left


def keep_own(draft: TableVersion, key: str, *, source_id: int, state: str, actor: Actor) -> Offer:
    """Leave one place as the draft has it; it is not offered again. Nobody becomes an author by it."""
    with transaction.atomic():
        locked = editing.lock_draft(draft, actor=actor)
        found = _found(locked, source_id)
        chosen = _seen(found, key, state)
        editing.require_own(locked, _posts_of(chosen), actor=actor)
        _note(locked, found, [chosen, *_along(found, chosen)], actor, is_taken=False)
        _finish(locked, found, actor)
    return chosen


def keep_all(draft: TableVersion, *, source_id: int, actor: Actor) -> None:
    """Leave the draft as it is in all places that are still offered; what it was begun from is the newer source now."""
    with transaction.atomic():
        locked = editing.lock_draft(draft, actor=actor)
        found = _found(locked, source_id)
        _note(locked, found, _own(locked, found.items, actor), actor, is_taken=False)
        _finish(locked, found, actor)


def _found(locked: TableVersion, source_id: int) -> Offers:
    source = replaced(locked)
    if source is None:
        raise WorkflowError(GONE)
    if source.pk != source_id:
        raise WorkflowError(NEWER)
    return offers(locked, source)


def _seen(found: Offers, key: str, state: str) -> Offer:
    offer = found.of(key)
    if offer is None or offer.state != state:
        raise WorkflowError(CHANGED)
    return offer


def _along(found: Offers, chosen: Offer) -> list[Offer]:
    return [item for item in found.items if item.key in chosen.along]


def _take(locked: TableVersion, found: Offers, chosen: list[Offer], actor: Actor) -> None:
    for item in chosen:
        editing.require_own(locked, _posts_of(item), actor=actor)
    writers = {"point": _take_point, "measure": _take_measure, "duties": _take_duties, "nil": _take_nil}
    for item in sorted(chosen, key=lambda item: ORDER.index(item.place + ("+" if item.theirs else "-"))):
        writers.get(item.place, _take_post)(locked, item, actor)
    _note(locked, found, chosen, actor, is_taken=True)


def _posts_of(item: Offer) -> set[int | None]:
    """Whose the rows of a place are, in the draft and in the source (None: nobody's post)."""
    rows = [row for row in (item.mine, item.theirs) if row is not None]
    if item.place == "point":
        return {row.post_id for row in rows}
    if item.place == "measure":
        return set().union(*(editing.posts_of_measure(row.points.all()) for row in rows))
    return {int(item.name)} if item.place == "post" else {None}


def _own(locked: TableVersion, items: list[Offer], actor: Actor) -> list[Offer]:
    """Of the table of the 校领导班子 what is this person's to write; of another one everything."""
    if not locked.table.is_leaders:
        return items
    may = writes(cast(User, afresh(actor)), locked.table)
    return [item for item in items if all(map(may, _posts_of(item)))]


def _take_point(locked: TableVersion, item: Offer, actor: Actor) -> None:
    stored = RiskPoint.objects.filter(version=locked, identity=uuid.UUID(item.name)).first()
    theirs: RiskPoint | None = item.theirs
    if theirs is None:
        if stored is not None:
            editing.remove_row(_of(locked, stored), actor=actor)
        return
    _end_nil(locked, theirs.category, actor)
    if theirs.post is not None:
        editing.withdraw_exemption(locked, theirs.post, actor=actor)
    row = stored or theirs
    before = audit.field_values(row, *editing.POINT_FIELDS) if stored else {}
    if stored is not None:
        judged = editing.judged(row)
        for name in (*fields.copied(fields.POINT), *fields.CARRIED, "post_name", "functions", "computed_level"):
            setattr(row, name, getattr(theirs, name))
        if editing.judged(row) != judged:
            row.confirmed_level, row.confirmed_reason = None, ""
        row.lock += 1
    row.save()
    after = audit.field_values(row, *editing.POINT_FIELDS)
    editing.audit_row(row, before, after, actor)


def _take_measure(locked: TableVersion, item: Offer, actor: Actor) -> None:
    stored = Measure.objects.filter(version=locked, identity=uuid.UUID(item.name)).first()
    theirs: Measure | None = item.theirs
    if theirs is None:
        if stored is not None:
            editing.remove_row(_of(locked, stored), actor=actor)
        return
    points = {point.identity: point for point in RiskPoint.objects.filter(version=locked)}
    wanted = attached(theirs)
    if wanted and not wanted & points.keys():
        raise ValidationError("这条措施对应的风险点不在本稿里，请先采纳那个风险点。")
    _end_nil(locked, theirs.category, actor)
    row = stored or Measure(version=locked, identity=theirs.identity, order=theirs.order)
    before = editing.measure_values(row) if stored else {}
    row.lock += 1 if stored else 0
    copying.write_measure(row, theirs, points)
    editing.audit_row(row, before, editing.measure_values(row), actor)


def _take_duties(locked: TableVersion, item: Offer, actor: Actor) -> None:
    editing.save_head(locked, {"duties": item.theirs}, actor=actor)


def _take_nil(locked: TableVersion, item: Offer, actor: Actor) -> None:
    write = editing.declare_nil if item.theirs else editing.withdraw_nil
    write(locked, item.name, actor=actor)


def _end_nil(locked: TableVersion, category: str, actor: Actor) -> None:
    if locked.nils.filter(category=category).exists():
        editing.withdraw_nil(locked, category, actor=actor)


def _take_post(locked: TableVersion, item: Offer, actor: Actor) -> None:
    post = Post.objects.get(pk=int(item.name))
    if item.theirs is None:
        editing.withdraw_exemption(locked, post, actor=actor)
    else:
        editing.exempt_post(locked, post, item.theirs.reason, actor=actor)


def _of(locked: TableVersion, row: Any) -> Any:
    """The row with the version that is held, so that what is done with it belongs to the same change."""
    row.version = locked
    return row


def _note(locked: TableVersion, found: Offers, chosen: list[Offer], actor: Actor, *, is_taken: bool) -> None:
    """Remember the choice, so that it isn't asked again, and write it into the trail."""
    for item in chosen:
        SourceChoice.objects.create(version=locked, source=found.source, key=item.key, is_taken=is_taken, actor=actor)
    if chosen:
        detail = {"新版": str(found.source), "内容": [item.words for item in chosen]}
        audit.record(
            RegisterVerb.OFFER_TAKE if is_taken else RegisterVerb.OFFER_DECLINE,
            actor=actor,
            target=locked,
            detail=detail,
        )


def _finish(locked: TableVersion, found: Offers, actor: Actor) -> int:
    """How much is still offered; once nothing is, the newer source is what the draft is begun from."""
    left = len(offers(locked, found.source).items)
    if not left:
        before = str(locked.base) if locked.base else ""
        locked.base = found.source
        locked.revision_reason = f"由 {found.source.table.cycle.year} 年度现行表结转"
        locked.save(update_fields=["base", "revision_reason"])
        audit.record(
            RegisterVerb.FOLLOW_SOURCE, actor=actor, target=locked, detail={"所本版本": [before, str(found.source)]}
        )
    return left
