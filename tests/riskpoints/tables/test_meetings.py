"""The table of the 校领导班子 from draft to in force: each status with each act, the meeting, who is kept apart."""

import dataclasses
import datetime
from itertools import product

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from departments.enums import Role
from departments.models import Appointment, User
from riskcontrol.models import AuditEntry
from riskpoints.content import content
from riskpoints.enums import Action, ConfirmedBy, Status
from riskpoints.evidence.verification import verify_decided
from riskpoints.models import MeetingDecision, PostDecision, TableVersion
from riskpoints.permissions import can, who_confirms
from riskpoints.tables import meetings, papers, workflow
from riskpoints.tables.workflow import WorkflowError, note_signature, perform
from riskpoints.verbs import RegisterFact, RegisterVerb
from tests import scans
from tests.factories import assess_all, bring_to, own_signature, paper_signature, publish_for
from tests.leaders import CHIEF, SINCE, VICE, meeting_of, post_of
from tests.riskpoints.tables.test_workflow import ACTS, POSSIBLE

DOER = dict.fromkeys(("submit", "recall", "discard"), "office")
DOER |= {"return": "reviewer", "approve": "reviewer", "confirm": "second_office"}


@pytest.fixture
def reviewed(leaders_table, people):
    return bring_to(Status.REVIEWED, leaders_table, people)


def stored(version):
    return TableVersion.objects.select_related("table__cycle", "table__department").get(pk=version.pk)


def fresh(user):
    """Return the account as the next request sees it: its roles and posts are read once per object."""
    return User.objects.get(pk=user.pk)


def act(action, version, people, **values):
    values = {"comment": "请补充"} | ({"signature": meeting_of(version)} if action == Action.CONFIRM else {}) | values
    return perform(action, version, actor=getattr(people, DOER[action]), **values)


@pytest.mark.parametrize(("status", "action"), list(product(Status, ACTS)))
def test_each_status_with_each_act(leaders_table, people, status, action):
    bring_to(Status.CONFIRMED, leaders_table, people)
    version = bring_to(status, leaders_table, people)
    if status == Status.SUBMITTED:
        assess_all(version, actor=people.reviewer)
    target = POSSIBLE.get((status, action))
    if target is None:
        with pytest.raises(WorkflowError):
            act(action, version, people)
        assert stored(version).status == status
    else:
        assert act(action, version, people).status == target


def test_a_meeting_puts_it_in_force(reviewed, people):
    _, before = content.sealed(content.load(reviewed))
    done = perform(Action.CONFIRM, reviewed, actor=people.second_office, signature=meeting_of(reviewed))
    assert (done.status, done.is_in_force, done.confirmed_how) == (Status.CONFIRMED, True, ConfirmedBy.MEETING)
    assert (done.signer_name, done.minutes_number) == ("领导小组会议", "〔2026〕6号")
    assert done.signed_on == timezone.localdate()
    assert done.decided_by_words == "领导小组会议（会议纪要 〔2026〕6号）"
    assert content.sealed(content.load(done))[1] == before  # nothing of the meeting enters what is decided
    row = meetings.last_of(done)
    assert row.names == ["校长", "分管副校长", "副组长", "成员甲"]
    assert row.attendees[0] == ["校长", people.principal.staff_number]
    posts = [(post.post_name, post.holders, post.withdrew, post.presided_by, post.level) for post in row.posts.all()]
    assert posts == [(CHIEF, ["校长"], ["校长"], "副组长", 2), (VICE, ["分管副校长"], ["分管副校长"], "校长", 2)]
    entry = AuditEntry.objects.of(RegisterVerb.RECORD_MEETING).get()
    assert entry.said(RegisterFact.MEETING_HASH) == row.digest()
    assert list(verify_decided()) == []


def test_nobody_signs_it(reviewed, people):
    with pytest.raises(PermissionDenied):
        perform(Action.CONFIRM, reviewed, actor=people.principal, signature=own_signature())
    for signature in (None, paper_signature(), own_signature()):
        with pytest.raises(WorkflowError, match="由会议逐岗位决定"):
            perform(Action.CONFIRM, reviewed, actor=people.second_office, signature=signature)
    with pytest.raises(WorkflowError, match="由会议逐岗位决定"):
        note_signature(reviewed, paper_signature(), actor=people.second_office)
    assert (stored(reviewed).status, MeetingDecision.objects.count()) == (Status.REVIEWED, 0)


def test_no_meeting_decides_about_another_table(leaders_table, table, people):
    other = bring_to(Status.REVIEWED, table, people)
    meeting = meeting_of(bring_to(Status.REVIEWED, leaders_table, people))
    with pytest.raises(WorkflowError, match="只有校领导班子的表由会议决定"):
        perform(Action.CONFIRM, other, actor=people.office, signature=meeting)


