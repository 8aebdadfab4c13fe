"""Every status with every act, what each act demands, writes and leaves alone."""

import datetime
import hashlib
import json
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from riskcontrol.models import AuditEntry
from riskpoints.content import completeness, content
from riskpoints.enums import Action, ConfirmedBy, Status
from riskpoints.models import Cycle, Decision, RiskPoint, TableVersion
from riskpoints.rules.enums import DayKind, Key
from riskpoints.rules.models import WorkCalendar
from riskpoints.tables import editing, reviewing, starting, workflow
from riskpoints.tables.workflow import IncompleteError, WorkflowError, perform
from riskpoints.verbs import RegisterFact, RegisterVerb, verb_of
from tests import roles
from tests.factories import (
    assess_all,
    bring_to,
    hands_of,
    make_measure,
    own_signature,
    paper_signature,
    publish_for,
    record_historical,
    set_rule,
)

ACTS = [Action.SUBMIT, Action.RECALL, Action.RETURN, Action.APPROVE, Action.CONFIRM, Action.DISCARD]
# What is done with a paper of long ago that was typed in, and with nothing else.
OF_RECORDED = {("reviewed", "compare"): "confirmed", ("reviewed", "mismatch"): "discarded"}

# {(status, act): status after it}; whatever is not in here is refused. A draft can be discarded as it is a revision.
POSSIBLE = {
    ("draft", "submit"): "submitted",
    ("draft", "discard"): "discarded",
    ("submitted", "recall"): "draft",
    ("submitted", "return"): "draft",
    ("submitted", "approve"): "reviewed",
    ("reviewed", "return"): "draft",
    ("reviewed", "confirm"): "confirmed",
}
LONG_AGO = datetime.date(2011, 11, 15)
DOER = {
    "submit": "head",
    "recall": "head",
    "discard": "head",
    "return": "reviewer",
    "approve": "reviewer",
    "confirm": "office",
}


def stored(version):
    """Return the version as it is in the database."""
    return TableVersion.objects.select_related("table__cycle", "table__department").get(pk=version.pk)


def traces():
    """Return how many decisions and audit entries there are."""
    return Decision.objects.count(), AuditEntry.objects.count()


def act(action, version, people, *, name=None, **values):
    """Do one act as the person who does it usually, with everything that it demands."""
    values = {"comment": "请补充措施"} | ({"signature": paper_signature()} if action == Action.CONFIRM else {}) | values
    return perform(action, version, actor=getattr(people, name or DOER[action]), **values)


@pytest.fixture
def revision(table, people):
    """Return a function that brings a revision of a table in force to a status."""

    def make(status):
        bring_to(Status.CONFIRMED, table, people)
        return bring_to(status, table, people)

    return make


# ---- the full products -------------------------------------------------------------------------------------------


def test_transitions_are_those_written_here():
    assert list(workflow.TRANSITIONS) == [*ACTS, Action.COMPARE, Action.MISMATCH]
    table = {(source, action) for action, item in workflow.TRANSITIONS.items() for source in item.sources}
    assert table == set(POSSIBLE) | set(OF_RECORDED)


@pytest.mark.parametrize(("status", "action"), list(product(Status, ACTS)))
def test_each_status_with_each_act(revision, people, status, action):
    version = revision(status)
    if status == Status.SUBMITTED:
        assess_all(version, actor=people.reviewer)
    before = traces()
    target = POSSIBLE.get((status, action))
    if target is None:
        with pytest.raises(WorkflowError, match="请刷新页面"):
            act(action, version, people)
        assert (stored(version).status, traces()) == (status, before)
    else:
        assert act(action, version, people).status == target
        assert stored(version).status == target
        assert Decision.objects.count() == before[0] + 1


@pytest.mark.parametrize(
    "action",
    [action for action in Action if action not in workflow.TRANSITIONS] + ["delete", ""],
    ids=lambda value: value or "empty",
)
def test_other_words_are_no_act_on_a_version(draft_version, people, action):
    before = traces()
    with pytest.raises((KeyError, ValueError)):
        perform(action, draft_version, actor=people.head, comment="x")
    assert (stored(draft_version).status, traces()) == (Status.DRAFT, before)


