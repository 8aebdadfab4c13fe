"""What the workflow says where it refuses, for every reason that lies outside the table of transitions."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from riskcontrol.models import AuditEntry
from riskpoints import wings
from riskpoints.enums import Action, ConfirmationRule, Status
from riskpoints.models import ControlTable, Decision, PublishedVersion, TableVersion
from riskpoints.tables import papers, workflow
from riskpoints.tables.workflow import IncompleteError, WorkflowError, perform
from riskpoints.verbs import RegisterVerb
from tests.factories import assess_all, bring_to, paper_signature, publish_for, record_historical

NO_RIGHT = "您没有这项权限。"
DAY = datetime.date(2011, 11, 15)


def told(act, *args, error=WorkflowError, **kwargs) -> str:
    """Return the words with which an act is refused."""
    with pytest.raises(error) as refused:
        act(*args, **kwargs)
    return str(refused.value)


def status_of(version) -> str:
    return TableVersion.objects.get(pk=version.pk).status


def test_one_who_has_no_right_is_told_so(submitted_version, people):
    assert told(perform, Action.RECALL, submitted_version, actor=people.clerk, error=PermissionDenied) == NO_RIGHT
    assert (
        told(workflow.note_signature, submitted_version, paper_signature(), actor=people.clerk, error=PermissionDenied)
        == NO_RIGHT
    )


def test_one_who_has_no_right_changes_nothing_on_the_way(draft_version, people, department):
    """What is taken over before a submission isn't, and nothing is printed, before it is clear who asks."""
    department.name = "后勤处"
    department.save()
    entries = AuditEntry.objects.count()
    assert told(perform, Action.SUBMIT, draft_version, actor=people.outsider, error=PermissionDenied) == NO_RIGHT
    assert TableVersion.objects.get(pk=draft_version.pk).owner_name == "总务处"
    assert AuditEntry.objects.count() == entries


@pytest.mark.parametrize("comment", ["", " \n "])
def test_who_returns_says_why(submitted_version, people, comment):
    words = told(perform, Action.RETURN, submitted_version, actor=people.reviewer, comment=comment)
    assert words == "请写明意见：哪里要改、为什么。"


def test_a_comment_is_kept_without_spaces_around_it_and_only_as_long_as_its_field(submitted_version, people):
    most = Decision._meta.get_field("comment").max_length
    told(perform, Action.RETURN, submitted_version, actor=people.reviewer, comment="长" * (most + 1))
    assert status_of(submitted_version) == Status.SUBMITTED
    perform(Action.RETURN, submitted_version, actor=people.reviewer, comment=" 缺\r\n验收 ")
    assert submitted_version.decisions.order_by("at").last().comment == "缺\n验收"


def test_how_many_levels_are_missing_is_said(submitted_version, people):
    words = told(perform, Action.APPROVE, submitted_version, actor=people.reviewer, error=IncompleteError)
    assert words == "还有 4 个风险点的等级没有核定好。"


def test_a_closed_year_and_a_table_that_left_its_year_are_named(submitted_version, table, people, cycle):
    ControlTable.objects.filter(pk=table.pk).update(
        removed_at=timezone.now(), removed_by=people.office, removed_reason="撤并"
    )
    words = told(perform, Action.RECALL, submitted_version, actor=people.head)
    assert words == f"这张表已由办公室移出{cycle}，不能再办理。"
    assert workflow.available_actions(TableVersion.objects.get(pk=submitted_version.pk), people.head) == []
    cycle.closed_at = timezone.now()
    cycle.save()
    assert told(perform, Action.RECALL, submitted_version, actor=people.head) == (f"{cycle}已经归档关闭，不能再办理。")


def test_the_day_on_which_a_publication_ends_is_named(school, table, people):
    publish_for(3)
    version = bring_to(Status.REVIEWED, table, people)
    until = version.publish_until
    words = f"公示期到 {until.year}年{until.month}月{until.day}日，期满后才能确定。"
    assert told(perform, Action.CONFIRM, version, actor=people.office, signature=paper_signature()) == words
    assert told(workflow.note_signature, version, paper_signature(), actor=people.office) == words


def test_a_paper_without_a_scan_is_not_compared(table, people, monkeypatch):
    """As older versions of the program let one be typed in."""
    version = record_historical(table, fill=lambda version: None, signed_on=DAY, actor=people.office)
    monkeypatch.setattr(papers, "valid_scans", lambda version: version.scans.none())
    words = told(perform, Action.COMPARE, version, actor=people.reviewer)
    assert words == "这张补录的表没有签字扫描件，不能核对。请领导小组办公室先上传。"
    assert status_of(version) == Status.REVIEWED


def test_what_a_wing_demands_holds_an_act_up(reviewed_version, people, monkeypatch):
    monkeypatch.setattr(wings, "unmet", lambda action, version: "先答复意见。" if action == Action.CONFIRM else "")
    assert told(perform, Action.CONFIRM, reviewed_version, actor=people.office, signature=paper_signature()) == (
        "先答复意见。"
    )
    assert told(workflow.note_signature, reviewed_version, paper_signature(), actor=people.office) == "先答复意见。"
    assert perform(Action.RETURN, reviewed_version, actor=people.reviewer, comment="改").status == Status.DRAFT


def test_what_a_wing_does_after_an_act_is_told_who_did_what(submitted_version, people, monkeypatch):
    followed = []
    monkeypatch.setattr(wings, "follow", lambda *args: followed.append(args))
    perform(Action.RECALL, submitted_version, actor=people.head)
    assert followed == [(Action.RECALL, submitted_version, people.head)]


