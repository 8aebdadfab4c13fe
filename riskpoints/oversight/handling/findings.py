"""Registering findings, and deciding what happens with those that are not handled: the one door of their state."""

import datetime
import uuid
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from departments.models import Actor, Department, Post, User
from riskcontrol.text import folded, is_blank, stripped
from riskpoints.dues import Staff
from riskpoints.enums import Action, Status
from riskpoints.models import Cycle, TableVersion
from riskpoints.oversight.enums import FindingAct, FindingState, HandlingState, Nature, Result, Source
from riskpoints.oversight.handling.hands import committee
from riskpoints.oversight.handling.locking import lock_finding, next_number, now, open_year, record, require_turn
from riskpoints.oversight.handling.states import FINDING_TRANSITIONS, HandlingError, require_finding
from riskpoints.oversight.models import CheckMeasure, CheckSheet, Finding, FindingAnswer, FindingEntry
from riskpoints.oversight.models.handling import UNAPPROVED
from riskpoints.oversight.verbs import OversightVerb
from riskpoints.permissions import can_still
from riskpoints.tables import starting

VERBS = {
    FindingAct.DROP: OversightVerb.FINDING_DROP,
    FindingAct.PASS_ON: OversightVerb.FINDING_PASS_ON,
    FindingAct.DEMAND: OversightVerb.FINDING_DEMAND,
    FindingAct.CLOSE: OversightVerb.FINDING_CLOSE,
}
ANSWER_FIRST = "这个问题要求修订防控表：回应它的修订还没有签字确定，不能销号。"
HANDLE_FIRST = "这个问题还没有处置，请先拟办，或写明理由“不予处置”。"
STILL_OPEN = "这个问题还有没办完的处置，处置销号时它一起销号。"
DEMANDED = "这个问题已经要求修订防控表。"
OF_NO_PERSON = "涉及个人的不要求修订防控表；有制度漏洞的，请另登记一个部门问题。"
SHORTENED = "……"


@dataclass(frozen=True)
class Found:
    """What is registered: of a department, or of a person of it, told neutrally."""

    department: Department
    source: str
    found_on: datetime.date
    text: str
    nature: str = Nature.DEPARTMENT
    source_number: str = ""
    post: Post | None = None
    point: uuid.UUID | None = None
    point_text: str = ""
    person: User | None = None
    person_name: str = ""
    demands_revision: bool = False


def register(what: Found, *, token: str, actor: Actor) -> Finding:
    """Register a finding under the next number of the year. The same token again gives the finding it made.

    HandlingError where no year is open, PermissionDenied, ValidationError by field.
    """
    with transaction.atomic():
        known = Finding.objects.filter(token=token).first()
        if known is not None:
            return known
        cycle = open_year()
        fresh, people = now(actor)
        row = Finding(
            cycle=cycle, token=token, registered_by=fresh, registered_by_name=fresh.real_name, **_values(what, people)
        )
        row.department = what.department
        require_turn(committee(row, people), fresh, "登记问题")
        row.sequence = next_number(cycle, Finding, row.nature)
        _write(row, fresh)
    return row


def _values(what: Found, people: Staff) -> dict[str, Any]:
    if what.found_on > timezone.localdate():
        raise ValidationError({"found_on": "发现日期不能晚于今天。"})
    is_personal = what.nature == Nature.PERSON
    name = stripped(what.person.real_name if what.person else what.person_name) if is_personal else ""
    if is_personal and is_blank(name):
        raise ValidationError({"person_name": "请选择本人；没有账号的，写明姓名。"})
    if is_personal and what.person is None and folded(name) in _names(people):
        raise ValidationError({"person_name": "本校有这个姓名的账号，请在“本人”里选择，以免看错人。"})
    return {
        **{field: getattr(what, field) for field in ("source", "found_on", "nature", "post", "point")},
        "department_name": what.department.name,
        "post_name": what.post.name if what.post else "",
        "point_text": stripped(what.point_text),
        "source_number": stripped(what.source_number),
        "person": what.person if is_personal else None,
        "person_name": name,
        "text": stripped(what.text),
        "demands_revision": what.demands_revision and not is_personal,
    }