@pytest.mark.parametrize("kind", ["D", "O", "S"])
@pytest.mark.parametrize(("status", "action"), [(Status(status), Action(action)) for status, action in POSSIBLE])
def test_nobody_else_does_an_act(request, people, kind, status, action):
    table = request.getfixturevalue({"D": "table", "O": "discipline_table", "S": "school_table"}[kind])
    if action == Action.DISCARD:
        bring_to(Status.CONFIRMED, table, people)
    version = bring_to(status, table, people)
    if status == Status.SUBMITTED and kind != "S":
        assess_all(version, actor=hands_of(table, people)[1])
    rules = roles.ON_TABLES.get(status, {}) | roles.ON_TABLES[None]
    allowed = {name for name, letters in rules[action].items() if kind in letters}
    before = traces()
    for name in roles.PEOPLE.keys() - allowed:
        with pytest.raises(PermissionDenied):
            act(action, version, people, name=name)
    assert (stored(version).status, traces()) == (status, before)
    for name in allowed:
        assert can_be_done(action, version, people, name) == POSSIBLE[status, action]


@pytest.mark.parametrize("action", list(workflow.TRANSITIONS))
@pytest.mark.parametrize("is_recorded", [True, False])
def test_a_paper_that_was_typed_in_is_compared_and_nothing_else(table, people, action, is_recorded):
    if is_recorded:
        version = record_historical(table, fill=lambda version: None, signed_on=LONG_AGO, actor=people.office)
    else:
        version = bring_to(Status.REVIEWED, table, people)
    expected = OF_RECORDED if is_recorded else POSSIBLE
    target = expected.get((version.status, action))
    assert workflow.is_possible(action, version) == (target is not None)
    name = DOER.get(action, "reviewer")
    if target is None:
        with pytest.raises((WorkflowError, PermissionDenied)):
            act(action, version, people, name=name)
        assert stored(version).status == Status.REVIEWED
    else:
        assert act(action, version, people, name=name).status == target
        table.refresh_from_db()
        assert (table.in_force == version) == (target == Status.CONFIRMED)


def test_a_paper_that_does_not_match_is_typed_in_again(table, people):
    version = record_historical(table, fill=lambda version: None, signed_on=LONG_AGO, actor=people.office)
    with pytest.raises(WorkflowError, match="请写明意见"):
        perform(Action.MISMATCH, version, actor=people.reviewer)
    perform(Action.MISMATCH, version, actor=people.reviewer, comment="第二项录错了")
    again = record_historical(table, fill=lambda version: None, signed_on=LONG_AGO, actor=people.office)
    assert (again.number, again.status, stored(version).status) == (2, Status.REVIEWED, Status.DISCARDED)


def can_be_done(action, version, people, name):
    """Return the status that the act of this person leads to, and undo it."""
    with transaction.atomic():
        status = act(action, version, people, name=name).status
        transaction.set_rollback(True)
    return status


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (Status.DRAFT, {"head": ["submit", "discard"]}),
        (Status.SUBMITTED, {"head": ["recall"], "reviewer": ["return", "approve"]}),
        (Status.REVIEWED, {"reviewer": ["return"], "principal": ["return", "confirm"], "office": ["confirm"]}),
        (Status.CONFIRMED, {}),
        (Status.DISCARDED, {}),
    ],
)
def test_buttons_show_what_a_person_can_do_now(revision, people, status, expected):
    version = revision(status)
    shown = {name: workflow.available_actions(version, getattr(people, name)) for name in roles.PEOPLE}
    shown.pop("discipline_head")  # a reviewer like the other one
    assert {name: actions for name, actions in shown.items() if actions} == expected


# ---- what an act demands -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("comment", ["", "  \n "])
@pytest.mark.parametrize(
    ("status", "action", "name"),
    [
        (Status.SUBMITTED, Action.RETURN, "reviewer"),
        (Status.REVIEWED, Action.RETURN, "reviewer"),
        (Status.REVIEWED, Action.RETURN, "principal"),
        (Status.DRAFT, Action.DISCARD, "head"),
    ],
)
def test_a_comment_is_demanded(revision, people, status, action, name, comment):
    version = revision(status)
    before = traces()
    with pytest.raises(WorkflowError, match="请写明意见"):
        act(action, version, people, name=name, comment=comment)
    assert (stored(version).status, traces()) == (status, before)


@pytest.mark.parametrize(
    ("status", "action"),
    [
        (Status.DRAFT, Action.SUBMIT),
        (Status.SUBMITTED, Action.RECALL),
        (Status.SUBMITTED, Action.APPROVE),
        (Status.REVIEWED, Action.CONFIRM),
    ],
)
def test_no_comment_is_demanded_elsewhere(table, people, status, action):
    version = bring_to(status, table, people)
    if status == Status.SUBMITTED:
        assess_all(version, actor=people.reviewer)
    assert act(action, version, people, comment="").status == POSSIBLE[status, action]


