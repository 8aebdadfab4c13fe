"""Handlings: each act in each state, by whose turn it is, and what the database itself refuses (R44–R47, T22)."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from riskcontrol import files
from riskcontrol.models import AuditEntry
from riskpoints.enums import Action, Status
from riskpoints.models.table import FrozenError
from riskpoints.oversight.enums import FindingState, HandlingAct, HandlingKind, HandlingState
from riskpoints.oversight.handling import acting, drafting, findings
from riskpoints.oversight.handling.drafting import Draft
from riskpoints.oversight.handling.states import TRANSITIONS, HandlingError
from riskpoints.oversight.models import Handling, HandlingEntry, Reply, ReplyFile, Verification
from riskpoints.rules.enums import Key
from riskpoints.tables import workflow
from tests import scans
from tests.factories import assess_all, bring_to, make_user, paper_signature, set_rule
from tests.riskpoints.oversight.handling.conftest import REPLY, bring, do

S, A = HandlingState, HandlingAct
# Of 提醒 to a person, whom nearly all acts concern: where each act leads in each state; what is missing is refused.
POSSIBLE = {
    (S.DRAFTED, A.APPROVE): S.ISSUED,
    (S.DRAFTED, A.WITHDRAW): S.WITHDRAWN,
    (S.DRAFTED, A.LEAVE): S.LEFT,
    (S.ISSUED, A.RECEIVE): S.RECEIVED,
    (S.ISSUED, A.RECORD_RECEIPT): S.RECEIVED,
    (S.ISSUED, A.COMPLAINT): S.ISSUED,
    (S.ISSUED, A.ESCALATE): S.ESCALATED,
    (S.ISSUED, A.LEAVE): S.LEFT,
    (S.RECEIVED, A.REPLY): S.REPLIED,
    (S.RECEIVED, A.ASK): S.RECEIVED,
    (S.RECEIVED, A.COMPLAINT): S.RECEIVED,
    (S.RECEIVED, A.ESCALATE): S.ESCALATED,
    (S.RECEIVED, A.LEAVE): S.LEFT,
    (S.REPLIED, A.ACCEPT): S.CLOSED,
    (S.REPLIED, A.REJECT): S.AGAIN,
    (S.REPLIED, A.COMPLAINT): S.REPLIED,
    (S.REPLIED, A.ESCALATE): S.ESCALATED,
    (S.REPLIED, A.LEAVE): S.LEFT,
    (S.AGAIN, A.REPLY): S.REPLIED,
    (S.AGAIN, A.ASK): S.AGAIN,
    (S.AGAIN, A.COMPLAINT): S.AGAIN,
    (S.AGAIN, A.ESCALATE): S.ESCALATED,
    (S.AGAIN, A.LEAVE): S.LEFT,
}
STATES = [state for state in HandlingState if state != S.TRANSFERRED]


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("act", TRANSITIONS)
def test_each_act_in_each_state(drafted, hands, state, act):
    handling = bring(drafted(HandlingKind.REMIND, person=hands.colleague), state, hands)
    before = HandlingEntry.objects.filter(handling=handling).count()
    target = POSSIBLE.get((state, act))
    if target is None:
        with pytest.raises((HandlingError, ValidationError)):
            do(act, handling, hands, text="另一个理由")
    else:
        do(act, handling, hands, text="另一个理由")
    assert Handling.objects.get(pk=handling.pk).state == (target or state)
    assert HandlingEntry.objects.filter(handling=handling).count() == before + (target is not None)


def test_the_whole_way_of_a_department(drafted, hands):
    handling = drafted()
    finding = handling.findings.get()
    assert (handling.number, finding.number) == (f"{handling.cycle.year}-处-1", f"{handling.cycle.year}-问-1")
    assert finding.state == FindingState.HANDLED
    handling = bring(handling, S.AGAIN, hands)
    assert (handling.round, handling.reply_due) == (2, timezone.localdate() + datetime.timedelta(days=20))
    handling = do(A.REPLY, handling, hands, text="再次回告")
    handling = do(A.ACCEPT, handling, hands, text="现场查看属实")
    finding.refresh_from_db()
    assert (handling.state, finding.state) == (S.CLOSED, FindingState.CLOSED)
    said = [(entry.act, entry.by_name, entry.state) for entry in handling.entries.all()]
    assert said == [
        ("draft", "纪委审核员", "drafted"),
        ("approve", "副组长", "issued"),
        ("receive", "总务处负责人", "received"),
        ("reply", "总务处负责人", "replied"),
        ("reject", "纪委审核员", "again"),
        ("reply", "总务处负责人", "replied"),
        ("accept", "纪委审核员", "closed"),
    ]
    assert [reply.verification.is_accepted for reply in handling.replies.all()] == [False, True]
    written = AuditEntry.objects.filter(action__startswith="handling.").order_by("number")
    assert [entry.action.partition(".")[2] for entry in written] == [act for act, _, _ in said]


# ---- by whom -----------------------------------------------------------------------------------------------------

CONTROL = {"reviewer", "second_reviewer", "discipline_head"}
MAY = {
    # kind, about a person, act, state: who may
    (HandlingKind.RECTIFY, False, A.APPROVE, S.DRAFTED): {"second_reviewer", "discipline_head", "deputy"},
    (HandlingKind.CORRECT, False, A.APPROVE, S.DRAFTED): {"second_reviewer", "discipline_head", "deputy"},
    (HandlingKind.TRANSFER, False, A.APPROVE, S.DRAFTED): {"deputy", "principal"},
    (HandlingKind.REMIND, True, A.APPROVE, S.DRAFTED): {"deputy", "principal"},
    (HandlingKind.TALK, True, A.APPROVE, S.DRAFTED): {"secretary"},
    (HandlingKind.ADMONISH, True, A.APPROVE, S.DRAFTED): {"deputy", "principal"},
    (HandlingKind.RECTIFY, False, A.WITHDRAW, S.DRAFTED): CONTROL,
    (HandlingKind.RECTIFY, False, A.RECEIVE, S.ISSUED): {"head"},
    (HandlingKind.RECTIFY, False, A.RECORD_RECEIPT, S.ISSUED): {"office", "second_office", *CONTROL},
    (HandlingKind.REMIND, True, A.RECEIVE, S.ISSUED): {"colleague"},
    (HandlingKind.REMIND, True, A.RECORD_RECEIPT, S.ISSUED): CONTROL,
    (HandlingKind.RECTIFY, False, A.REPLY, S.RECEIVED): {"head"},
    (HandlingKind.REMIND, True, A.REPLY, S.RECEIVED): {"colleague"},
    (HandlingKind.RECTIFY, False, A.ACCEPT, S.REPLIED): CONTROL,
    (HandlingKind.RECTIFY, False, A.ESCALATE, S.ISSUED): CONTROL,
}


@pytest.mark.parametrize("case", MAY, ids=lambda case: f"{case[0].name} {'person' if case[1] else ''} {case[2]}")
def test_it_is_done_by_whose_turn_it_is(drafted, hands, case):
    kind, is_personal, act, state = case
    may = MAY[case]
    handling = bring(drafted(kind, person=hands.colleague if is_personal else None), state, hands)
    for name, user in vars(hands).items():
        if name not in may:
            with pytest.raises(PermissionDenied):
                do(act, handling, hands, actor=user, text="试一试")
            assert Handling.objects.get(pk=handling.pk).state == state
    for name in may:
        with transaction.atomic():
            assert do(act, handling, hands, actor=getattr(hands, name), text="情况").state != state
            transaction.set_rollback(True)


def test_nobody_approves_what_they_drafted(drafted, hands):
    handling = drafted(actor=hands.second_reviewer)
    with pytest.raises(PermissionDenied):
        do(A.APPROVE, handling, hands, actor=hands.second_reviewer)
    assert do(A.APPROVE, handling, hands, actor=hands.reviewer).state == S.ISSUED


def test_whoever_approved_does_not_verify(drafted, hands):
    handling = do(A.APPROVE, drafted(), hands, actor=hands.second_reviewer)
    handling = do(A.REPLY, do(A.RECEIVE, handling, hands), hands)
    for act in (A.ACCEPT, A.REJECT):
        with pytest.raises(PermissionDenied):
            do(act, handling, hands, actor=hands.second_reviewer)
    assert do(A.ACCEPT, handling, hands, actor=hands.discipline_head).state == S.CLOSED


def test_the_committees_own_office_is_approved_by_a_deputy(find, hands, discipline_office):
    second = make_user("3003", "另一副组长")
    hands.deputy.refresh_from_db()
    with pytest.raises(PermissionDenied):
        find(department=discipline_office)  # no reviewer looks at it
    finding = find(department=discipline_office, actor=hands.deputy)
    what = Draft(HandlingKind.RECTIFY, "没有按时检查", "请补查。")
    handling = drafting.draft([finding], what, token="own", actor=hands.deputy)
    for user in (hands.reviewer, hands.discipline_head, hands.deputy, second):
        with pytest.raises(PermissionDenied):
            do(A.APPROVE, handling, hands, actor=user)
    # The only 副组长 drafted it, so the principal is next.
    assert do(A.APPROVE, handling, hands, actor=hands.principal).state == S.ISSUED


def test_without_a_secretary_a_deputy_approves_a_talk(drafted, hands):
    handling = drafted(HandlingKind.TALK, person=hands.colleague)
    hands.secretary.grants.all().delete()
    assert do(A.APPROVE, handling, hands, actor=hands.deputy).state == S.ISSUED


def test_about_the_principal_or_a_deputy_only_a_transfer_is_written_down(find, hands):
    for person in (hands.principal, hands.deputy):
        for kind in (HandlingKind.REMIND, HandlingKind.TALK):
            with pytest.raises(ValidationError, match="按管理权限报上级纪委"):
                drafting.draft([find(person=person)], Draft(kind, "事由"), token=f"{kind}", actor=hands.reviewer)
    handling = drafting.draft(
        [find(person=hands.principal)], Draft(HandlingKind.TRANSFER, "事由"), token="up", actor=hands.reviewer
    )
    with pytest.raises(PermissionDenied):
        do(A.APPROVE, handling, hands, actor=hands.principal)
    assert do(A.APPROVE, handling, hands, actor=hands.deputy).state == S.TRANSFERRED


def test_a_reviewer_takes_no_part_in_what_is_about_himself(find, drafted, hands):
    finding = find(person=hands.second_reviewer)
    with pytest.raises(PermissionDenied):
        drafting.draft([finding], Draft(HandlingKind.REMIND, "事由"), token="self", actor=hands.second_reviewer)
    handling = bring(drafted(HandlingKind.REMIND, person=hands.second_reviewer), S.REPLIED, hands)
    with pytest.raises(PermissionDenied):
        do(A.ACCEPT, handling, hands, actor=hands.second_reviewer)
    assert do(A.ACCEPT, handling, hands, actor=hands.discipline_head).state == S.CLOSED


# ---- words and days ----------------------------------------------------------------------------------------------


def test_days_are_counted_in_working_days_by_the_rule_of_the_day(drafted, hands, time_machine):
    time_machine.move_to(datetime.datetime(2026, 12, 31, 2, tzinfo=datetime.UTC), tick=False)
    handling = do(A.APPROVE, drafted(), hands)
    # 1 January is a Friday and nobody has entered it as a holiday.
    assert (handling.receipt_due, handling.reply_due) == (datetime.date(2027, 1, 4), datetime.date(2027, 1, 14))
    set_rule(Key.DAYS_REPLY, 3)
    handling.refresh_from_db()
    assert handling.reply_due == datetime.date(2027, 1, 14)
    assert do(A.APPROVE, drafted(), hands).reply_due == datetime.date(2027, 1, 5)


def test_a_talk_is_answered_within_its_own_days_and_keeps_no_contents(drafted, hands):
    handling = bring(drafted(HandlingKind.TALK, person=hands.colleague), S.ISSUED, hands)
    with pytest.raises(HandlingError):
        do(A.RECEIVE, handling, hands, actor=hands.colleague)
    with pytest.raises(ValidationError) as refused:
        acting.perform(A.RECORD_TALK, handling, actor=hands.reviewer, values={})
    assert set(refused.value.message_dict) == {
        "received_on", "talk_place", "talker", "recorder", "paper_number", "keeping_place",
    }  # fmt: skip
    handling = do(A.RECORD_TALK, handling, hands)
    with pytest.raises(ValidationError, match="涉及个人的不上传文件"):
        acting.perform(
            A.REPLY,
            handling,
            actor=hands.colleague,
            values={"keeping_place": "2 号柜"},
            sent=("检查.pdf", scans.pdf()),
        )
    handling = do(A.REPLY, handling, hands, **REPLY)
    reply = handling.replies.get()
    assert (reply.causes, reply.measures, reply.keeping_place) == ("", "", "2 号柜")


def test_a_late_reply_is_taken_and_marked(drafted, hands, time_machine):
    handling = bring(drafted(), S.RECEIVED, hands)
    time_machine.move_to(handling.reply_due + datetime.timedelta(days=1))
    do(A.REPLY, handling, hands)
    assert handling.replies.get().is_late


def test_one_extension_that_is_granted_or_not(drafted, hands):
    handling = bring(drafted(), S.RECEIVED, hands)
    with pytest.raises(ValidationError) as refused:
        do(A.ASK, handling, hands, new_due=handling.reply_due)
    assert list(refused.value.message_dict) == ["new_due"]
    asked = do(A.ASK, handling, hands)
    assert asked.asked_due == handling.reply_due + datetime.timedelta(days=5)
    granted = do(A.GRANT, asked, hands)
    assert (granted.reply_due, granted.asked_due) == (asked.asked_due, None)
    with pytest.raises(HandlingError):
        do(A.ASK, granted, hands, text="再延一次")
    with pytest.raises(HandlingError):
        do(A.REFUSE, granted, hands)


def test_refused_extension_leaves_the_day(drafted, hands):
    handling = do(A.ASK, bring(drafted(), S.RECEIVED, hands), hands)
    refused = do(A.REFUSE, handling, hands)
    assert (refused.reply_due, refused.asked_due, refused.state) == (handling.reply_due, None, S.RECEIVED)


def test_after_so_many_rounds_only_a_higher_step_is_left(drafted, hands):
    handling = bring(drafted(HandlingKind.CORRECT), S.AGAIN, hands)
    for _ in range(2):
        handling = do(A.REJECT, do(A.REPLY, handling, hands), hands)
    assert (handling.round, handling.state, handling.must_escalate) == (3, S.REPLIED, True)
    for act in (A.ACCEPT, A.REJECT):
        with pytest.raises(HandlingError, match="必须升级"):
            do(act, handling, hands, text="另一理由")
    higher = do(A.ESCALATE, handling, hands).higher
    assert (higher.kind, higher.state, higher.findings.get()) == (
        HandlingKind.RECTIFY,
        S.DRAFTED,
        handling.findings.get(),
    )


def test_who_complains_again_forces_a_higher_step(drafted, hands):
    handling = do(A.COMPLAINT, bring(drafted(), S.REPLIED, hands), hands)
    with pytest.raises(HandlingError, match="必须升级"):
        do(A.ACCEPT, handling, hands)
    with pytest.raises(ValidationError, match="更高的一级"):
        drafting.escalate(
            handling, Draft(HandlingKind.CORRECT, "事由", "要求"), reason="理由", token="low", actor=hands.reviewer
        )
    assert do(A.ESCALATE, handling, hands).higher.kind == HandlingKind.TRANSFER


def test_a_withdrawn_draft_lets_its_finding_wait_again(drafted, hands):
    handling = bring(drafted(), S.WITHDRAWN, hands)
    assert handling.findings.get().state == FindingState.OPEN


def test_two_findings_about_one_person_are_one_handling(find, hands):
    rows = [find(person=hands.colleague), find(person=hands.colleague)]
    handling = drafting.draft(rows, Draft(HandlingKind.REMIND, "事由"), token="two", actor=hands.reviewer)
    assert handling.findings.count() == 2
    with pytest.raises(ValidationError, match="同一个"):
        drafting.draft([rows[0], find()], Draft(HandlingKind.REMIND, "事由"), token="odd", actor=hands.reviewer)


def test_a_finding_that_is_being_handled_is_not_handled_by_somebody_else_as_well(drafted, hands):
    finding = drafted().findings.get()
    with pytest.raises(HandlingError, match="已处置"):
        drafting.draft(
            [finding], Draft(HandlingKind.CORRECT, "事由", "要求"), token="second", actor=hands.second_reviewer
        )


def test_what_demands_a_revision_is_accepted_when_one_is_in_force(find, hands, confirmed_version):
    finding = find(demands_revision=True)
    what = Draft(HandlingKind.RECTIFY, "措施不全", "请修订。")
    handling = bring(drafting.draft([finding], what, token="r", actor=hands.reviewer), S.REPLIED, hands)
    with pytest.raises(HandlingError, match="要求修订防控表"):
        do(A.ACCEPT, handling, hands)
    draft = bring_to(Status.DRAFT, confirmed_version.table, hands)
    findings.answer(finding, draft, actor=hands.head)
    with pytest.raises(HandlingError, match="要求修订防控表"):
        do(A.ACCEPT, handling, hands)
    draft = workflow.perform(Action.SUBMIT, draft, actor=hands.head)
    assess_all(draft, actor=hands.reviewer)
    draft = workflow.perform(Action.APPROVE, draft, actor=hands.reviewer)
    workflow.perform(Action.CONFIRM, draft, actor=hands.office, signature=paper_signature())
    assert do(A.ACCEPT, handling, hands).state == S.CLOSED


def test_pressed_twice_is_done_once(drafted, hands):
    handling = do(A.APPROVE, drafted(), hands)
    assert do(A.APPROVE, handling, hands).state == S.ISSUED
    assert handling.entries.count() == 2
    handling = do(A.REPLY, do(A.RECEIVE, handling, hands), hands)
    do(A.REPLY, handling, hands)
    assert Reply.objects.filter(handling=handling).count() == 1


def test_nobody_answers_for_a_department_without_a_head_but_who_writes_down_its_paper(drafted, hands):
    handling = bring(drafted(), S.ISSUED, hands)
    handling = do(A.RECORD_RECEIPT, handling, hands, actor=hands.office, text="拒签，两人见证：甲、乙")
    with pytest.raises(HandlingError, match="可以在系统里回告"):
        do(A.RECORD_REPLY, handling, hands, actor=hands.office)
    hands.head.grants.all().delete()
    handling = do(A.RECORD_REPLY, handling, hands, actor=hands.office)
    assert handling.replies.get().is_recorded


def test_a_reply_keeps_its_files(drafted, hands):
    handling = bring(drafted(), S.RECEIVED, hands)
    sent = ("整改照片.pdf", scans.pdf())
    values = REPLY | {"done_by": timezone.localdate()}
    acting.perform(A.REPLY, handling, actor=hands.head, values=values, sent=sent)
    assert [row.name for row in ReplyFile.objects.all()] == ["整改照片.pdf"]


# ---- secrecy -----------------------------------------------------------------------------------------------------


def test_the_trail_says_of_a_persons_matter_its_number_only(drafted, hands):
    handling = bring(drafted(HandlingKind.REMIND, person=hands.colleague), S.CLOSED, hands)
    for entry in AuditEntry.objects.filter(action__regex=r"^(finding|handling)\."):
        assert entry.object_label in (handling.number, handling.findings.get().number)
        assert entry.detail == {}
        assert entry.actor_name != hands.colleague.real_name  # who received and replied would say whom it is about


# ---- the database itself -----------------------------------------------------------------------------------------

RAW = {
    "approved by the drafter": (
        "oversight_handling SET approved_by_id = drafted_by_id, state = 'issued', issued_on = '2026-01-01'",
        "drafted",
    ),
    "issued by nobody": ("oversight_handling SET state = 'issued'", "drafted"),
    "a person without a name": ("oversight_handling SET nature = 'person', kind = 1, demand = ''", "drafted"),
    "another summary": ("oversight_handling SET summary = '别的'", "replied"),
    "opened again": ("oversight_handling SET state = 'drafted'", "closed"),
    "another entry": ("oversight_handlingentry SET text = '别的'", "entry"),
    "another reply": ("oversight_reply SET causes = '别的'", "reply"),
    "another verification": ("oversight_verification SET how = '别的'", "verification"),
    "another finding": ("oversight_finding SET text = '别的'", "open finding"),
    "a closed finding": ("oversight_finding SET state = 'open'", "closed finding"),
}


@pytest.mark.parametrize("name", RAW)
def test_the_database_itself_refuses(drafted, hands, name):
    closed = bring(drafted(), S.CLOSED, hands)
    draft = drafted()
    reply = closed.replies.get()
    keys = {
        "closed": closed.pk,
        "closed finding": closed.findings.get().pk,
        "replied": bring(drafted(), S.REPLIED, hands).pk,
        "drafted": draft.pk,
        "open finding": draft.findings.get().pk,
        "entry": closed.entries.first().pk,
        "reply": reply.pk,
        "verification": reply.verification.pk,
    }
    said, key = RAW[name]
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {said} WHERE id = %s", [keys[key]])


def test_the_database_refuses_a_verification_by_approver_or_replier(drafted, hands):
    handling = bring(drafted(), S.REPLIED, hands)
    reply = handling.replies.get()
    for by in (handling.approved_by, hands.head):
        with pytest.raises(IntegrityError), transaction.atomic():
            Verification.objects.create(reply=reply, is_accepted=True, how="好", by=by, by_name="谁")


def test_the_database_refuses_contents_and_files_of_a_talk(drafted, hands):
    handling = do(A.APPROVE, drafted(HandlingKind.TALK, person=hands.colleague), hands)
    told = {"handling": handling, "round": 1, "by": hands.colleague, "by_name": "谁"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Reply.objects.create(**told, causes="内容")
    reply = Reply.objects.create(**told, keeping_place="2 号柜")
    kept = files.keep(b"%PDF", "application/pdf")
    with pytest.raises(IntegrityError), transaction.atomic():
        ReplyFile.objects.create(reply=reply, file=kept, name="a.pdf", suffix="pdf")


def test_the_database_refuses_a_step_down(drafted, hands):
    handling = bring(drafted(), S.ISSUED, hands)
    other = drafted(HandlingKind.CORRECT)
    names = [field.attname for field in Handling._meta.concrete_fields if field.name != "id"]
    values = {name: getattr(other, name) for name in names}
    values |= {"sequence": 99, "token": "down", "escalated_from_id": handling.pk}
    with pytest.raises(IntegrityError), transaction.atomic():
        Handling.objects.create(**values)


def test_over_is_over_in_the_program_as_well(drafted, hands):
    handling = bring(drafted(), S.CLOSED, hands)
    with pytest.raises(FrozenError):
        Handling.objects.filter(pk=handling.pk).update(state=S.AGAIN)
    with pytest.raises(FrozenError):
        handling.save()
    with pytest.raises(FrozenError):
        handling.delete()
