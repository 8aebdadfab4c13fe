"""What is done to a handling that was drafted: the one door through which its state changes (R44–R47)."""

import datetime
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from departments.models import Actor, User
from riskcontrol import attachments, files
from riskcontrol.text import is_blank, stripped
from riskpoints.oversight.enums import BY_ORGAN, TALKS, HandlingAct, HandlingKind, HandlingState
from riskpoints.oversight.handling import drafting
from riskpoints.oversight.handling.hands import WHO, subjects
from riskpoints.oversight.handling.locking import lock_handling, now, record, require_turn
from riskpoints.oversight.handling.states import TRANSITIONS, HandlingError, require_possible, target_of
from riskpoints.oversight.models import Handling, Reply, ReplyFile, Verification
from riskpoints.oversight.verbs import OversightVerb
from riskpoints.rules import queries as rules
from riskpoints.rules.enums import Key

VERBS = {act: OversightVerb(f"handling.{act.value}") for act in TRANSITIONS}
Values = Mapping[str, Any]
# The name and the bytes of what was sent with a reply.
File = tuple[str, bytes] | None


def perform(
    act: HandlingAct,
    handling: Handling,
    *,
    actor: Actor,
    text: str = "",
    values: Values | None = None,
    sent: File = None,
) -> Handling:
    """Do an act: locked, by whose turn it is, in a state that allows it. `values` are the act's own (see below),
    `sent` the file of a reply.

    HandlingError where it is not possible now, PermissionDenied, ValidationError by field.
    """
    if TRANSITIONS[act].says_why and is_blank(text):
        raise ValidationError({"text": "请写明情况或理由。"})
    with transaction.atomic():
        locked = lock_handling(handling)
        fresh, people = now(actor)
        if _is_pressed_again(act, locked, fresh, stripped(text)):
            return locked
        require_turn(WHO[act](locked, people), fresh, f"{act.label}")
        require_possible(act, locked)
        if act == HandlingAct.RECORD_REPLY and subjects(locked, people).people and not locked.is_on_paper_only:
            raise HandlingError(f"{locked.subject}可以在系统里回告，请由本人或部门负责人填写。")
        target = target_of(act, locked)
        due = DO[act](locked, fresh, values or {}, stripped(text), sent) if act in DO else None
        # Rejected too often, it stays where it is: what is left is a higher step.
        locked.state = locked.state if act == HandlingAct.REJECT and locked.must_escalate else target
        locked.full_clean(exclude=["token"])
        locked.save()
        drafting.enter(locked, act, fresh, text=stripped(text), due=due)
        record(VERBS[act], fresh, locked, {"说明": stripped(text), "时限": f"{due}" if due else ""})
        _follow(act, locked, fresh)
    return locked


def _is_pressed_again(act: HandlingAct, handling: Handling, actor: User, text: str) -> bool:
    """Whether the same person has just done the same: another round has other acts in between."""
    last = handling.entries.order_by("-at", "-pk").first()
    return last is not None and (last.act, last.by_id, last.text) == (act, actor.pk, text)


def _follow(act: HandlingAct, handling: Handling, actor: User) -> None:
    if handling.state in (HandlingState.CLOSED, HandlingState.TRANSFERRED, HandlingState.LEFT):
        drafting.over(handling, actor)
    elif act == HandlingAct.WITHDRAW:
        drafting.withdrawn(handling, actor)


def _approve(row: Handling, actor: User, values: Values, text: str, sent: File) -> datetime.date | None:
    """`organ`, `organ_on`, `minutes_number` where an organ decides; `receipt_number` of a transfer."""
    today = timezone.localdate()
    if row.kind in BY_ORGAN:
        _write(row, values, "organ", "organ_on", "minutes_number")
        if row.organ_on and row.organ_on > today:
            raise ValidationError({"organ_on": "决定日期不能晚于今天。"})
    if row.kind == HandlingKind.TRANSFER:
        _write(row, values, "receipt_number")
    row.approved_by, row.approved_by_name, row.issued_on = actor, actor.real_name, today
    if row.kind == HandlingKind.TRANSFER:
        return None
    row.receipt_due = rules.working_days_after(today, _days(Key.DAYS_RECEIPT))
    row.reply_due = rules.working_days_after(today, _days(Key.DAYS_TALK_REPLY if row.kind in TALKS else Key.DAYS_REPLY))
    return row.reply_due


def _days(key: Key) -> int:
    return int(rules.on()[key])


def _write(row: Handling, values: Values, *names: str) -> None:
    """Take these values; ValidationError beside each that is missing."""
    _require(Handling, values, names)
    for name in names:
        value = values[name]
        setattr(row, name, stripped(value) if isinstance(value, str) else value)


def _require(model: type[Handling | Reply], values: Values, names: Sequence[str]) -> None:
    titles = {field.name: str(field.verbose_name) for field in model._meta.concrete_fields}
    missing = {name: f"请填写{titles[name]}。" for name in names if _is_empty(values, name)}
    if missing:
        raise ValidationError(missing)


def _is_empty(values: Values, name: str) -> bool:
    value = values.get(name)
    return value is None or (isinstance(value, str) and is_blank(value))


def _receive(row: Handling, actor: User, values: Values, text: str, sent: File) -> None:
    row.received_on = timezone.localdate()


