"""Opinions on a table under publicity: they hold back its confirmation and reach its reviewer as objections."""

import datetime

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from riskcontrol.models import AuditEntry
from riskpoints.enums import Action, Category, Status
from riskpoints.models import TableVersion
from riskpoints.participation import opinions, services
from riskpoints.participation.enums import FeedbackState, ObjectionState, Outcome, Quarantine
from riskpoints.participation.models import Feedback, Objection, Proposal
from riskpoints.participation.verbs import ParticipationVerb
from riskpoints.rules.enums import Key
from riskpoints.tables import workflow
from riskpoints.tables.workflow import WorkflowError
from tests import once
from tests.factories import bring_to, paper_signature, publish_for, set_rule
from tests.pages import at

WORDED = {"category": Category.DUTY, "text": "请补上食堂采购的风险点", "measure": "每周公布价格"}


def enter(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@once.fixture
def running(school, table, people) -> TableVersion:
    """Return the table of 总务处 in its publication period of three working days."""
    publish_for(3)
    return bring_to(Status.REVIEWED, table, people)


@once.fixture
def opinion(running) -> Feedback:
    return opinions.send_feedback(running, text="食堂价格没有公布过", name="家长")


@pytest.fixture
def objection(opinion, people) -> Objection:
    opinions.answer_feedback(opinion, outcome=Outcome.OBJECTED, answer="已送审核。", worded=WORDED, actor=people.office)
    return Objection.objects.get()


@pytest.fixture
def afterwards(running):
    """Let the publication be over."""
    over = running.publish_until + datetime.timedelta(days=1)
    moment = timezone.make_aware(datetime.datetime.combine(over, datetime.time(9)))
    with time_machine.travel(moment, tick=False):
        yield


def confirm(version, people) -> TableVersion:
    today = timezone.localdate()
    signature = paper_signature(signed_on=today)
    return workflow.perform(Action.CONFIRM, version, actor=people.office, signature=signature)


# ---- holding back the confirmation -------------------------------------------------------------------------------


@pytest.mark.usefixtures("opinion", "afterwards")
def test_an_unanswered_opinion_holds_back_the_confirmation(running, people):
    with pytest.raises(WorkflowError, match="还有 1 条没有办结"):
        confirm(running, people)
    page = enter(people.office).get(at(running)).content.decode()
    assert "还有 1 条没有办结" in page
    assert at(running, "act", "confirm") not in page
    answer = enter(people.principal).get(at(running, "act", "confirm"), follow=True)
    assert "还有 1 条没有办结" in answer.content.decode()
    opinions.answer_feedback(
        Feedback.objects.get(), outcome=Outcome.EXPLAINED, answer="每周公布。", actor=people.office
    )
    assert confirm(running, people).status == Status.CONFIRMED


@pytest.mark.usefixtures("opinion", "afterwards")
def test_a_school_may_let_them_be_answered_later(running, people):
    set_rule(Key.BLOCKS_CONFIRMATION, False)
    assert confirm(running, people).status == Status.CONFIRMED


@pytest.mark.usefixtures("opinion", "afterwards")
@pytest.mark.parametrize("changed", [{"quarantine": Quarantine.SOURCE}, {"within_period": False}])
def test_what_is_set_aside_or_came_outside_the_period_holds_nothing_back(running, people, changed):
    Feedback.objects.update(**changed)
    assert confirm(running, people).status == Status.CONFIRMED


def test_only_what_comes_in_the_period_is_of_the_period(opinion, running, people):
    assert opinion.within_period
    last = timezone.make_aware(datetime.datetime.combine(running.publish_until, datetime.time(23, 59)))
    with time_machine.travel(last, tick=False):
        assert opinions.send_feedback(running, text="最后一分钟的意见").within_period


def test_an_opinion_on_what_is_in_force_is_of_no_period(confirmed_version):
    assert not opinions.send_feedback(confirmed_version, text="好").within_period


# ---- objections --------------------------------------------------------------------------------------------------


def test_an_opinion_becomes_an_objection_of_the_reviewer(opinion, running, people):
    address = reverse("participation:opinion", args=[opinion.pk])
    page = enter(people.office).get(address).content.decode()
    assert Outcome.OBJECTED.label in page
    assert Outcome.PASSED_ON.label not in page
    sent = {"outcome": "objected", "answer": "已送纪委审核。", "category": "duty", "text": "请补上食堂采购的风险点"}
    assert enter(people.office).post(address, sent).status_code == 302
    found = Objection.objects.get()
    assert (found.text, found.state, found.raised_by) == ("请补上食堂采购的风险点", ObjectionState.OPEN, people.office)
    assert not Proposal.objects.exists()
    assert "公示期间对总务处防控表的异议" in enter(people.reviewer).get(reverse("riskpoints:inbox")).content.decode()
    assert "公示期间对总务处" not in enter(people.office).get(reverse("riskpoints:inbox")).content.decode()


@pytest.mark.usefixtures("objection", "afterwards")
def test_an_objection_holds_back_the_confirmation_until_it_is_decided(running, people):
    with pytest.raises(WorkflowError, match="还有 1 条没有办结"):
        confirm(running, people)
    opinions.decide_objection(Objection.objects.get(), state="deferred", reason="不影响本表", actor=people.reviewer)
    assert confirm(running, people).status == Status.CONFIRMED


def test_a_returned_table_takes_the_objection_with_it(objection, running, people):
    address = reverse("participation:objection", args=[objection.pk])
    sent = {"state": "returned", "reason": "请补一个风险点"}
    assert enter(people.reviewer).post(address, sent).url == reverse("riskpoints:inbox")
    running.refresh_from_db()
    assert running.status == Status.DRAFT
    assert running.decisions.last().comment == "请补一个风险点\n公示期间收到的意见：请补上食堂采购的风险点"
    receipt = Client().get(reverse("participation:receipt"), {"code": objection.feedback.code}).content.decode()
    assert "纪委审核：已退回部门修改。理由：请补一个风险点" in receipt
    assert AuditEntry.objects.filter(action=ParticipationVerb.OBJECTION_DECIDE).count() == 1
    assert not Proposal.objects.exists()


def test_an_objection_for_the_next_revision_becomes_a_proposal(objection, running, people):
    address = reverse("participation:objection", args=[objection.pk])
    enter(people.reviewer).post(address, {"state": "deferred", "reason": "明年一并写"})
    proposal = Proposal.objects.get()
    assert (proposal.department, proposal.text, proposal.measure) == (
        running.table.department,
        "请补上食堂采购的风险点",
        "每周公布价格",
    )
    assert (proposal.method, proposal.reason, proposal.feedback) == ("masses", "明年一并写", objection.feedback)
    running.refresh_from_db()
    assert running.status == Status.REVIEWED


def test_after_a_return_by_somebody_else_the_objection_goes_to_the_department(objection, running, people):
    workflow.perform(Action.RETURN, running, actor=people.principal, comment="有误")
    address = reverse("participation:objection", args=[objection.pk])
    answer = enter(people.reviewer).post(address, {"state": "returned", "reason": "好"})
    assert list(answer.context["form"].errors) == ["state"]
    enter(people.reviewer).post(address, {"state": "deferred", "reason": "转部门"})
    assert Proposal.objects.get().feedback == objection.feedback


@pytest.mark.parametrize("who", ["office", "principal", "deputy", "second_reviewer", "head"])
def test_only_who_reviews_the_table_decides(objection, running, people, who):
    running.authors.add(people.second_reviewer)
    with pytest.raises(PermissionDenied):
        opinions.decide_objection(objection, state="deferred", reason="好", actor=getattr(people, who))


def test_an_objection_is_decided_once_and_with_a_reason(objection, people):
    with pytest.raises(services.ParticipationError, match="请写明理由"):
        opinions.decide_objection(objection, state="deferred", reason=" ", actor=people.reviewer)
    opinions.decide_objection(objection, state="deferred", reason="好", actor=people.reviewer)
    with pytest.raises(services.ParticipationError, match="已由他人办理"):
        opinions.decide_objection(objection, state="deferred", reason="好", actor=people.reviewer)


def test_an_objection_to_the_schools_table_has_no_category(school_table, people):
    publish_for(3)
    version = bring_to(Status.REVIEWED, school_table, people)
    opinion = opinions.send_feedback(version, text="招生要公开")
    sent = {"outcome": "objected", "answer": "已送审核。", "text": "请写上招生"}
    enter(people.office).post(reverse("participation:opinion", args=[opinion.pk]), sent)
    objection = Objection.objects.get()
    assert (objection.text, objection.category) == ("请写上招生", "")
    opinions.decide_objection(objection, state="deferred", reason="明年写", actor=people.reviewer)
    assert not Proposal.objects.exists()


# ---- a table that left its publication ---------------------------------------------------------------------------


def test_a_returned_tables_page_closes_and_nothing_typed_is_lost(running, people):
    address = reverse("participation:send", args=[running.pk])
    assert Client().get(address).status_code == 200
    workflow.perform(Action.RETURN, running, actor=people.principal, comment="有误")
    assert Client().get(address).status_code == 404
    answer = Client().post(address, {"text": "我写了很久的一条意见"})
    assert answer.status_code == 410
    page = answer.content.decode()
    assert "不再接收意见" in page
    assert "我写了很久的一条意见" in page
    assert not Feedback.objects.exists()


def test_a_table_that_was_never_published_is_not_there(draft_version):
    address = reverse("participation:send", args=[draft_version.pk])
    assert Client().post(address, {"text": "我写了很久的一条意见"}).status_code == 404


def test_under_the_lock_it_is_looked_at_again(running, people):
    workflow.perform(Action.RETURN, running, actor=people.principal, comment="有误")
    with pytest.raises(opinions.ClosedError):
        opinions.send_feedback(running, text="好")


# ---- reading and publishing --------------------------------------------------------------------------------------


@pytest.mark.usefixtures("opinion", "afterwards")
def test_who_signs_reads_opinions_and_answers(opinion, running, people):
    opinions.answer_feedback(opinion, outcome=Outcome.EXPLAINED, answer="每周公布。", actor=people.office)
    for who in (people.principal, people.office):
        page = enter(who).get(at(running, "act", "confirm")).content.decode()
        assert "食堂价格没有公布过" in page
        assert "每周公布。" in page
        assert "公示期内提出的都已办结" in page
    assert "食堂价格没有公布过" not in enter(people.head).get(at(running)).content.decode()


@pytest.mark.parametrize(
    ("answer_is_public", "text_is_public", "shown"),
    [(False, False, ()), (True, False, ("answer",)), (True, True, ("answer", "text")), (False, True, ())],
)
def test_an_answer_may_be_public(opinion, running, people, answer_is_public, text_is_public, shown):
    sent = {"outcome": "explained", "answer": "每周五公布。"}
    sent |= {"answer_is_public": "on"} if answer_is_public else {}
    sent |= {"text_is_public": "on"} if text_is_public else {}
    enter(people.office).post(reverse("participation:opinion", args=[opinion.pk]), sent)
    page = Client().get(reverse("riskpoints:publication_table", args=[running.pk])).content.decode()
    assert {"answer": "每周五公布。" in page, "text": "食堂价格没有公布过" in page} == {
        name: name in shown for name in ("answer", "text")
    }
    assert "家长" not in page
    assert people.office.real_name not in page
    assert opinion.code not in page


def test_an_answer_is_corrected_and_the_first_stays_in_the_trail(opinion, people):
    address = reverse("participation:correct", args=[opinion.pk])
    client = enter(people.office)
    assert client.post(address, {"answer": "太早"}).status_code == 302
    opinions.answer_feedback(opinion, outcome=Outcome.EXPLAINED, answer="每月公布。", actor=people.office)
    assert client.post(address, {"answer": ""}).status_code == 422
    client.post(address, {"answer": "每周公布。"})
    opinion.refresh_from_db()
    assert opinion.answer == "每周公布。"
    assert AuditEntry.objects.get(action=ParticipationVerb.FEEDBACK_CORRECT).detail == {
        "答复": ["每月公布。", "每周公布。"]
    }
    with pytest.raises(PermissionDenied):
        opinions.correct_answer(opinion, "好", actor=people.reviewer)


# ---- several at once ---------------------------------------------------------------------------------------------

BULK = reverse("participation:bulk")


def test_several_are_closed_with_one_reason(opinion, running, people):
    second = opinions.send_feedback(running, text="灌水")
    client = enter(people.office)
    refused = client.post(BULK, {"chosen": [opinion.pk, second.pk], "reason": "", "then": "unrelated"})
    assert refused.status_code == 422
    page = refused.content.decode()
    assert page.count(" checked") == 2
    assert "请填写理由。" in page
    assert "请先勾选意见。" in client.post(BULK, {"reason": "重复", "then": "unrelated"}).content.decode()
    client.post(BULK, {"chosen": [opinion.pk, second.pk], "reason": "与本表无关", "then": "unrelated"})
    found = set(Feedback.objects.values_list("state", "outcome", "answer"))
    assert found == {(FeedbackState.ANSWERED, Outcome.UNRELATED, "与本表无关")}
    assert AuditEntry.objects.filter(action=ParticipationVerb.FEEDBACK_ANSWER).count() == 2
    assert "与本表无关" in Client().get(reverse("participation:receipt"), {"code": second.code}).content.decode()


def test_what_was_set_aside_is_taken_up_again(opinion, running, people):
    second = opinions.send_feedback(running, text="其实有道理", is_flood=True)
    client = enter(people.office)
    client.post(BULK, {"chosen": [opinion.pk, second.pk], "reason": "逐条看过", "then": "release"})
    second.refresh_from_db()
    assert (second.quarantine, second.state) == ("", FeedbackState.NEW)
    entry = AuditEntry.objects.get(action=ParticipationVerb.FEEDBACK_RELEASE)
    assert entry.detail == {"搁置": ["同一来源当天意见较多", ""], "理由": "逐条看过"}


def test_only_the_office_does_it(opinion, people):
    for who in (people.reviewer, people.principal, people.deputy):
        with pytest.raises(PermissionDenied):
            opinions.close_unrelated([opinion.pk], "重复", actor=who)
        assert enter(who).post(BULK, {"chosen": [opinion.pk], "reason": "重复"}).status_code == 403