def _names(people: Staff) -> set[str]:
    return {folded(person.real_name) for person in people.people}


def _write(row: Finding, actor: Actor) -> None:
    row.full_clean(exclude=["token", "measure"])
    row.save()
    _enter(row, FindingAct.REGISTER, actor)
    detail = {"来源": row.get_source_display(), "问题": row.text, "要求修订": "是" if row.demands_revision else ""}
    record(OversightVerb.FINDING_REGISTER, actor, row, detail)


def of_check(sheet: CheckSheet, actor: User) -> list[Finding]:
    """A finding for each measure that a check found 未落实, unless an earlier handing in made it (R42, R43).

    Called as the check is handed in, in its transaction.
    """
    rows = CheckMeasure.objects.filter(line__sheet=sheet, result=Result.NOT_DONE, finding__isnull=True)
    missing = list(rows.select_related("line__post"))
    if not missing:
        return []
    cycle = open_year()
    return [_of_measure(row, sheet, cycle, actor) for row in missing]


def _of_measure(row: CheckMeasure, sheet: CheckSheet, cycle: Cycle, actor: User) -> Finding:
    said = f"{sheet.title}：措施“{row.text[:80]}”未落实。{row.note}"
    found = Finding(
        cycle=cycle,
        nature=Nature.DEPARTMENT,
        sequence=next_number(cycle, Finding, Nature.DEPARTMENT),
        source=Source.CHECK,
        found_on=timezone.localdate(),
        department=sheet.department,
        department_name=sheet.department.name,
        post=row.line.post,
        post_name=row.line.post_name,
        point=row.line.identity,
        point_text=row.line.text,
        measure=row,
        # The whole note stands in the check, to which the finding leads.
        text=said if len(said) <= 300 else said[: 300 - len(SHORTENED)] + SHORTENED,
        registered_by=actor,
        registered_by_name=actor.real_name,
        token=f"check-{row.pk}",
    )
    _write(found, actor)
    return found


def perform(act: FindingAct, finding: Finding, *, actor: Actor, text: str = "", to_whom: str = "") -> Finding:
    """Drop, pass on or close a finding, or demand that the table is revised for it (R43), with an entry about it.

    HandlingError where it is not possible now, PermissionDenied, ValidationError by field.
    """
    if act == FindingAct.DROP and is_blank(text):
        raise ValidationError({"text": "请写明为什么不予处置。"})
    if act == FindingAct.DEMAND and is_blank(text):
        raise ValidationError({"text": "请写明要修订什么。"})
    if act == FindingAct.PASS_ON and is_blank(to_whom):
        raise ValidationError({"to_whom": "请写明转给谁。"})
    with transaction.atomic():
        locked = lock_finding(finding)
        fresh, people = now(actor)
        if _is_pressed_again(act, locked, fresh):
            return locked
        require_turn(committee(locked, people), fresh, f"{act.label}")
        require_finding(act, locked)
        if act == FindingAct.CLOSE:
            require_closable(locked)
        elif act == FindingAct.DEMAND:
            require_demandable(locked)
            locked.demands_revision = True
            locked.save(update_fields=["demands_revision"])
        move(locked, act, fresh, text=stripped(text), to_whom=stripped(to_whom))
        record(VERBS[act], fresh, locked, {"说明": stripped(text), "转给": stripped(to_whom)})
    return locked


def _is_pressed_again(act: FindingAct, finding: Finding, actor: User) -> bool:
    last = finding.entries.order_by("-at", "-pk").first()
    is_done = not finding.is_open or act == FindingAct.DEMAND
    return last is not None and (last.act, last.by_id) == (act, actor.pk) and is_done


def require_demandable(finding: Finding) -> None:
    """HandlingError where a revision is demanded already, or would tell of a person."""
    if finding.demands_revision:
        raise HandlingError(DEMANDED)
    if finding.is_personal:
        raise HandlingError(OF_NO_PERSON)


