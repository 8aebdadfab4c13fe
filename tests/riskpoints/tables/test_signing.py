"""Who signs, on which day and how: the principal of that day, a deputy in charge, with the scan or the own proof."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from departments import services as organisation
from departments.accounts import second_factor
from departments.enums import Role
from departments.models import PrincipalTerm, RoleGrant, User
from departments.verbs import OrganisationVerb
from riskcontrol import audit
from riskcontrol.models import AuditEntry
from riskpoints.desk import outstanding
from riskpoints.enums import Action, ConfirmationRule, ConfirmedBy, Status
from riskpoints.evidence import verification
from riskpoints.models import ControlTable
from riskpoints.participation import opinions
from riskpoints.participation import services as participation
from riskpoints.participation.models import Feedback
from riskpoints.permissions import can
from riskpoints.tables import editing, papers, publicity, reviewing, workflow
from riskpoints.tables.signing import signer_problem
from riskpoints.tables.workflow import WorkflowError, note_signature, perform
from riskpoints.verbs import RegisterVerb
from riskpoints.years import calendar, changing, closing
from tests.factories import assess_all, bring_to, make_user, own_signature, paper_signature, publish_for

TODAY = timezone.localdate


def confirm(version, actor, signature):
    return perform(Action.CONFIRM, version, actor=actor, signature=signature)


# ---- the scan ----------------------------------------------------------------------------------------------------


def test_a_paper_without_its_scan_is_not_in_force(reviewed_version, people):
    with pytest.raises(WorkflowError, match="请上传签字盖章后的扫描件"):
        confirm(reviewed_version, people.office, paper_signature(scan=b""))
    reviewed_version.refresh_from_db()
    assert (reviewed_version.status, reviewed_version.signer_name) == (Status.REVIEWED, "")


def test_a_signature_without_scan_is_noted_and_waits(reviewed_version, people):
    version = note_signature(reviewed_version, paper_signature(scan=b""), actor=people.office)
    assert (version.status, version.status_words, version.awaits_scan) == (Status.REVIEWED, "已审核，待补扫描件", True)
    assert (version.signer_name, version.signed_on, version.confirmed_by) == ("校长", TODAY(), people.office)
    assert ControlTable.objects.get(pk=version.table_id).in_force is None
    assert list(outstanding.noted_signatures()) == [version]
    entry = AuditEntry.objects.last()
    assert (entry.action, entry.detail) == (
        RegisterVerb.NOTE_SIGNATURE,
        {"签字人": "校长", "签字日期": TODAY().isoformat()},
    )
    assert list(verification.verify_register()) == []


@pytest.mark.parametrize("name", ["office", "second_office"])
def test_whoever_may_record_adds_the_scan_and_puts_it_in_force(reviewed_version, people, name):
    version = note_signature(reviewed_version, paper_signature(scan=b""), actor=people.office)
    version = confirm(version, getattr(people, name), paper_signature())
    assert (version.status, version.confirmed_by, version.is_in_force) == (
        Status.CONFIRMED,
        getattr(people, name),
        True,
    )
    assert (version.confirmation_rule, version.scans.count()) == (ConfirmationRule.PRESENT, 1)
    assert list(outstanding.noted_signatures()) == []


def test_a_return_forgets_what_was_noted(reviewed_version, people):
    version = note_signature(reviewed_version, paper_signature(scan=b""), actor=people.office)
    version = perform(Action.RETURN, version, actor=people.reviewer, comment="签字前发现漏项")
    assert (version.signer_name, version.signed_on, version.confirmed_by, version.confirmed_how) == ("", None, None, "")
    assert list(outstanding.noted_signatures()) == []


@pytest.mark.parametrize("name", ["head", "reviewer", "leader", "admin", "auditor"])
def test_nobody_else_notes_a_signature(reviewed_version, people, name):
    with pytest.raises(PermissionDenied):
        note_signature(reviewed_version, paper_signature(scan=b""), actor=getattr(people, name))


@pytest.mark.parametrize("status", [status for status in Status if status != Status.REVIEWED])
def test_only_a_reviewed_table_takes_a_signature(table, people, status):
    version = bring_to(status, table, people)
    before = AuditEntry.objects.count()
    with pytest.raises(WorkflowError):
        note_signature(version, paper_signature(scan=b""), actor=people.office)
    assert AuditEntry.objects.count() == before


def test_nothing_is_noted_while_it_is_published(table, people):
    publish_for(3)
    version = bring_to(Status.REVIEWED, table, people)
    with pytest.raises(WorkflowError, match="公示期到"):
        note_signature(version, paper_signature(scan=b""), actor=people.office)


# ---- who signed --------------------------------------------------------------------------------------------------


def day(number):
    return datetime.date(2026, 11, number)


def test_the_signer_is_the_principal_of_that_day(people):
    former = make_user("3001", "前任校长")
    PrincipalTerm.objects.create(user=former, since=day(1), until=day(10))
    PrincipalTerm.objects.create(user=people.principal, since=day(10))
    assert signer_problem("前任校长", day(9), "") == ""
    assert signer_problem("前任校长", day(10), "") == signer_problem("校长", day(10), "") == ""
    assert "2026年11月9日的单位主要负责人是前任校长，不是校长" in signer_problem("校长", day(9), "")
    assert "2026年11月11日的单位主要负责人是校长，不是前任校长" in signer_problem("前任校长", day(11), "")
    assert "没有登记单位主要负责人" in signer_problem("校长", datetime.date(2026, 10, 1), "")


def test_a_principal_renamed_since_signed_under_the_name_of_that_day(people, admin, time_machine):
    PrincipalTerm.objects.create(user=people.principal, since=datetime.date(2026, 1, 1))
    time_machine.move_to("2026-11-20T10:00:00+08:00", tick=False)
    for user, name in ((people.principal, "张校长"), (people.leader, "李副校长")):
        user.real_name = name
        organisation.save_record(user, actor=admin)
    people.principal.refresh_from_db()
    assert people.principal.names_on(day(19)) == ["校长"]
    assert people.principal.names_on(day(20)) == ["张校长", "校长"]
    assert people.principal.names_on(day(21)) == ["张校长"]
    assert signer_problem("校长", day(19), "") == signer_problem("校长", day(20), "") == ""
    assert signer_problem("张校长", day(21), "") == ""
    assert "2026年11月21日的单位主要负责人是张校长，不是校长" in signer_problem("校长", day(21), "")
    assert "2026年11月19日的单位主要负责人是校长，不是别人" in signer_problem("别人", day(19), "")
    assert signer_problem("分管副校长", day(19), "校长外出") == ""
    assert "不能代签" in signer_problem("分管副校长", day(21), "校长外出")


def test_what_the_office_records_names_the_principal_as_on_that_day(reviewed_version, people, admin, client):
    signed_on = timezone.localdate()
    yesterday = timezone.now() + datetime.timedelta(days=1)
    people.principal.former_names = [["校长", yesterday.isoformat()]]
    people.principal.real_name = "张校长"
    people.principal.save()
    client.force_login(people.office)
    sent = {"signed_on": signed_on.isoformat(), "comment": ""}
    client.post(reverse("riskpoints:act", args=[reviewed_version.pk, "confirm"]), sent)
    reviewed_version.refresh_from_db()
    assert reviewed_version.signer_name == "校长"


def test_a_paper_signed_by_somebody_else_is_refused(reviewed_version, people):
    for change in (paper_signature, lambda **values: paper_signature(scan=b"", **values)):
        signature = change(signer_name="教务处负责人")
        act = confirm if signature.scan else lambda v, a, s: note_signature(v, s, actor=a)
        with pytest.raises(WorkflowError, match="的单位主要负责人是校长，不是教务处负责人"):
            act(reviewed_version, people.office, signature)


@pytest.mark.parametrize("name", ["副组长", "分管副校长"])
def test_a_deputy_in_charge_signs_with_a_reason(reviewed_version, people, name):
    with pytest.raises(WorkflowError, match="不是"):
        confirm(reviewed_version, people.office, paper_signature(signer_name=name))
    reason = "校长外出学习，党委会议决定由其主持工作"
    version = confirm(reviewed_version, people.office, paper_signature(signer_name=name, deputy_reason=reason))
    assert (version.signer_name, version.deputy_reason) == (name, reason)


def test_nobody_else_is_a_deputy(reviewed_version, people):
    signature = paper_signature(signer_name="教务处负责人", deputy_reason="校长外出")
    with pytest.raises(WorkflowError, match="不能代签"):
        confirm(reviewed_version, people.office, signature)


def test_terms_follow_the_role(people, admin):
    successor = make_user("3002", "新任校长")
    assert not PrincipalTerm.objects.exists()  # as in a register from before terms were kept
    organisation.revoke_role(people.principal.grants.get(), actor=admin)
    term = PrincipalTerm.objects.get()
    assert (term.user, term.since, term.until) == (people.principal, None, TODAY())
    grant = organisation.grant_role(successor, Role.PRINCIPAL, actor=admin)
    assert [(t.user, t.since, t.until) for t in PrincipalTerm.objects.filter(until=None)] == [
        (successor, TODAY(), None)
    ]
    organisation.revoke_role(grant, actor=admin)
    assert not PrincipalTerm.objects.filter(until=None).exists()


# ---- the principal's own confirmation ------------------------------------------------------------------------------


def test_the_own_confirmation_asks_for_a_proof(reviewed_version, people):
    with pytest.raises(WorkflowError, match="请再输入一次密码或动态验证码"):
        confirm(reviewed_version, people.principal, own_signature(proof=""))
    version = confirm(reviewed_version, people.principal, own_signature())
    assert (version.status, version.confirmed_how) == (Status.CONFIRMED, ConfirmedBy.BROWSER)
    assert list(outstanding.unsealed()) == [version]  # until the sealed sheet is scanned
    papers.add_scan(version, b"%PDF sealed", "pdf", actor=people.office)
    assert list(outstanding.unsealed()) == []


def test_nobody_signs_for_the_principal_in_the_browser(reviewed_version, people):
    for change in ({"signer_name": "副组长"}, {"deputy_reason": "外出"}):
        with pytest.raises(WorkflowError, match="签字人就是办理人本人"):
            confirm(reviewed_version, people.principal, own_signature(**change))


@pytest.mark.parametrize(("hours", "is_refused"), [(0, True), (23.9, True), (24.1, False)])
def test_after_a_reset_by_somebody_else_nobody_confirms_for_a_day(
    reviewed_version, people, admin, time_machine, hours, is_refused
):
    organisation.reset_password(people.principal, actor=admin)
    time_machine.move_to(timezone.now() + datetime.timedelta(hours=hours))
    if is_refused:
        with pytest.raises(WorkflowError, match="24 小时内由他人重置过"):
            confirm(reviewed_version, people.principal, own_signature())
    else:
        assert confirm(reviewed_version, people.principal, own_signature()).status == Status.CONFIRMED


@pytest.mark.parametrize(("hours", "is_refused"), [(0, True), (23.9, True), (24.1, False)])
def test_after_somebody_else_took_the_authenticator_away_nobody_confirms_for_a_day(
    reviewed_version, people, admin, time_machine, hours, is_refused
):
    organisation.remove_second_factor(people.principal, actor=admin)
    time_machine.move_to(timezone.now() + datetime.timedelta(hours=hours))
    if is_refused:
        with pytest.raises(WorkflowError, match="动态验证码在 24 小时内由他人重置过"):
            confirm(reviewed_version, people.principal, own_signature())
    else:
        assert confirm(reviewed_version, people.principal, own_signature()).status == Status.CONFIRMED


def test_who_took_the_own_authenticator_away_confirms(reviewed_version, people):
    second_factor.remove(people.principal, actor=people.principal)
    assert confirm(reviewed_version, people.principal, own_signature()).status == Status.CONFIRMED


def test_a_reset_at_the_console_counts_and_that_of_another_does_not(reviewed_version, people):
    audit.record(OrganisationVerb.RESET_PASSWORD, actor=people.admin, target=people.office)
    audit.record(OrganisationVerb.CHANGE_PASSWORD, actor=people.principal, target=people.principal)
    assert can(people.principal, Action.CONFIRM, reviewed_version)
    audit.record(OrganisationVerb.RESET_PASSWORD, target=people.principal)
    with pytest.raises(WorkflowError, match="24 小时内由他人重置过"):
        confirm(reviewed_version, people.principal, own_signature())


# ---- kept apart --------------------------------------------------------------------------------------------------


def test_who_set_all_levels_does_not_confirm_because_a_colleague_approved(submitted_version, people):
    RoleGrant.objects.create(user=people.second_reviewer, role=Role.OFFICE)
    both = User.objects.get(pk=people.second_reviewer.pk)
    assess_all(submitted_version, actor=both)
    version = perform(Action.APPROVE, submitted_version, actor=people.reviewer)
    assert {user.pk for user in version.assessors.all()} == {both.pk, people.reviewer.pk}
    with pytest.raises(PermissionDenied):
        confirm(version, both, paper_signature())


def test_a_remark_alone_makes_no_assessor(submitted_version, people):
    point = submitted_version.points.first()
    reviewing.assess(submitted_version, {point.pk: reviewing.Assessment(None, remark="请补")}, actor=people.reviewer)
    assert not submitted_version.assessors.exists()


def test_the_head_of_the_discipline_office_who_is_office_does_not_sign_for_herself(discipline_table, people):
    RoleGrant.objects.create(user=people.discipline_head, role=Role.OFFICE)
    people.discipline_head = User.objects.get(pk=people.discipline_head.pk)
    version = bring_to(Status.REVIEWED, discipline_table, people)
    with pytest.raises(PermissionDenied):
        confirm(version, people.discipline_head, paper_signature())
    with pytest.raises(PermissionDenied):
        note_signature(version, paper_signature(scan=b""), actor=people.discipline_head)


def test_who_submitted_an_earlier_round_does_not_confirm(submitted_version, people, department):
    version = perform(Action.RETURN, submitted_version, actor=people.reviewer, comment="请补充")
    people.head.grants.all().delete()
    RoleGrant.objects.create(user=people.head, role=Role.OFFICE)
    new_head = make_user("3003", "新任处长", Role.HEAD, department=department)
    version.authors.clear()
    version.authors.add(people.head)  # as she submitted before
    version = perform(Action.SUBMIT, version, actor=new_head)
    assess_all(version, actor=people.reviewer)
    version = perform(Action.APPROVE, version, actor=people.reviewer)
    assert not can(User.objects.get(pk=people.head.pk), Action.CONFIRM, version)


def test_what_was_confirmed_by_the_former_rule_stays_and_verifies(confirmed_version, without_triggers, settings):
    settings.SEAL_KEYS_FILE = ""  # entries of that time have no marks of the row
    with connection.cursor() as cursor:
        cursor.execute("UPDATE riskpoints_tableversion SET confirmation_rule = 1 WHERE id = %s", [confirmed_version.pk])
    confirmed_version.refresh_from_db()
    assert confirmed_version.is_by_former_rule
    assert list(outstanding.former()) == [confirmed_version]
    assert [fault for fault in verification.verify_register() if "数据库保护" not in fault.about] == []


# ---- rights as they are now --------------------------------------------------------------------------------------


def revoked(user):
    """Take a person's roles away while his page is open: the object in hand still remembers them."""
    assert user.grants.exists()
    list(user.grants.all())
    can(user, Action.RECORD)
    User.objects.get(pk=user.pk).grants.all().delete()