def test_without_a_scan_it_waits(reviewed, people):
    meeting = dataclasses.replace(meeting_of(reviewed), scan=b"", scan_suffix="")
    with pytest.raises(WorkflowError, match="扫描件"):
        perform(Action.CONFIRM, reviewed, actor=people.second_office, signature=meeting)
    noted = note_signature(reviewed, meeting, actor=people.second_office)
    assert (noted.status, noted.awaits_scan, noted.status_words) == (Status.REVIEWED, True, "已审核，待补扫描件")
    first = meetings.last_of(noted)
    done = perform(Action.CONFIRM, noted, actor=people.second_office, signature=meeting_of(noted, seen=first.pk))
    assert (done.status, meetings.last_of(done)) == (Status.CONFIRMED, first)  # said again unchanged: written once
    assert MeetingDecision.objects.count() == 1


def test_a_noted_meeting_can_be_mended_until_the_scan_comes(reviewed, people):
    noted = note_signature(reviewed, meeting_of(reviewed), actor=people.second_office)
    mended = meeting_of(noted, minutes_number="〔2026〕7号")
    done = perform(Action.CONFIRM, noted, actor=people.second_office, signature=mended)
    assert (done.minutes_number, meetings.last_of(done).minutes_number) == ("〔2026〕7号", "〔2026〕7号")
    assert (MeetingDecision.objects.count(), list(verify_decided())) == (2, [])


def test_a_return_takes_a_noted_meeting_back(reviewed, people):
    noted = note_signature(reviewed, meeting_of(reviewed), actor=people.second_office)
    back = perform(Action.RETURN, noted, actor=people.reviewer, comment="会议要求补充")
    assert (back.confirmed_how, back.minutes_number, back.signed_on, meetings.last_of(back)) == ("", "", None, None)


def test_two_who_record_at_once_see_one_another(reviewed, people):
    third = User.objects.create_user("1099", "办公室第三人")
    third.grants.create(role=Role.OFFICE)
    opened = meeting_of(reviewed, seen=0)
    note_signature(reviewed, meeting_of(reviewed, seen=0), actor=people.second_office)
    with pytest.raises(WorkflowError, match="另一位同事登记过会议决定"):
        perform(Action.CONFIRM, reviewed, actor=third, signature=opened)
    last = meetings.last_of(stored(reviewed))
    perform(Action.CONFIRM, reviewed, actor=third, signature=meeting_of(reviewed, seen=last.pk))
    with pytest.raises(WorkflowError, match="请刷新页面"):
        perform(Action.CONFIRM, reviewed, actor=people.second_office, signature=opened)
    assert MeetingDecision.objects.count() == 1


def test_it_is_published_before_the_meeting_decides(leaders_table, people):
    publish_for(5)
    version = bring_to(Status.REVIEWED, leaders_table, people)
    with pytest.raises(WorkflowError, match="期满后才能确定"):
        perform(Action.CONFIRM, version, actor=people.second_office, signature=meeting_of(version))


# ---- who is kept apart ---------------------------------------------------------------------------------------------


def test_who_holds_one_of_the_posts_neither_reviews_nor_records(leaders_table, people):
    submitted = bring_to(Status.SUBMITTED, leaders_table, people)
    people.leader.grants.create(role=Role.REVIEWER)
    leader = fresh(people.leader)
    assert not can(leader, Action.ASSESS, submitted)
    with pytest.raises(PermissionDenied):
        perform(Action.APPROVE, submitted, actor=leader)
    assert can(people.reviewer, Action.ASSESS, submitted)


def test_the_office_that_holds_a_post_does_not_record(reviewed, people):
    assert who_confirms(reviewed) == [people.second_office]
    post = post_of(reviewed, VICE)
    Appointment.objects.create(post=post, holder_name=people.second_office.real_name, since=timezone.localdate())
    assert who_confirms(reviewed) == []  # entered by name only is enough to be kept apart
    with pytest.raises(PermissionDenied):
        perform(Action.CONFIRM, reviewed, actor=fresh(people.second_office), signature=meeting_of(reviewed))


def test_who_held_a_post_on_the_day_of_the_meeting_does_not_record(reviewed, people):
    """Over today, but on the day of the meeting it was his."""
    today = timezone.localdate()
    yesterday = today - datetime.timedelta(days=1)
    TableVersion.objects.filter(pk=reviewed.pk).update(reviewed_at=timezone.now() - datetime.timedelta(days=2))
    who = people.second_office
    Appointment.objects.create(
        post=post_of(reviewed, VICE), holder_name=who.real_name, user=who, since=SINCE, until=yesterday
    )
    vice = {"withdrew": ("分管副校长", who.real_name)}
    meeting = meeting_of(reviewed, held_on=yesterday, **{VICE: vice})
    with pytest.raises(PermissionDenied, match=f"会议当日任{VICE}"):
        perform(Action.CONFIRM, stored(reviewed), actor=fresh(who), signature=meeting)


