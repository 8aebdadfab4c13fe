"""What an assessment counts of a department's handlings (R49): answered in time, and closed."""

import datetime

from riskpoints.oversight.assessment import counting
from riskpoints.oversight.assessment.counting import Handlings
from riskpoints.oversight.enums import HandlingAct, HandlingKind, HandlingState
from tests.riskpoints.oversight.handling.conftest import bring, do


def test_handlings_sent_out_are_counted_and_persons_never(drafted, hands, department, cycle, time_machine):
    def counted():
        return counting.handlings(cycle, [department.pk]).get(department.pk)

    drafted()
    bring(drafted(), HandlingState.WITHDRAWN, hands)
    bring(drafted(HandlingKind.REMIND, person=hands.colleague), HandlingState.ISSUED, hands)
    assert counted() is None
    bring(drafted(), HandlingState.CLOSED, hands)
    late = bring(drafted(), HandlingState.RECEIVED, hands)
    assert counted() == Handlings(due=1, in_time=1, all=2, closed=1)
    time_machine.move_to(late.reply_due + datetime.timedelta(days=1))
    assert counted() == Handlings(due=2, in_time=1, all=2, closed=1)
    do(HandlingAct.REPLY, late, hands)
    assert counted() == Handlings(due=2, in_time=1, all=2, closed=1)


def test_of_one_of_several_heads_those_of_the_own_days_are_counted(drafted, hands, department, cycle):
    today = bring(drafted(), HandlingState.CLOSED, hands).issued_on
    for first, found in ((today, {department.pk: Handlings(1, 1, 1, 1)}), (today + datetime.timedelta(days=1), {})):
        within = (first, first + datetime.timedelta(days=9))
        assert counting.handlings(cycle, [department.pk], within=within) == found


def test_an_escalated_one_counts_as_the_higher_one(drafted, hands, department, cycle):
    lower = bring(drafted(HandlingKind.CORRECT), HandlingState.REPLIED, hands)
    do(HandlingAct.ESCALATE, lower, hands)
    assert counting.handlings(cycle, [department.pk]) == {}
    bring(lower.higher, HandlingState.CLOSED, hands)
    assert counting.handlings(cycle, [department.pk])[department.pk] == Handlings(1, 1, 1, 1)