def test_a_reviewer_whose_role_was_taken_away_does_not_approve(submitted_version, people):
    assess_all(submitted_version, actor=people.reviewer)
    revoked(people.reviewer)
    assert can(people.reviewer, Action.APPROVE, submitted_version)  # what his page was made with
    for act in (
        lambda: perform(Action.APPROVE, submitted_version, actor=people.reviewer),
        lambda: assess_all(submitted_version, actor=people.reviewer),
    ):
        with pytest.raises(PermissionDenied):
            act()
    submitted_version.refresh_from_db()
    assert submitted_version.status == Status.SUBMITTED


def test_an_account_that_was_disabled_does_not_go_on(reviewed_version, people):
    can(people.office, Action.CONFIRM, reviewed_version)
    User.objects.filter(pk=people.office.pk).update(is_active=False)
    with pytest.raises(PermissionDenied):
        confirm(reviewed_version, people.office, paper_signature())


OFFICE_ACTS = {
    "dates": lambda version, actor: changing.change_dates(
        version.table.cycle, {name: getattr(version.table.cycle, name) for name in calendar.DATES}, actor=actor
    ),
    "close": lambda version, actor: closing.close_year(version.table.cycle, actor=actor),
    "publication": lambda version, actor: publicity.gather([version], title="公示", notice="", actor=actor),
    "signature": lambda version, actor: note_signature(version, paper_signature(scan=b""), actor=actor),
}


