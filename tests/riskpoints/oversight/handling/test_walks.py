"""Random walks of the states of a handling: somebody can always go on, and nobody whose turn it is not (R44–R47)."""

import itertools

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from riskpoints.dues import staff
from riskpoints.oversight.enums import LADDERS, HandlingAct, HandlingState, Nature
from riskpoints.oversight.handling import hands as whose
from riskpoints.oversight.handling.states import TRANSITIONS, HandlingError
from riskpoints.oversight.models import Handling
from tests import turns
from tests.riskpoints.oversight.handling.conftest import do

WALKS = 400
HERE = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
CAN_NOT_BE_DONE = (HandlingError, ValidationError, PermissionDenied)
_words = itertools.count()


@pytest.mark.long
@settings(max_examples=turns.share(WALKS), suppress_health_check=HERE)
@given(data=st.data())
def test_somebody_can_go_on_and_nobody_else(drafted, hands, data):
    nature = data.draw(st.sampled_from(Nature), label="about")
    kind = data.draw(st.sampled_from(LADDERS[nature]), label="kind")
    acts = data.draw(st.lists(st.sampled_from(sorted(TRANSITIONS)), min_size=1, max_size=9), label="acts")
    everybody = sorted(vars(hands))
    with transaction.atomic():
        handling = drafted(kind, person=hands.colleague if nature == Nature.PERSON else None)
        for act in acts:
            name = data.draw(st.sampled_from(everybody), label=f"who tries to {act}")
            handling = _step(handling, HandlingAct(act), getattr(hands, name), hands)
            if not handling.is_open:
                handling = getattr(handling, "higher", handling)
        transaction.set_rollback(True)


def _step(handling, act, actor, hands) -> Handling:
    """Try the act as this person, then let whose turn it is go on; the one refused changes nothing."""
    before = (handling.state, handling.entries.count())
    try:
        with transaction.atomic():
            handling = do(act, handling, hands, actor=actor, text=f"第 {next(_words)} 次")
    except CAN_NOT_BE_DONE:
        handling = Handling.objects.get(pk=handling.pk)
        assert (handling.state, handling.entries.count()) == before
    else:
        _judge(handling, act, actor, hands)
    return _go_on(handling, hands)


def _judge(handling, act, actor, hands) -> None:
    """What was done was done by somebody who may: said once more here, without the program's own routing."""
    assert actor not in (hands.admin, hands.auditor, hands.outsider, hands.disabled, hands.staff)
    subject = handling.person or hands.head
    if act in (HandlingAct.RECEIVE, HandlingAct.REPLY, HandlingAct.ASK):
        assert actor == subject
    else:
        assert actor not in (subject, hands.head, hands.clerk, hands.leader)
    if act == HandlingAct.APPROVE:
        assert actor != handling.drafted_by
    if act in (HandlingAct.ACCEPT, HandlingAct.REJECT):
        verification = handling.replies.latest("round").verification if act == HandlingAct.ACCEPT else None
        assert actor != handling.approved_by
        assert verification is None or verification.by == actor
    if handling.is_personal:
        assert actor not in (hands.office, hands.second_office)


def _go_on(handling, hands) -> Handling:
    """The next act, by the first of those whose turn it is; an end is one of the states that are over."""
    people = staff()
    act = whose.next_act(handling, people)
    if act is None:
        assert handling.state in set(HandlingState) - {
            "drafted", "issued", "received", "replied", "again",
        }  # fmt: skip
        return handling
    turn = whose.WHO[act](handling, people)
    assert turn.people, f"nobody can {act} {handling} in {handling.state}"
    return do(act, handling, hands, actor=turn.people[0], text=f"第 {next(_words)} 次")
