"""Every write to the documents that a year rests on, each one audited."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from departments.models import Actor
from riskcontrol import audit
from riskpoints.campaign import attached, held
from riskpoints.campaign.models import BasisDocument
from riskpoints.campaign.models.basis import WORDS
from riskpoints.campaign.permissions import CampaignAction, require_still
from riskpoints.campaign.verbs import CampaignVerb
from riskpoints.models import Cycle


class BasisError(Exception):
    """The act is not possible now; the message is Chinese and says what to do."""


def add(
    cycle: Cycle, values: Mapping[str, Any], *, token: str, file: attached.Sent = None, actor: Actor
) -> BasisDocument:
    """Cite a document from today on. The same token again gives the row it made. ValidationError by field."""
    kept = attached.read(file)
    with transaction.atomic():
        locked = _open_year(cycle)
        require_still(actor, CampaignAction.KEEP_PLAN)
        known = BasisDocument.objects.filter(token=token).first()
        if known is not None:
            return known
        row = _row(locked, values, token=token, actor=actor)
        attached.put(row, kept)
        _save(row)
        audit.record(CampaignVerb.BASIS_CHANGE, actor=actor, target=row, detail=said(row))
    return row


def correct(
    row: BasisDocument, values: Mapping[str, Any], *, seen: int, token: str, file: attached.Sent = None, actor: Actor
) -> BasisDocument:
    """Cite it in other words, or with another file, from today on; what it said until now stays, ended.

    `seen` is the key of the row that the writer saw: ValidationError where somebody corrected it in between. The same
    token again gives the row it made; BasisError where it is cited no more.
    """
    kept = attached.read(file)
    with transaction.atomic():
        locked = _open_year(row.cycle)
        require_still(actor, CampaignAction.KEEP_PLAN)
        known = BasisDocument.objects.filter(token=token).first()
        if known is not None:
            return known
        old = current(locked, row)
        if old.pk != seen:
            raise ValidationError(held.CHANGED)
        new = _row(locked, values, token=token, actor=actor)
        new.identity, new.file, new.file_name = old.identity, old.file, old.file_name
        attached.put(new, kept)
        detail = audit.changed_fields(said(old), said(new))
        if not detail:
            return old
        _end(old)
        _save(new)
        audit.record(CampaignVerb.BASIS_CHANGE, actor=actor, target=new, detail=detail)
    return new


def end(row: BasisDocument, *, actor: Actor) -> None:
    """Cite it no more, from today on. BasisError where it is cited no more already."""
    with transaction.atomic():
        locked = _open_year(row.cycle)
        require_still(actor, CampaignAction.KEEP_PLAN)
        old = current(locked, row)
        _end(old)
        audit.record(CampaignVerb.BASIS_END, actor=actor, target=old, detail={"依据文件": old.citation})


def carry_over(cycle: Cycle, actor: Actor) -> None:
    """Let a year that is opened cite what the one before it cites; the office ends what no longer applies."""
    former = held.former_year(cycle)
    if former is None:
        return
    for row in BasisDocument.objects.filter(cycle=former, ended_on=None):
        values = {name: getattr(row, name) for name in WORDS}
        copy = _row(cycle, values, token=f"carried-{cycle.pk}-{row.pk}", actor=actor)
        copy.file, copy.file_name = row.file, row.file_name
        copy.save()
        detail = {"沿用": f"{former}"} | said(copy)
        audit.record(CampaignVerb.BASIS_CHANGE, actor=actor, target=copy, detail=detail)


def current(cycle: Cycle, row: BasisDocument) -> BasisDocument:
    """What the year cites now under the same identity. BasisError where that is nothing."""
    found = BasisDocument.objects.filter(cycle=cycle, identity=row.identity, ended_on=None).first()
    if found is None:
        raise BasisError("这份文件已经不再引用，如要引用请重新登记。")
    return found


def said(row: BasisDocument) -> dict[str, Any]:
    """What a row says, for the trail: old beside new."""
    return audit.field_values(row, *WORDS) | {"file": row.file.sha256 if row.file else "", "file_name": row.file_name}


def _row(cycle: Cycle, values: Mapping[str, Any], *, token: str, actor: Actor) -> BasisDocument:
    words = {name: values.get(name) or (None if name == "issued_on" else "") for name in WORDS}
    who = {"recorded_by": actor, "recorded_by_name": actor.real_name}
    return BasisDocument(cycle=cycle, cited_from=timezone.localdate(), token=token, **words, **who)


def _save(row: BasisDocument) -> None:
    if row.issued_on and row.issued_on > timezone.localdate():
        raise ValidationError({"issued_on": "还没有到这一天，请核对发文日期。"})
    row.full_clean(exclude=["token"])
    row.save()


def _end(row: BasisDocument) -> None:
    row.ended_on = timezone.localdate()
    row.save(update_fields=["ended_on"])


def _open_year(cycle: Cycle) -> Cycle:
    return held.open_year(cycle, BasisError, "依据文件不能再改。")