def test_whoever_handed_it_in_does_not_record_it(reviewed, people):
    assert not can(people.office, Action.CONFIRM, reviewed)
    with pytest.raises(PermissionDenied):
        perform(Action.CONFIRM, reviewed, actor=people.office, signature=meeting_of(reviewed))


# ---- what the database refuses -------------------------------------------------------------------------------------


def put_in_force(version, **values):
    """Put a version in force past the services."""
    facts = {
        "status": "confirmed",
        "confirmed_how": "meeting",
        "signer_name": "领导小组会议",
        "signed_on": timezone.localdate(),
        "minutes_number": "〔2026〕6号",
        "confirmed_at": timezone.now(),
        "confirmation_rule": 2,
    } | values
    with transaction.atomic():
        TableVersion.objects.filter(pk=version.pk).update(**facts)


def test_the_database_wants_the_meeting_with_each_post(reviewed, people):
    """Which of several triggers speaks first is the database's own choice."""
    by = {"confirmed_by": people.second_office}
    with pytest.raises(IntegrityError):
        put_in_force(reviewed, **by)
    note_signature(reviewed, dataclasses.replace(meeting_of(reviewed), scan=b""), actor=people.second_office)
    with pytest.raises(IntegrityError, match="没有签字扫描件"):
        put_in_force(reviewed, **by)
    papers.keep_scan(reviewed, scans.PDF, "pdf", actor=people.second_office)
    with pytest.raises(IntegrityError, match="由会议逐岗位决定"):
        put_in_force(reviewed, **by, confirmed_how="paper", minutes_number="")
    with pytest.raises(IntegrityError, match="没有登记逐岗位的会议决定"):
        put_in_force(reviewed, **by, minutes_number="〔2026〕9号")
    with pytest.raises(IntegrityError, match=r"校领导班子岗位|核定过这张表"):
        put_in_force(reviewed, confirmed_by=people.principal)
    put_in_force(reviewed, **by)


def test_the_database_lets_no_leader_review(leaders_table, people):
    version = bring_to(Status.SUBMITTED, leaders_table, people)
    with pytest.raises(IntegrityError), transaction.atomic():
        TableVersion.objects.filter(pk=version.pk).update(reviewed_by=people.leader)


@pytest.mark.usefixtures("without_triggers")
def test_a_meeting_has_its_minutes_and_nothing_else_has(reviewed):
    for values in ({"confirmed_how": "meeting", "minutes_number": ""}, {"minutes_number": "6"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            TableVersion.objects.filter(pk=reviewed.pk).update(**values)


def test_what_was_recorded_is_frozen(leaders_table, people):
    version = bring_to(Status.CONFIRMED, leaders_table, people)
    meeting = meetings.last_of(version)
    post = meeting.posts.first()
    for row in (meeting, post):
        with pytest.raises(TypeError):
            row.save()
        with pytest.raises(TypeError):
            row.delete()
        with pytest.raises(TypeError):
            type(row).objects.all().update(id=1)
        table = row._meta.db_table
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f'UPDATE "{table}" SET id = id')  # noqa: S608
    again = {"post": post_of(version, VICE), "post_name": VICE, "order": 9, "presided_by": "校长"}
    with pytest.raises(IntegrityError), transaction.atomic():
        PostDecision.objects.create(meeting=meeting, **again)
    facts = {name: getattr(meeting, name) for name in ("name", "held_on", "minutes_number", "attendees")}
    who = {"recorded_by": people.office, "recorded_by_name": "甲", "recorded_at": timezone.now()}
    with pytest.raises(IntegrityError, match="不能再登记会议决定"), transaction.atomic():
        MeetingDecision.objects.create(version=version, **facts, **who)


@pytest.mark.usefixtures("without_triggers")
def test_verification_finds_what_was_changed_past_the_program(leaders_table, people):
    version = bring_to(Status.CONFIRMED, leaders_table, people)
    assert list(verify_decided()) == []
    table = PostDecision._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f'UPDATE "{table}" SET presided_by = %s WHERE post_name = %s', ["校长", CHIEF])  # noqa: S608
    found = {(fault.about, fault.reason) for fault in verify_decided()}
    assert (f"{version} {CHIEF}", "任职人没有回避，或回避的人主持了决定") in found
    assert any(reason == "与审计记录登记的会议决定不一致" for _, reason in found)


def test_available_acts_follow(reviewed, people):
    shown = {name: workflow.available_actions(reviewed, getattr(people, name)) for name in vars(people)}
    assert {name for name, acts in shown.items() if Action.CONFIRM in acts} == {"second_office"}
    assert {name for name, acts in shown.items() if Action.RETURN in acts} == {
        "reviewer",
        "second_reviewer",
        "discipline_head",
    }