def require_closable(finding: Finding) -> None:
    """HandlingError where something is still owed: a revision in force, or any handling at all (R43, R47)."""
    if finding.demands_revision and not is_answered(finding):
        raise HandlingError(ANSWER_FIRST)
    if finding.handlings.exclude(state__in=[*UNAPPROVED, *_done()]).exists() or _drafted(finding):
        raise HandlingError(STILL_OPEN)
    if not finding.demands_revision and not finding.handlings.exclude(state__in=UNAPPROVED).exists():
        raise HandlingError(HANDLE_FIRST)


def _done() -> list[str]:
    return [HandlingState.CLOSED, HandlingState.ESCALATED, HandlingState.TRANSFERRED, HandlingState.LEFT]


def _drafted(finding: Finding) -> bool:
    return finding.handlings.filter(state=HandlingState.DRAFTED).exists()


def is_answered(finding: Finding) -> bool:
    """Whether a version that names the finding was signed: what was in force once has answered it."""
    return finding.answers.filter(version__status=Status.CONFIRMED).exists()


def move(finding: Finding, act: FindingAct, actor: User, *, text: str = "", to_whom: str = "") -> None:
    """Write the state that the act leads to, and its entry; the row is locked and the act is possible."""
    target = FINDING_TRANSITIONS[act].target
    if target is not None:
        finding.state = target
        finding.save(update_fields=["state"])
    _enter(finding, act, actor, text=text, to_whom=to_whom)


def _enter(finding: Finding, act: FindingAct, actor: Actor, *, text: str = "", to_whom: str = "") -> None:
    entry = FindingEntry(
        finding=finding, act=act, state=finding.state, text=text, to_whom=to_whom, by=actor, by_name=actor.real_name
    )
    entry.full_clean(exclude=["finding"])
    entry.save()


def release(finding: Finding, actor: User) -> None:
    """A handling was withdrawn: without another one the finding waits to be decided again."""
    locked = lock_finding(finding)
    if locked.state == FindingState.HANDLED and not locked.handlings.exclude(state=HandlingState.WITHDRAWN).exists():
        move(locked, FindingAct.RELEASE, actor)


def close_with(finding: Finding, actor: User) -> None:
    """Its handling is over: the finding is, too, unless another handling of it is not."""
    locked = lock_finding(finding)
    is_over = not locked.handlings.exclude(state__in=[HandlingState.WITHDRAWN, *_done()]).exists()
    if locked.is_open and is_over:
        move(locked, FindingAct.CLOSE, actor)


def answer(finding: Finding, version: TableVersion, *, actor: Actor) -> FindingAnswer:
    """Say that a draft of the department's table answers the finding (R43); once.

    HandlingError where the finding is over or the version is no draft of this department.
    """
    with transaction.atomic():
        locked = lock_finding(finding)
        fresh, _people = now(actor)
        known = locked.answers.filter(version=version).first()
        if known is not None:
            return known
        if not can_still(fresh, Action.REVISE, version.table):
            raise PermissionDenied("这张防控表由本部门修订。")
        require_finding(FindingAct.ANSWER, locked)
        if version.table.department_id != locked.department_id or version.status not in Status.open():
            raise HandlingError("只有本部门正在修订的防控表才能回应这个问题。")
        made = FindingAnswer(finding=locked, version=version, by=fresh, by_name=fresh.real_name)
        made.full_clean()
        made.save()
        move(locked, FindingAct.ANSWER, fresh, text=f"{version}"[:500])
        record(OversightVerb.FINDING_ANSWER, fresh, locked, {"版本": f"{version}"})
    return made


def begin_answer(
    finding: Finding, draft: TableVersion | None, in_force: TableVersion | None, *, reason: str, actor: Actor
) -> FindingAnswer:
    """Begin a revision that answers the finding, or say that the `draft` on its way does.

    HandlingError, WorkflowError (where it can't be begun), PermissionDenied.
    """
    with transaction.atomic():
        lock_finding(finding)  # before the table, as everywhere
        if draft is None and in_force is None:
            raise HandlingError("本部门没有现行表，不能修订。请先填报，签字确定以后再回应。")
        version = draft or starting.open_revision(in_force, reason=reason, actor=actor)  # type: ignore[arg-type]
        return answer(finding, version, actor=actor)
