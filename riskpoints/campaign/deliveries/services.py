"""Every write to deliveries, each one audited."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from departments.models import Actor
from riskcontrol import audit
from riskpoints.campaign.deliveries.queries import purposes, title_of
from riskpoints.campaign.enums import DeliveryState, Purpose
from riskpoints.campaign.models import Delivery, IssuedDocument
from riskpoints.campaign.permissions import CampaignAction, require_still
from riskpoints.campaign.verbs import CampaignVerb
from riskpoints.models import Cycle, TableVersion

SENT = ("title", "purpose", "to_unit", "copies", "way", "sent_on")
RECEIPT = ("received_on", "received_by", "receipt_number")
OTHERS = (Purpose.COPY, Purpose.FILING)


class DeliveryError(Exception):
    """The act is not possible now; the message is Chinese and says what to do."""


def send(cycle: Cycle, values: Mapping[str, Any], *, version: TableVersion | None, actor: Actor) -> Delivery:
    """Record that a copy was sent: of a table in force to one who keeps it, or of another paper.

    DeliveryError where that copy was recorded already; ValidationError by field.
    """
    with transaction.atomic():
        locked = Cycle.objects.select_for_update().get(pk=cycle.pk)
        require_still(actor, CampaignAction.KEEP_DELIVERIES)
        row = Delivery(cycle=locked, version=version, sent_by=actor, sent_by_name=actor.real_name)
        for name in SENT:
            setattr(row, name, values[name])
        row.issued = values.get("issued") if version is None else None
        if version is not None:
            row.title = title_of(version)
        elif row.issued is not None:
            _require_sendable(row.issued, locked)
            row.title = str(row.issued)
        allowed = (*purposes(version), *OTHERS) if version is not None else OTHERS
        if row.purpose not in allowed:
            raise ValidationError({"purpose": "这份文件没有这种用途，请重新选择。"})
        if row.sent_on > timezone.localdate():
            raise ValidationError({"sent_on": "还没有到这一天，请在送出以后登记。"})
        row.full_clean(validate_constraints=False)
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError as error:
            raise DeliveryError("这一份刚才已经登记过，请刷新后再看。") from error
        audit.record(CampaignVerb.DELIVERY_SEND, actor=actor, target=row, detail=audit.field_values(row, *SENT))
    return row


def receipt(row: Delivery, values: Mapping[str, Any], *, actor: Actor) -> Delivery:
    """Record the receipt. DeliveryError where one was recorded; ValidationError by field."""
    with _waiting(row, actor) as locked:
        for name in RECEIPT:
            setattr(locked, name, values.get(name) or ("" if name != "received_on" else None))
        if not locked.received_by:
            raise ValidationError({"received_by": "请填写签收人。"})
        if locked.received_on is None or locked.received_on < locked.sent_on:
            raise ValidationError({"received_on": f"请填写不早于送出日期 {locked.sent_on:%Y-%m-%d} 的日期。"})
        _finish(locked, DeliveryState.RECEIVED, actor, audit.field_values(locked, *RECEIPT))
    return locked


def give_back(row: Delivery, reason: str, *, actor: Actor) -> Delivery:
    """Record that it came back, and why; the copy waits to be sent again."""
    with _waiting(row, actor) as locked:
        locked.returned_reason = reason
        if not reason.strip():
            raise ValidationError({"returned_reason": "请写明退回原因。"})
        _finish(locked, DeliveryState.RETURNED, actor, {"退回原因": reason})
    return locked


def _require_sendable(chosen: IssuedDocument, cycle: Cycle) -> None:
    """ValidationError where what was issued is of another year, or void by now."""
    issued = IssuedDocument.objects.select_for_update().get(pk=chosen.pk)
    if issued.cycle_id != cycle.pk or issued.void_reason:
        raise ValidationError({"issued": "这份发文已经作废，或不是本年度的，请重新选择。"})


@contextmanager
def _waiting(row: Delivery, actor: Actor) -> Iterator[Delivery]:
    """One act on a delivery without receipt: locked and allowed."""
    with transaction.atomic():
        locked = Delivery.objects.select_for_update(of=("self",)).select_related("cycle").get(pk=row.pk)
        require_still(actor, CampaignAction.KEEP_DELIVERIES)
        if locked.state != DeliveryState.SENT:
            raise DeliveryError(f"这份报送{locked.get_state_display()}，不能再改。")
        yield locked


def _finish(locked: Delivery, state: DeliveryState, actor: Actor, detail: dict[str, Any]) -> None:
    locked.state = state
    locked.full_clean()
    locked.save()
    audit.record(CampaignVerb.DELIVERY_RECEIPT, actor=actor, target=locked, detail=detail | {"结果": state.value})