@pytest.mark.parametrize("act", OFFICE_ACTS)
def test_who_left_the_office_in_between_does_nothing_more(reviewed_version, people, act):
    can(people.office, Action.RECORD)
    revoked(people.office)
    before = AuditEntry.objects.count()
    with pytest.raises(PermissionDenied):
        OFFICE_ACTS[act](reviewed_version, people.office)
    assert AuditEntry.objects.count() == before


NAMING_ACTS = {
    "refer": lambda opinion, actor: opinions.refer(opinion, actor=actor),
    "petition": lambda opinion, actor: opinions.register_petition(opinion, "信 1", actor=actor),
}


@pytest.mark.parametrize("act", NAMING_ACTS)
def test_nor_with_an_opinion_that_names_a_person(reviewed_version, people, act):
    opinion = Feedback.objects.create(version=reviewed_version, text="采购员张某收了烟酒")
    if act == "petition":
        opinions.refer(opinion, actor=people.office)
    can(people.reviewer, Action.RECORD)
    revoked(people.reviewer)
    with pytest.raises(PermissionDenied):
        NAMING_ACTS[act](opinion, people.reviewer)
    opinion.refresh_from_db()
    assert (opinion.text, opinion.petition_number) == ("采购员张某收了烟酒", "")


def test_who_heads_no_department_any_more_answers_no_proposal(department, people):
    values = {"category": "duty", "text": "领用没有登记"}
    proposal = participation.propose(department, values, actor=people.other_head)
    revoked(people.head)
    with pytest.raises(PermissionDenied):
        participation.decline(proposal, "已有", actor=people.head)


def test_writers_read_rights_afresh(draft_version, people):
    revoked(people.head)
    with pytest.raises(PermissionDenied):
        editing.save_head(draft_version, {"duties": "新的职责"}, actor=people.head)
    assert workflow.available_actions(draft_version, User.objects.get(pk=people.head.pk)) == []