def test_an_incomplete_table_is_not_submitted(table, people):
    version = starting.start_table(table, actor=people.head)
    before = traces()
    with pytest.raises(IncompleteError) as caught:
        act(Action.SUBMIT, version, people)
    assert str(caught.value) == "还有 6 处没有填完，填完后才能提交。"
    assert caught.value.findings == completeness.check(content.load(version)).missing
    assert (stored(version).status, traces()) == (Status.DRAFT, before)


def test_hints_do_not_block_the_submission(draft_version, people):
    point = draft_version.points.first()
    make_measure(draft_version, point, actor=people.head, text="加强教育")
    report = completeness.check(content.load(draft_version))
    assert report.hints
    assert report.missing == []
    assert act(Action.SUBMIT, draft_version, people).status == Status.SUBMITTED


def test_a_table_without_every_level_is_not_approved(submitted_version, people):
    first, *others = submitted_version.points.all()
    given = {point.pk: reviewing.Assessment(point.proposed_level) for point in others}
    reviewing.assess(submitted_version, given, actor=people.reviewer)
    before = traces()
    with pytest.raises(IncompleteError) as caught:
        act(Action.APPROVE, submitted_version, people)
    assert caught.value.findings == [
        completeness.Finding("岗位职责风险第 1 项：请核定等级。", f"point-{first.pk}", blocks=True)
    ]
    assert (stored(submitted_version).status, traces()) == (Status.SUBMITTED, before)


def test_a_level_below_the_floor_is_not_approved(submitted_version, people, purchasing_post):
    """Even when it got past assess(), for instance by a shell."""
    assess_all(submitted_version, actor=people.reviewer)
    point = submitted_version.points.filter(post=purchasing_post).first()
    point.confirmed_level, point.confirmed_reason = 3, "理由"
    point.save(update_fields=["confirmed_level", "confirmed_reason"])
    with pytest.raises(IncompleteError) as caught:
        act(Action.APPROVE, submitted_version, people)
    assert [finding.anchor for finding in caught.value.findings] == [f"point-{point.pk}"]


def test_the_school_table_is_approved_without_levels(school_table, people):
    version = bring_to(Status.SUBMITTED, school_table, people)
    assert not version.points.filter(confirmed_level__isnull=False).exists()
    assert act(Action.APPROVE, version, people).status == Status.REVIEWED


@pytest.mark.parametrize("signature", [None, paper_signature(signer_name=""), paper_signature(signer_name="  ")])
def test_confirming_demands_a_signer(reviewed_version, people, signature):
    with pytest.raises(WorkflowError, match="请填写签字人"):
        act(Action.CONFIRM, reviewed_version, people, signature=signature)
    assert stored(reviewed_version).status == Status.REVIEWED


@pytest.mark.parametrize(("days", "message"), [(-1, "不能早于提交日期"), (1, "不能晚于今天")])
def test_the_day_of_signing_lies_between_submission_and_today(reviewed_version, people, days, message):
    day = timezone.localdate() + datetime.timedelta(days=days)
    with pytest.raises(WorkflowError, match=message):
        act(Action.CONFIRM, reviewed_version, people, signature=paper_signature(signed_on=day))
    assert stored(reviewed_version).status == Status.REVIEWED


def test_a_table_handed_in_tomorrow_says_the_way_out(submitted_version, people, time_machine):
    """The server's clock was ahead, and was put right (issue 16): nobody has to wait for that day to come again."""
    ahead = datetime.datetime.now(ZoneInfo("Asia/Shanghai")) + datetime.timedelta(days=40)
    recalled = act(Action.RECALL, submitted_version, people)
    time_machine.move_to(ahead)
    version = act(Action.SUBMIT, recalled, people)
    assess_all(version, actor=people.reviewer)
    version = act(Action.APPROVE, version, people)
    time_machine.move_to(ahead - datetime.timedelta(days=40))
    for day in (timezone.localdate(), ahead.date()):
        with pytest.raises(WorkflowError, match=r"比今天还晚.*请退回修改，由填表部门重新提交"):
            act(Action.CONFIRM, version, people, signature=paper_signature(signed_on=day))
    version = act(Action.SUBMIT, act(Action.RETURN, version, people, comment="服务器日期不对，请重新提交"), people)
    assess_all(version, actor=people.reviewer)
    version = act(Action.APPROVE, version, people)
    assert act(Action.CONFIRM, version, people, signature=paper_signature()).status == Status.CONFIRMED


