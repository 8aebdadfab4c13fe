"""Findings of 总务处 and of a person, and handlings of them in any state."""

import datetime
import itertools
import uuid
from types import SimpleNamespace

import pytest
from django.utils import timezone

from departments.enums import Role
from departments.models import User
from riskpoints.oversight.enums import HandlingAct, HandlingKind, HandlingState, Nature, Source
from riskpoints.oversight.handling import acting, drafting, findings
from riskpoints.oversight.handling.drafting import Draft
from riskpoints.oversight.handling.findings import Found
from riskpoints.oversight.models import Finding, Handling
from tests import once
from tests.factories import make_user

TEXT = "验收记录两次没有第二人签字。"
REPLY = {"causes": "人手不足", "measures": "指定第二验收人", "responsible": "总务处负责人"}
TALK = {
    "talk_place": "纪委办公室",
    "talker": "书记",
    "recorder": "记录人",
    "paper_number": "谈-1",
    "keeping_place": "1 号柜",
}
ORGAN = {"organ": "上级纪委", "minutes_number": "2026-3"}
_tokens = itertools.count()


@once.fixture
def secretary(db) -> User:
    return make_user("3001", "纪委书记", Role.SECRETARY)


@once.fixture
def colleague(department) -> User:
    """Return somebody of 总务处 whom a matter is about."""
    return make_user("3002", "采购员甲", Role.STAFF, department=department)


@pytest.fixture
def hands(people, group, secretary, colleague, cycle) -> SimpleNamespace:
    """Return everybody whom a handling may need."""
    return SimpleNamespace(**vars(people), secretary=secretary, colleague=colleague)


@pytest.fixture
def find(hands, department):
    """Return a function that registers a finding, by the reviewer unless told otherwise."""

    def register(*, actor=None, person=None, token="", **changed) -> Finding:
        values = {"department": department, "source": Source.AUDIT, "found_on": timezone.localdate(), "text": TEXT}
        if person is not None:
            values |= {"nature": Nature.PERSON, "person": person}
        return findings.register(
            Found(**values | changed), token=token or str(uuid.uuid4()), actor=actor or hands.reviewer
        )

    return register


@pytest.fixture
def drafted(find, hands):
    """Return a function that drafts a handling of a new finding, of 总务处 or of a person of it."""

    def draft(kind=HandlingKind.RECTIFY, *, person=None, actor=None, demand="请整改。", **about) -> Handling:
        finding = find(person=person, **about)
        keeps = not finding.is_personal and kind != HandlingKind.TRANSFER
        what = Draft(kind, "验收签字不全", demand if keeps else "")
        return drafting.draft([finding], what, token=f"t{next(_tokens)}", actor=actor or hands.reviewer)

    return draft


def approver(handling: Handling, hands: SimpleNamespace) -> User:
    """Who approves: another reviewer or the 副组长 about a department, else by kind."""
    return hands.secretary if handling.kind == HandlingKind.TALK else hands.deputy


def do(act: HandlingAct, handling: Handling, hands: SimpleNamespace, *, actor=None, text="情况", **values) -> Handling:
    """Do an act as whoever does it, with all that it needs."""
    today = timezone.localdate()
    subject = handling.person or hands.head if handling.is_personal else hands.head
    is_talk = handling.kind in (HandlingKind.TALK, HandlingKind.ADMONISH)
    by = {
        HandlingAct.APPROVE: approver(handling, hands),
        HandlingAct.RECEIVE: subject,
        HandlingAct.REPLY: subject,
        HandlingAct.ASK: subject,
        HandlingAct.ACCEPT: hands.second_reviewer if handling.is_personal else hands.reviewer,
    }
    needs = {
        HandlingAct.APPROVE: {**ORGAN, "organ_on": today, "receipt_number": "移-1"},
        HandlingAct.RECORD_RECEIPT: {"received_on": today},
        HandlingAct.RECORD_TALK: {**TALK, "received_on": today},
        HandlingAct.REPLY: {"keeping_place": "2 号柜"} if is_talk else REPLY | {"done_by": today},
        HandlingAct.RECORD_REPLY: {"keeping_place": "2 号柜"} if is_talk else REPLY | {"done_by": today},
        HandlingAct.REJECT: {"new_due": today + datetime.timedelta(days=20)},
        HandlingAct.ASK: {"new_due": (handling.reply_due or today) + datetime.timedelta(days=5)},
    }
    if act == HandlingAct.ESCALATE:
        kind = next(iter(drafting.higher(handling)), HandlingKind.TRANSFER)
        keeps = not handling.is_personal and kind != HandlingKind.TRANSFER
        what = Draft(kind, "仍没有改", "请整改。" if keeps else "")
        drafting.escalate(handling, what, reason=text, token=f"t{next(_tokens)}", actor=actor or hands.reviewer)
        return Handling.objects.get(pk=handling.pk)
    asked = needs.get(act, {}) | values
    return acting.perform(act, handling, actor=actor or by.get(act, hands.reviewer), text=text, values=asked)


WAYS: dict[HandlingState, tuple[HandlingAct, ...]] = {
    HandlingState.DRAFTED: (),
    HandlingState.ISSUED: (HandlingAct.APPROVE,),
    HandlingState.RECEIVED: (HandlingAct.APPROVE, HandlingAct.RECEIVE),
    HandlingState.REPLIED: (HandlingAct.APPROVE, HandlingAct.RECEIVE, HandlingAct.REPLY),
    HandlingState.AGAIN: (HandlingAct.APPROVE, HandlingAct.RECEIVE, HandlingAct.REPLY, HandlingAct.REJECT),
    HandlingState.CLOSED: (HandlingAct.APPROVE, HandlingAct.RECEIVE, HandlingAct.REPLY, HandlingAct.ACCEPT),
    HandlingState.WITHDRAWN: (HandlingAct.WITHDRAW,),
    HandlingState.ESCALATED: (HandlingAct.APPROVE, HandlingAct.ESCALATE),
    HandlingState.LEFT: (HandlingAct.LEAVE,),
}


def bring(handling: Handling, state: HandlingState, hands: SimpleNamespace) -> Handling:
    """Bring a draft into a state; 移交 is over as soon as it is approved."""
    for act in (HandlingAct.APPROVE,) if state == HandlingState.TRANSFERRED else WAYS[state]:
        handling = do(act, handling, hands)
    return handling
