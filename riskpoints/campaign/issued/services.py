"""Every write to the register of what was issued, each one audited."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from departments.models import Actor
from riskcontrol import audit
from riskcontrol.text import is_blank, stripped
from riskpoints.campaign import attached, held
from riskpoints.campaign.models import IssuedDocument
from riskpoints.campaign.models.issued import number
from riskpoints.campaign.permissions import CampaignAction, require_still
from riskpoints.campaign.verbs import CampaignVerb
from riskpoints.models import Cycle

WORDS = ("title", "main_to", "copy_to", "copies", "issued_on")


class IssuedError(Exception):
    """The act is not possible now; the message is Chinese and says what to do."""


def next_free(prefix: str, year: int) -> int:
    """The number after the last one that was given under these characters in this year."""
    given = IssuedDocument.objects.filter(prefix=prefix, year=year).aggregate(last=Max("sequence"))["last"]
    return (given or 0) + 1


def register(
    cycle: Cycle, values: Mapping[str, Any], *, token: str, file: attached.Sent = None, actor: Actor
) -> IssuedDocument:
    """Write down a document under the number that `sequence` says, else the next free one.

    The same token again gives the row it made. ValidationError by field, at `sequence` where it is taken.
    """
    kept = attached.read(file)
    with transaction.atomic():
        locked = _open_year(cycle)
        require_still(actor, CampaignAction.KEEP_ISSUED)
        known = IssuedDocument.objects.filter(token=token).first()
        if known is not None:
            return known
        row = IssuedDocument(cycle=locked, token=token, recorded_by=actor, recorded_by_name=actor.real_name)
        _write(row, values)
        row.prefix, row.year = values["prefix"], row.issued_on.year
        row.sequence = values.get("sequence") or next_free(row.prefix, row.year)
        attached.put(row, kept)
        row.full_clean(exclude=["token"], validate_constraints=False)
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError as error:
            free = next_free(row.prefix, row.year)
            raise ValidationError({"sequence": f"{row.number}已经用过。不填就取下一个空号 {free}。"}) from error
        audit.record(CampaignVerb.ISSUED_REGISTER, actor=actor, target=row, detail=said(row))
    return row


def change(
    row: IssuedDocument, values: Mapping[str, Any], *, lock: int, file: attached.Sent = None, actor: Actor
) -> IssuedDocument:
    """Write it anew; its number stays. `lock` is what the writer saw. ValidationError by field."""
    kept = attached.read(file)
    with _still_valid(row, actor) as locked:
        if locked.lock != lock:
            raise ValidationError(held.CHANGED)
        before = said(locked)
        _write(locked, values)
        if locked.issued_on.year != locked.year:
            raise ValidationError({"issued_on": f"文号是 {locked.year} 年的，日期也要在这一年。"})
        attached.put(locked, kept)
        locked.full_clean(exclude=["token"])
        locked.lock += 1
        locked.save()
        detail = audit.changed_fields(before, said(locked))
        if detail:
            audit.record(CampaignVerb.ISSUED_CHANGE, actor=actor, target=locked, detail=detail)
    return locked


def void(row: IssuedDocument, reason: str, *, actor: Actor) -> IssuedDocument:
    """Say that a document does not count; its number stays taken. ValidationError at `void_reason`."""
    if is_blank(reason):
        raise ValidationError({"void_reason": "请写明作废原因。"})
    with _still_valid(row, actor) as locked:
        locked.void_reason = stripped(reason)
        locked.full_clean(exclude=["token"])
        locked.lock += 1
        locked.save()
        audit.record(CampaignVerb.ISSUED_VOID, actor=actor, target=locked, detail={"作废原因": locked.void_reason})
    return locked


def said(row: IssuedDocument) -> dict[str, Any]:
    """What a row says, for the trail: old beside new."""
    number_of = {"number": number(row.prefix, row.year, row.sequence)}
    file = {"file": row.file.sha256 if row.file else "", "file_name": row.file_name}
    return number_of | audit.field_values(row, *WORDS) | file


def _write(row: IssuedDocument, values: Mapping[str, Any]) -> None:
    for name in WORDS:
        setattr(row, name, values.get(name) or ("" if name == "copy_to" else values[name]))
    if row.issued_on > timezone.localdate():
        raise ValidationError({"issued_on": "还没有到这一天，请在印发以后登记。"})


def _open_year(cycle: Cycle) -> Cycle:
    return held.open_year(cycle, IssuedError, "发文请登记在下一年度。")


@contextmanager
def _still_valid(row: IssuedDocument, actor: Actor) -> Iterator[IssuedDocument]:
    """One act on a document of an open year that is not void: locked and allowed."""
    with transaction.atomic():
        _open_year(row.cycle)
        locked = IssuedDocument.objects.select_for_update().get(pk=row.pk)
        require_still(actor, CampaignAction.KEEP_ISSUED)
        if locked.void_reason:
            raise IssuedError(f"{locked.number}已经作废，不能再改。")
        yield locked