def _record_receipt(row: Handling, actor: User, values: Values, text: str, sent: File) -> None:
    """`received_on`, the day on the paper; where it was refused `text` names the two who saw it."""
    _write(row, values, "received_on")
    _require_between(row, "received_on")


def _require_between(row: Handling, name: str) -> None:
    day = getattr(row, name)
    if not (row.issued_on or day) <= day <= timezone.localdate():
        raise ValidationError({name: f"请填写 {row.issued_on:%Y-%m-%d} 到今天之间的日期。"})


def _record_talk(row: Handling, actor: User, values: Values, text: str, sent: File) -> datetime.date:
    """When and where, who talked and who wrote it down, the paper's number and place; no contents (T22)."""
    _write(row, values, "received_on", "talk_place", "talker", "recorder", "paper_number", "keeping_place")
    _require_between(row, "received_on")
    row.reply_due = rules.working_days_after(row.received_on, _days(Key.DAYS_TALK_REPLY))  # type: ignore[arg-type]
    return row.reply_due


def _reply(row: Handling, actor: User, values: Values, text: str, sent: File, is_recorded: bool = False) -> None:
    """`causes`, `measures`, `responsible`, `done_by`; of a talk only `keeping_place`. A late reply stays marked."""
    names = ("keeping_place",) if row.kind in TALKS else ("causes", "measures", "responsible", "done_by")
    _require(Reply, values, names)
    if sent and row.is_personal:
        raise ValidationError({"file": "涉及个人的不上传文件，书面材料交给纪委。"})
    told = {name: stripped(values[name]) if isinstance(values[name], str) else values[name] for name in names}
    late = row.reply_due is not None and timezone.localdate() > row.reply_due
    made = Reply(
        handling=row, round=row.round, by=actor, by_name=actor.real_name, is_late=late, is_recorded=is_recorded, **told
    )
    made.full_clean(exclude=["handling"])
    made.save()
    if sent:
        _attach(made, *sent)
    row.asked_due = None


def _attach(reply: Reply, name: str, content: bytes) -> None:
    suffix = attachments.read(content)
    kept = files.keep(content, attachments.MEDIA_TYPES[suffix])
    row = ReplyFile(reply=reply, file=kept, name=attachments.printed_name(name, suffix), suffix=suffix)
    row.full_clean(exclude=["reply"])
    row.save()


def _record_reply(row: Handling, actor: User, values: Values, text: str, sent: File) -> None:
    _reply(row, actor, values, text, sent, is_recorded=True)


def _verify(row: Handling, actor: User, text: str, new_due: datetime.date | None, *, is_accepted: bool) -> None:
    reply = row.replies.get(round=row.round)
    made = Verification(
        reply=reply, is_accepted=is_accepted, how=text, new_due=new_due, by=actor, by_name=actor.real_name
    )
    made.full_clean(exclude=["reply"])
    made.save()


def _accept(row: Handling, actor: User, values: Values, text: str, sent: File) -> None:
    drafting.require_answered(row)
    _verify(row, actor, text, None, is_accepted=True)


def _reject(row: Handling, actor: User, values: Values, text: str, sent: File) -> datetime.date | None:
    """`new_due`; after so many rounds (rule) there is no further one, and a higher step is left (R47)."""
    if row.round > _days(Key.ROUNDS):
        _verify(row, actor, text, None, is_accepted=False)
        row.must_escalate = True
        return None
    new_due = values.get("new_due")
    if new_due is None or new_due <= timezone.localdate():
        raise ValidationError({"new_due": "请填写今天以后的日期，作为重新整改的时限。"})
    _verify(row, actor, text, new_due, is_accepted=False)
    row.round, row.reply_due = row.round + 1, new_due
    return row.reply_due


def _ask(row: Handling, actor: User, values: Values, text: str, sent: File) -> datetime.date:
    """`new_due`, once: later than the day that holds now."""
    new_due: datetime.date | None = values.get("new_due")
    if new_due is None or (row.reply_due is not None and new_due <= row.reply_due):
        raise ValidationError({"new_due": f"请填写晚于现在时限 {row.reply_due:%Y-%m-%d} 的日期。"})
    row.asked_due = new_due
    return new_due


def _grant(row: Handling, actor: User, values: Values, text: str, sent: File) -> datetime.date | None:
    row.reply_due, row.asked_due = row.asked_due, None
    return row.reply_due


def _refuse(row: Handling, actor: User, values: Values, text: str, sent: File) -> None:
    row.asked_due = None


def _complaint(row: Handling, actor: User, values: Values, text: str, sent: File) -> None:
    row.must_escalate = True


DO: dict[HandlingAct, Callable[[Handling, User, Values, str, File], datetime.date | None]] = {
    HandlingAct.APPROVE: _approve,
    HandlingAct.RECEIVE: _receive,
    HandlingAct.RECORD_RECEIPT: _record_receipt,
    HandlingAct.RECORD_TALK: _record_talk,
    HandlingAct.REPLY: _reply,
    HandlingAct.RECORD_REPLY: _record_reply,
    HandlingAct.ACCEPT: _accept,
    HandlingAct.REJECT: _reject,
    HandlingAct.ASK: _ask,
    HandlingAct.GRANT: _grant,
    HandlingAct.REFUSE: _refuse,
    HandlingAct.COMPLAINT: _complaint,
}