# ---- what an act writes ------------------------------------------------------------------------------------------


def test_submitting_notes_who_and_when(draft_version, people, time_machine):
    now = datetime.datetime(2026, 11, 20, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
    time_machine.move_to(now, tick=False)
    version = act(Action.SUBMIT, draft_version, people)
    assert (version.submitted_at, version.submitted_by) == (now, people.head)


@pytest.mark.parametrize(
    ("status", "action"), [("submitted", "recall"), ("submitted", "return"), ("reviewed", "return")]
)
def test_going_back_forgets_submission_review_and_publication(school, table, people, status, action):
    publish_for(3)
    version = bring_to(Status(status), table, people)
    version = act(Action(action), version, people)
    assert [
        version.submitted_at,
        version.submitted_by,
        version.reviewed_at,
        version.reviewed_by,
        version.publish_from,
        version.publish_until,
    ] == [None] * 6


def test_a_returned_table_is_written_and_submitted_again(submitted_version, people):
    version = act(Action.RETURN, submitted_version, people)
    point = version.points.first()
    editing.save_point(version, {"text": "改写后的风险点"}, point=point, actor=people.clerk)
    version = act(Action.SUBMIT, version, people)
    assert (version.status, version.points.get(pk=point.pk).text) == (Status.SUBMITTED, "改写后的风险点")


def test_returning_keeps_the_remarks_and_marks_them_sent(submitted_version, people, time_machine):
    point = submitted_version.points.first()
    given = {point.pk: reviewing.Assessment(None, remark="请写明审批环节")}
    reviewing.assess(submitted_version, given, general_remark="总体较好", actor=people.reviewer)
    assert set(submitted_version.remarks.values_list("sent_at", flat=True)) == {None}
    now = timezone.now() + datetime.timedelta(hours=1)
    time_machine.move_to(now, tick=False)
    version = act(Action.RETURN, submitted_version, people)
    sent = [(point.identity, "请写明审批环节", people.reviewer.pk, now), (None, "总体较好", people.reviewer.pk, now)]
    fields = ("point_identity", "text", "author", "sent_at")
    assert list(version.remarks.order_by("id").values_list(*fields)) == sent
    # A second round adds its own and leaves the first one's day alone.
    version = act(Action.SUBMIT, version, people)
    reviewing.assess(version, {point.pk: reviewing.Assessment(None, remark="仍不够")}, actor=people.reviewer)
    time_machine.move_to(now + datetime.timedelta(hours=1), tick=False)
    version = act(Action.RETURN, version, people)
    later = (point.identity, "仍不够", people.reviewer.pk, now + datetime.timedelta(hours=1))
    assert list(version.remarks.order_by("id").values_list(*fields)) == [*sent, later]


def test_recalling_leaves_remarks_unsent(submitted_version, people):
    reviewing.assess(submitted_version, {}, general_remark="还没看完", actor=people.reviewer)
    version = act(Action.RECALL, submitted_version, people)
    assert list(version.remarks.values_list("text", "sent_at")) == [("还没看完", None)]


def test_approving_notes_the_reviewer_and_sends_the_remarks(submitted_version, people):
    assess_all(submitted_version, actor=people.reviewer)
    reviewing.assess(submitted_version, {}, general_remark="注意更新", actor=people.reviewer)
    version = act(Action.APPROVE, submitted_version, people)
    assert (version.reviewed_by, timezone.localdate(version.reviewed_at)) == (people.reviewer, timezone.localdate())
    assert not version.remarks.filter(sent_at__isnull=True).exists()


def test_confirming_records_the_signature_and_the_scan(reviewed_version, people):
    scan = b"%PDF-1.7 signed and sealed"
    today = timezone.localdate()
    signature = paper_signature(signer_name=" 校长 ", scan_suffix="pdf", scan=scan)
    version = act(Action.CONFIRM, reviewed_version, people, signature=signature)
    assert (version.signer_name, version.signed_on, version.confirmed_how) == ("校长", today, ConfirmedBy.PAPER)
    assert (version.confirmed_by, timezone.localdate(version.confirmed_at)) == (people.office, today)
    kept = version.scans.get().file
    assert (bytes(kept.content), kept.sha256) == (scan, hashlib.sha256(scan).hexdigest())


def test_the_principal_confirms_in_the_browser(reviewed_version, people):
    version = act(Action.CONFIRM, reviewed_version, people, name="principal", signature=own_signature())
    assert (version.confirmed_by, version.confirmed_how) == (people.principal, ConfirmedBy.BROWSER)
    assert not version.scans.exists()


def test_each_act_leaves_a_decision_bound_to_the_content(table, people):
    version = bring_to(Status.DRAFT, table, people)
    version = act(Action.SUBMIT, version, people, comment=" 请审核 ")
    assess_all(version, actor=people.reviewer)
    version = act(Action.APPROVE, version, people, comment="")
    version = act(Action.CONFIRM, version, people, comment="")
    decisions = list(version.decisions.order_by("id"))
    assert [(d.action, d.actor, d.actor_name, d.comment) for d in decisions] == [
        (Action.SUBMIT, people.head, "总务处负责人", "请审核"),
        (Action.APPROVE, people.reviewer, "纪委审核员", ""),
        (Action.CONFIRM, people.office, "领导小组办公室干事", ""),
    ]
    for decision in decisions:
        assert decision.content_hash == hashlib.sha256(decision.snapshot.encode()).hexdigest()
    submitted, approved, confirmed = (json.loads(decision.snapshot) for decision in decisions)
    assert {point["confirmed_level"] for row in submitted["rows"] for point in row["points"]} == {None}
    assert approved == confirmed == json.loads(content.sealed(content.load(version))[0])
    assert [point["confirmed_level"] for row in approved["rows"] for point in row["points"]] == [
        point.proposed_level for point in content.load(version).points
    ]


def test_each_act_leaves_an_audit_entry(draft_version, people):
    act(Action.SUBMIT, draft_version, people, comment="请审核")
    entry = AuditEntry.objects.last()
    assert (entry.action, entry.actor_number, entry.actor_name) == (RegisterVerb.SUBMIT, "1001", "总务处负责人")
    assert (entry.object_type, entry.object_id) == ("riskpoints.tableversion", str(draft_version.pk))
    decision = draft_version.decisions.get()
    assert entry.detail == {"状态": "待审核", "comment": "请审核", "content_hash": decision.content_hash}


def test_a_confirmation_writes_down_the_hash_of_what_may_be_shown(table, people):
    version = act(Action.CONFIRM, bring_to(Status.REVIEWED, table, people), people)
    detail = AuditEntry.objects.filter(action=RegisterVerb.CONFIRM).get().detail
    shown = content.open_part(version.decisions.get(action=Action.CONFIRM).snapshot)
    assert (
        detail[RegisterFact.OPEN_HASH]
        == hashlib.sha256(shown.encode()).hexdigest()
        != detail[RegisterFact.CONTENT_HASH]
    )
    assert (
        not AuditEntry.objects.exclude(action=RegisterVerb.CONFIRM)
        .filter(detail__has_key=RegisterFact.OPEN_HASH)
        .exists()
    )


def test_typing_a_paper_in_and_comparing_it_write_that_hash_down_too(table, people):
    """All that may put a table in force (DECISIVE_ACTIONS): an archive brings these decisions back without the rest."""
    version = record_historical(
        table, fill=lambda version: None, signed_on=LONG_AGO, actor=people.office, reviewer=people.reviewer
    )
    shown = {decision.action: content.open_part(decision.snapshot) for decision in version.decisions.all()}
    hashes = {
        entry.action: entry.detail[RegisterFact.OPEN_HASH]
        for entry in AuditEntry.objects.filter(detail__has_key=RegisterFact.OPEN_HASH)
    }
    assert set(shown) == {Action.RECORD, Action.COMPARE}
    assert hashes == {verb_of(action): hashlib.sha256(text.encode()).hexdigest() for action, text in shown.items()}


def test_an_act_that_fails_midway_leaves_nothing(submitted_version, people, monkeypatch):
    assess_all(submitted_version, actor=people.reviewer)
    reviewing.assess(submitted_version, {}, general_remark="未发", actor=people.reviewer)
    before = traces()

    def fail(*args, **kwargs):
        raise OSError("the disk is full")

    monkeypatch.setattr("riskcontrol.audit.record", fail)
    with pytest.raises(OSError, match="the disk is full"):
        act(Action.APPROVE, submitted_version, people)
    version = stored(submitted_version)
    assert (version.status, version.reviewed_by, traces()) == (Status.SUBMITTED, None, before)
    assert version.remarks.get().sent_at is None


# ---- revision and the version in force ---------------------------------------------------------------------------


def test_the_approved_version_stays_in_force_until_the_next_is_confirmed(confirmed_version, people):
    table = confirmed_version.table
    before = content.sealed(content.load(confirmed_version))
    table.refresh_from_db()
    assert table.in_force == confirmed_version
    draft = starting.open_revision(confirmed_version, reason="岗位有变动", actor=people.clerk)
    editing.save_point(draft, {"text": "新的说法"}, point=draft.points.first(), actor=people.clerk)
    for action in (Action.SUBMIT, Action.APPROVE):
        draft = act(action, draft, people) if action == Action.SUBMIT else draft
        if action == Action.APPROVE:
            assess_all(draft, actor=people.reviewer)
            draft = act(action, draft, people)
        table.refresh_from_db()
        assert table.in_force == confirmed_version
    draft = act(Action.CONFIRM, draft, people)
    table.refresh_from_db()
    assert table.in_force == draft
    assert draft.is_in_force
    old = stored(confirmed_version)
    assert (old.status, old.is_in_force) == (Status.CONFIRMED, False)
    assert content.sealed(content.load(old)) == before


def test_a_first_draft_can_not_be_discarded(draft_version, people):
    with pytest.raises(WorkflowError, match="填报中"):
        act(Action.DISCARD, draft_version, people)
    assert stored(draft_version).status == Status.DRAFT


def test_discarding_a_revision_leaves_the_version_in_force_and_lets_another_begin(confirmed_version, people):
    draft = starting.open_revision(confirmed_version, reason="岗位有变动", actor=people.head)
    act(Action.DISCARD, draft, people, comment="不改了")
    table = stored(confirmed_version).table
    assert table.in_force == confirmed_version
    again = starting.open_revision(confirmed_version, reason="还是要改", actor=people.head)
    assert (again.number, again.status) == (3, Status.DRAFT)


# ---- publication -------------------------------------------------------------------------------------------------


def shanghai(*values):
    """Return a moment by the school's clock."""
    return datetime.datetime(*values, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def published(table, people, school, time_machine):
    """Return a version approved on Friday, 20 November 2026, with three working days of publication."""
    publish_for(3)
    time_machine.move_to(shanghai(2026, 11, 20, 0, 30), tick=False)  # still the 19th by universal time
    return bring_to(Status.REVIEWED, table, people)


def test_the_publication_period_begins_with_the_approval(published):
    assert published.publish_from == datetime.date(2026, 11, 20)
    assert published.publish_until == datetime.date(2026, 11, 25)


def test_a_rule_or_a_calendar_changed_later_moves_no_period_that_runs(published):
    set_rule(Key.PUBLICATION_DAYS, 30)
    WorkCalendar.objects.create(day=datetime.date(2026, 11, 24), is_working=False)
    assert stored(published).publish_until == datetime.date(2026, 11, 25)


def test_a_holiday_is_not_counted(table, people, school, time_machine):
    publish_for(3)
    WorkCalendar.objects.create(day=datetime.date(2026, 11, 24), is_working=False)
    time_machine.move_to(shanghai(2026, 11, 20, 12, 0), tick=False)
    assert bring_to(Status.REVIEWED, table, people).publish_until == datetime.date(2026, 11, 26)


def test_calendar_days_are_counted_where_the_rule_says_so(table, people, school, time_machine):
    publish_for(3)
    set_rule(Key.PUBLICATION_DAY_KIND, DayKind.CALENDAR)
    time_machine.move_to(shanghai(2026, 11, 20, 12, 0), tick=False)
    assert bring_to(Status.REVIEWED, table, people).publish_until == datetime.date(2026, 11, 23)


@pytest.mark.parametrize("moment", [(2026, 11, 20, 12, 0), (2026, 11, 25, 23, 59)])
def test_nothing_is_confirmed_while_it_is_published(published, people, time_machine, moment):
    time_machine.move_to(shanghai(*moment), tick=False)
    with pytest.raises(WorkflowError, match="公示期到 2026年11月25日，期满后才能确定"):
        act(Action.CONFIRM, published, people)
    assert stored(published).status == Status.REVIEWED


def test_it_is_confirmed_once_the_period_is_over(published, people, time_machine):
    time_machine.move_to(shanghai(2026, 11, 26, 0, 0), tick=False)
    assert act(Action.CONFIRM, published, people).status == Status.CONFIRMED


def test_zero_days_mean_no_publication_period(reviewed_version, people):
    assert (reviewed_version.publish_from, reviewed_version.publish_until) == (None, None)
    assert act(Action.CONFIRM, reviewed_version, people).status == Status.CONFIRMED


# ---- a closed year -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("status", "action"), [(Status(status), Action(action)) for status, action in POSSIBLE])
def test_a_closed_year_refuses_every_act(revision, people, cycle, status, action):
    version = revision(status)
    if status == Status.SUBMITTED:
        assess_all(version, actor=people.reviewer)
    Cycle.objects.filter(pk=cycle.pk).update(closed_at=timezone.now())
    before = traces()
    with pytest.raises(WorkflowError, match="已经归档关闭，不能再办理"):
        act(action, version, people)
    assert (stored(version).status, traces()) == (status, before)
    assert workflow.available_actions(stored(version), getattr(people, DOER[action])) == []


def test_a_closed_year_is_left_untouched_by_a_refused_submission(draft_version, people, cycle, functions, plain_post):
    point = draft_version.points.filter(post=plain_post).first()
    plain_post.functions.add(functions["公共服务"])
    Cycle.objects.filter(pk=cycle.pk).update(closed_at=timezone.now())
    with pytest.raises(WorkflowError, match="已经归档关闭"):
        act(Action.SUBMIT, stored(draft_version), people)
    assert RiskPoint.objects.get(pk=point.pk).functions == []


# ---- names and floors of the day of submission -------------------------------------------------------------------


def test_submitting_takes_the_names_of_today(draft_version, people, department, plain_post):
    department.name = "后勤处"
    department.save()
    plain_post.name = "绿化与保洁管理员"
    plain_post.save()
    version = act(Action.SUBMIT, draft_version, people)
    assert version.owner_name == "后勤处"
    assert {point.post_name for point in version.points.filter(post=plain_post)} == {"绿化与保洁管理员"}


def test_a_floor_that_was_raised_blocks_the_submission(draft_version, people, plain_post, functions):
    point = draft_version.points.filter(post=plain_post).first()
    assert (point.proposed_level, point.computed_level) == (3, 3)
    plain_post.functions.add(functions["公共服务"])
    with pytest.raises(IncompleteError) as caught:
        act(Action.SUBMIT, draft_version, people)
    assert [finding.message for finding in caught.value.findings if finding.anchor == f"point-{point.pk}"] == [
        "业务流程风险第 1 项建议等级低于岗位职能的下限"
    ]
    assert RiskPoint.objects.get(pk=point.pk).computed_level == 2  # the form now shows why


def test_what_a_submission_takes_over_is_audited(draft_version, people, plain_post, functions):
    point = draft_version.points.filter(post=plain_post).first()
    plain_post.functions.add(functions["公共服务"])
    with pytest.raises(IncompleteError):
        act(Action.SUBMIT, draft_version, people)
    entry = AuditEntry.objects.filter(object_type="riskpoints.riskpoint", object_id=str(point.pk)).last()
    assert entry.actor_name == "总务处负责人"
    assert entry.detail == {"computed_level": [3, 2], "functions": [[], [["公共服务", 2]]]}


# ---- in the database ---------------------------------------------------------------------------------------------


def force(version, **columns):
    """Change columns by raw SQL, as somebody at the database would."""
    assignments = ", ".join(f"{name} = %s" for name in columns)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE riskpoints_tableversion SET {assignments} WHERE id = %s",  # noqa: S608 - names from this file
            [*columns.values(), version.pk],
        )


@pytest.mark.parametrize("status", [Status.SUBMITTED, Status.REVIEWED, Status.CONFIRMED])
def test_the_database_keeps_author_and_reviewer_apart(without_triggers, table, people, status):
    version = bring_to(status, table, people)
    with pytest.raises(IntegrityError, match="author_is_not_reviewer"):
        force(version, reviewed_by_id=people.head.pk)


def test_the_database_keeps_author_and_reviewer_apart_in_bulk(submitted_version, people):
    with pytest.raises(IntegrityError), transaction.atomic():  # by the trigger or, without it, by the constraint
        TableVersion.objects.filter(pk=submitted_version.pk).update(reviewed_by=people.head)


def test_the_database_keeps_reviewer_and_confirmer_apart(without_triggers, confirmed_version, people):
    with pytest.raises(IntegrityError, match="reviewer_is_not_confirmer"):
        force(confirmed_version, confirmed_by_id=people.reviewer.pk)


@pytest.mark.parametrize("columns", [{"signer_name": ""}, {"signed_on": None}, {"confirmed_at": None}])
def test_the_database_keeps_confirmed_versions_signed_and_dated(without_triggers, confirmed_version, columns):
    with pytest.raises(IntegrityError, match="confirmed_is_signed_and_dated"):
        force(confirmed_version, **columns)


@pytest.mark.parametrize("columns", [{"submitted_by_id": None}, {"reviewed_by_id": None}, {"reviewed_at": None}])
@pytest.mark.parametrize("status", [Status.REVIEWED, Status.CONFIRMED])
def test_the_database_keeps_the_people_of_a_review(without_triggers, table, people, status, columns):
    version = bring_to(status, table, people)
    with pytest.raises(IntegrityError, match="reviewed_has_its_people"):
        force(version, **columns)


def test_the_database_lets_no_draft_jump_to_the_end(draft_version):
    for status in (Status.REVIEWED, Status.CONFIRMED):
        with pytest.raises(IntegrityError), transaction.atomic():
            TableVersion.objects.filter(pk=draft_version.pk).update(status=status)


@pytest.mark.parametrize("status", [Status.DRAFT, Status.SUBMITTED, Status.REVIEWED])
def test_the_database_keeps_one_open_version_a_table(table, people, status):
    version = bring_to(status, table, people)
    with pytest.raises(IntegrityError), transaction.atomic():
        TableVersion.objects.create(table=table, number=version.number + 1, owner_name="总务处")


def test_the_database_keeps_version_numbers_unique(confirmed_version):
    with pytest.raises(IntegrityError), transaction.atomic():
        TableVersion.objects.create(table=confirmed_version.table, number=1, owner_name="总务处")


# ---- somebody was faster -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "first", "second"),
    [
        (Status.SUBMITTED, ("recall", "head"), ("approve", "reviewer")),
        (Status.SUBMITTED, ("return", "reviewer"), ("recall", "head")),
        (Status.SUBMITTED, ("approve", "reviewer"), ("approve", "second_reviewer")),
        (Status.SUBMITTED, ("approve", "reviewer"), ("recall", "head")),
        (Status.REVIEWED, ("confirm", "principal"), ("confirm", "office")),
        (Status.REVIEWED, ("confirm", "office"), ("return", "principal")),
        (Status.REVIEWED, ("return", "principal"), ("confirm", "office")),
        (Status.REVIEWED, ("return", "reviewer"), ("return", "principal")),
    ],
)
def test_the_slower_of_two_is_told_so(table, people, status, first, second):
    version = bring_to(status, table, people)
    if status == Status.SUBMITTED:
        assess_all(version, actor=people.reviewer)
    stale = stored(version)
    done = act(Action(first[0]), version, people, name=first[1])
    before = traces()
    with pytest.raises(WorkflowError, match="可能已由他人办理"):
        act(Action(second[0]), stale, people, name=second[1])
    assert (stored(version).status, traces()) == (done.status, before)


def test_who_returns_what_waits_for_review_undoes_no_approval_of_this_moment(submitted_version, people):
    """Both statuses can be returned, so the status that the person saw has to be the one that is stored."""
    assess_all(submitted_version, actor=people.reviewer)
    seen = stored(submitted_version)
    act(Action.APPROVE, submitted_version, people)
    with pytest.raises(WorkflowError, match="现在是“已审核”，可能已由他人办理"):
        act(Action.RETURN, seen, people, name="second_reviewer")
    assert stored(submitted_version).status == Status.REVIEWED


def test_a_right_that_ended_meanwhile_is_noticed(submitted_version, people):
    """Between opening the page and sending it the reviewer became one of the table's authors."""
    assess_all(submitted_version, actor=people.reviewer)
    stale = TableVersion.objects.prefetch_related("authors").get(pk=submitted_version.pk)
    submitted_version.authors.add(people.reviewer)
    with pytest.raises(PermissionDenied):
        act(Action.APPROVE, stale, people)
    assert stored(submitted_version).status == Status.SUBMITTED
    assert act(Action.APPROVE, stale, people, name="second_reviewer").status == Status.REVIEWED