# ---- papers ------------------------------------------------------------------------------------------------------


def test_a_table_that_cannot_be_printed_is_not_decided(submitted_version, people, settings, monkeypatch):
    settings.KEPT_DOCUMENTS = ("xlsx",)
    assess_all(submitted_version, actor=people.reviewer)

    def broken(version, **facts):
        raise papers.DocumentError("缺字体")

    monkeypatch.setattr(papers, "render", broken)
    words = told(perform, Action.APPROVE, submitted_version, actor=people.reviewer)
    assert words == "这张表现在打印不出来，没有办理：缺字体"
    assert status_of(submitted_version) == Status.SUBMITTED
    perform(Action.RECALL, submitted_version, actor=people.head)  # of which nothing is printed


def test_what_changed_while_it_was_printed_is_not_decided(submitted_version, people, settings, monkeypatch):
    settings.KEPT_DOCUMENTS = ("xlsx",)
    assess_all(submitted_version, actor=people.reviewer)

    def changed(decision, printed):
        raise ValueError

    monkeypatch.setattr(papers, "keep_printed", changed)
    words = told(perform, Action.APPROVE, submitted_version, actor=people.reviewer)
    assert words == "办理的同时表的内容有了变动，没有办理。请刷新页面，看过以后再办理。"
    assert status_of(submitted_version) == Status.SUBMITTED


def test_a_paper_is_printed_as_it_will_stand(table, people, settings, monkeypatch):
    """With the status that the act leads to and the day of the signature; only where something is kept."""
    printed = []
    monkeypatch.setattr(papers, "render", lambda version, **facts: printed.append(facts))
    version = bring_to(Status.SUBMITTED, table, people)
    assess_all(version, actor=people.reviewer)
    version = perform(Action.APPROVE, version, actor=people.reviewer)
    assert printed == []
    settings.KEPT_DOCUMENTS = ("xlsx",)
    signature = paper_signature()
    perform(Action.CONFIRM, version, actor=people.office, signature=signature)
    assert printed == [{"status": Status.CONFIRMED, "signed_on": signature.signed_on}]


def test_a_paper_of_long_ago_is_printed_when_it_is_compared(table, people, settings, monkeypatch):
    printed = []
    version = record_historical(table, fill=lambda version: None, signed_on=DAY, actor=people.office)
    settings.KEPT_DOCUMENTS = ("xlsx",)
    monkeypatch.setattr(papers, "render", lambda version, **facts: printed.append(facts))
    perform(Action.COMPARE, version, actor=people.reviewer)
    assert printed == [{"status": Status.CONFIRMED}]


# ---- what is written down ----------------------------------------------------------------------------------------


def test_a_decision_of_nobody_is_the_systems(draft_version, people):
    decision = workflow.decide(Action.SUBMIT, draft_version, actor=None)
    assert (decision.actor, decision.actor_name, decision.comment) == (None, "系统", "")


def test_a_noted_signature_tells_who_signed_when_and_for_whom(reviewed_version, people):
    signature = paper_signature(scan=b"")
    noted = workflow.note_signature(reviewed_version, signature, actor=people.office)
    assert (noted.status, noted.awaits_scan) == (Status.REVIEWED, True)
    detail = AuditEntry.objects.get(action=RegisterVerb.NOTE_SIGNATURE).detail
    assert detail == {"签字人": signature.signer_name, "签字日期": signature.signed_on.isoformat()}


def test_a_signature_is_noted_while_the_table_waits_for_it_only(submitted_version, people):
    words = told(workflow.note_signature, submitted_version, paper_signature(), actor=people.office)
    assert words == "这张表现在是“待审核”，可能已由他人办理。请刷新页面，看最新情况。"


def test_a_right_that_ended_meanwhile_notes_no_signature(reviewed_version, people):
    seen = TableVersion.objects.prefetch_related("assessors", "authors").get(pk=reviewed_version.pk)
    reviewed_version.assessors.add(people.office)
    words = told(workflow.note_signature, seen, paper_signature(), actor=people.office, error=PermissionDenied)
    assert words == NO_RIGHT


def test_a_right_that_ended_meanwhile_does_no_act(submitted_version, people):
    seen = TableVersion.objects.prefetch_related("authors").get(pk=submitted_version.pk)
    submitted_version.authors.add(people.reviewer)
    words = told(perform, Action.RETURN, seen, actor=people.reviewer, comment="请补充", error=PermissionDenied)
    assert words == NO_RIGHT


def test_a_returned_table_leaves_its_publication(school, table, people):
    publish_for(3)
    version = bring_to(Status.REVIEWED, table, people)
    row = PublishedVersion.objects.get(version=version)
    assert row.left_at is None
    perform(Action.RETURN, version, actor=people.reviewer, comment="请补充")
    row.refresh_from_db()
    assert (row.left_at is not None, row.left_reason) == (True, "退回修改")


def test_a_returned_table_forgets_the_signature_that_was_noted(reviewed_version, people):
    noted = workflow.note_signature(reviewed_version, paper_signature(scan=b""), actor=people.office)
    returned = perform(Action.RETURN, noted, actor=people.principal, comment="请补充")
    said = (returned.confirmed_by, returned.confirmed_at, returned.confirmed_how, returned.signer_name)
    assert said == (None, None, "", "")
    assert (returned.signed_on, returned.deputy_reason, returned.confirmation_rule) == (
        None,
        "",
        ConfirmationRule.FORMER,
    )
