"""What every write to findings and handlings begins with: rows held, rights as they are now; what the trail may say."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Max

from departments.models import Actor, User
from departments.permissions import TAKEN_AWAY, afresh
from riskcontrol import audit
from riskpoints.content.today import current_cycle
from riskpoints.dues import Staff, staff
from riskpoints.models import Cycle
from riskpoints.oversight.handling.hands import Turn, is_person
from riskpoints.oversight.handling.states import HandlingError
from riskpoints.oversight.models import Finding, Handling
from riskpoints.oversight.verbs import OversightVerb


def open_year() -> Cycle:
    """The year of today, locked: whoever takes a number in it comes one after the other."""
    now = current_cycle()
    locked = Cycle.objects.select_for_update().filter(pk=now.pk if now else 0).first()
    if locked is None or locked.is_closed or locked.is_historical:
        raise HandlingError("现在没有打开的年度，请领导小组办公室先开启新年度。")
    return locked


def next_number(cycle: Cycle, rows: type[Finding] | type[Handling], nature: str) -> int:
    """The next number of a series of the year, which is locked."""
    last = rows._default_manager.filter(cycle=cycle, nature=nature).aggregate(last=Max("sequence"))["last"]
    return (last or 0) + 1


def lock_finding(finding: Finding) -> Finding:
    """The finding as it is now, held to the end of the transaction."""
    held = Finding.objects.select_for_update(of=("self",)).select_related("cycle", "department")
    return held.get(pk=finding.pk)


def lock_handling(handling: Handling) -> Handling:
    """The handling as it is now, held to the end of the transaction."""
    held = Handling.objects.select_for_update(of=("self",)).select_related("cycle", "department")
    return held.get(pk=handling.pk)


def now(actor: Actor) -> tuple[User, Staff]:
    """The actor with the rights of this moment, and everybody. PermissionDenied for who can't act any more."""
    fresh = afresh(actor)
    if fresh is None or not fresh.is_active:
        raise PermissionDenied(TAKEN_AWAY)
    return fresh, staff()


def require_turn(turn: Turn, actor: User, words: str) -> None:
    """PermissionDenied where it is somebody else's turn; it says whose."""
    if not turn.includes(actor):
        raise PermissionDenied(f"{words}由{turn.words}办理。" if turn.people else turn.words)


def record(verb: OversightVerb, actor: Actor, target: Finding | Handling, detail: dict[str, Any]) -> None:
    """An entry of the trail: of a matter about a person nothing but its number, and not even who the person is where
    he or she acts (T22); the matter's own entries keep that."""
    if not target.is_personal:
        audit.record(verb, actor=actor, target=target, detail={name: text for name, text in detail.items() if text})
        return
    fresh = afresh(actor)
    is_subject = fresh is None or is_person(fresh, target)
    audit.record(verb, actor=None if is_subject else actor, target=target)
