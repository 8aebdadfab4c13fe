"""The sample school as it stands in the database: real decisions by the right people, and work for everybody."""

import datetime

import pytest
from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from departments.enums import GroupPosition
from departments.models import Appointment, Department, LeadershipGroup, Post, User
from riskcontrol import audit
from riskcontrol.models import AuditEntry
from riskpoints import wings
from riskpoints.campaign.deliveries import queries as deliveries
from riskpoints.campaign.enums import Purpose
from riskpoints.campaign.models import Reminder
from riskpoints.content import completeness, content
from riskpoints.desk import dues, tasks
from riskpoints.documents.build_lists import group_list
from riskpoints.enums import Action, Category, ConfirmedBy, Status
from riskpoints.models import ControlTable, Decision, Measure, Remark, RiskPoint, TableVersion
from riskpoints.oversight.enums import AssessmentState
from riskpoints.oversight.models import Assessment, Veto
from riskpoints.participation.models import Feedback, Proposal
from riskpoints.permissions import can
from riskpoints.references.regulations.enums import State
from riskpoints.references.regulations.models import ExecutionCheck, PlanDecision, Regulation
from riskpoints.rules import queries as rules
from riskpoints.rules.enums import Grade, Key
from riskpoints.sample import data, loader
from riskpoints.tables import starting
from riskpoints.tables.workflow import available_actions
from riskpoints.verbs import RegisterVerb

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def sample(django_db_setup, django_db_blocker):
    """Load once for this module, and take it back after the last test."""
    with django_db_blocker.unblock(), transaction.atomic():
        with override_settings(DEMO=True):
            assert loader.load()
        yield
        transaction.set_rollback(True)


def this_year():
    return ControlTable.objects.filter(cycle__year=timezone.localdate().year)


def version_of(department, number=1):
    return TableVersion.objects.select_related("table__cycle", "table__department").get(
        table__in=this_year(), table__department__name=department, number=number
    )


def person(name):
    return User.objects.get(real_name=name)


# ---- size and states -----------------------------------------------------------------------------------------------


def test_a_whole_school_is_there():
    assert Department.objects.active_on().count() == 15  # the 校领导班子 is one of them
    assert Post.objects.active_on().count() >= 48
    assert Appointment.objects.filter(until__isnull=True).count() >= 48
    points = RiskPoint.objects.filter(version__number=1, version__table__in=this_year().exclude(department=None))
    assert points.count() >= 160
    assert Appointment.objects.filter(user__isnull=False).count() >= 14


def test_all_states_are_there():
    tables = this_year().exclude(department=None)
    assert tables.filter(in_force__isnull=False).count() == 5
    assert tables.filter(versions__isnull=True).count() == 1
    latest = {table.department.name: table.versions.first().status for table in tables.filter(versions__isnull=False)}
    assert latest == {
        "校领导班子": Status.CONFIRMED,
        "学校办公室": Status.CONFIRMED,
        "财务处": Status.CONFIRMED,
        "教务处": Status.DRAFT,
        "总务处": Status.DRAFT,
        "学生处": Status.REVIEWED,
        "工会": Status.REVIEWED,
        "招生就业处": Status.SUBMITTED,
        "实训处": Status.SUBMITTED,
        "信息中心": Status.SUBMITTED,
        "纪委办公室": Status.SUBMITTED,
        "人事处": Status.DRAFT,
        "培训科": Status.DRAFT,
        "团委": Status.DRAFT,
    }


def test_only_the_unfinished_drafts_are_incomplete():
    versions = TableVersion.objects.select_related("table__cycle", "table__department")
    incomplete = [v.owner_name for v in versions if not completeness.check(content.load(v)).is_complete]
    assert sorted(incomplete) == ["团委", "培训科", "总务处"]  # 总务处 has to judge a point that was proposed


def test_a_meeting_decided_about_the_leaders_own_posts():
    version = version_of("校领导班子")
    meeting = version.meetings.get()
    assert (version.confirmed_how, version.is_in_force) == (ConfirmedBy.MEETING, True)
    assert [post.presided_by for post in meeting.posts.all()][:2] == ["纪委书记", "校长"]
    writers = set(version.authors.values_list("real_name", flat=True))
    assert writers == {
        "校长",
        "纪委书记",
        "小组办公室干事甲",
        *(f"{part}副校长" for part in ("教学", "德育", "行政", "后勤")),
    }
    assert version.confirmed_by == person("小组办公室干事乙")
    above = [item for item in deliveries.pending(version.table.cycle) if item.version == version]
    assert [item.purpose for item in above] == [Purpose.ABOVE]  # the other two copies were sent


# ---- 2011 ----------------------------------------------------------------------------------------------------------


def test_2011_is_in_force_with_every_line_in_order():
    table = ControlTable.objects.get(cycle__year=2011)
    version = table.in_force
    assert table.is_school
    assert (version.status, version.is_historical) == (Status.CONFIRMED, True)
    assert version.signed_on == version.filled_on == datetime.date(2011, 11, 15)
    assert (version.owner_name, version.duties) == ("山东省烟台第一职业中专", "教育教学")
    lines = {
        row.label: ([p.text for p in row.points], [m.text for m in row.measures], row.is_nil)
        for row in content.load(version).rows
    }
    assert list(lines) == ["重大事项决策", "重要人事任免", "重大项目安排", "大额资金使用"]
    assert lines == {
        "重大事项决策": (
            ["教育教学管理", "招生", "财务收费", "党员干部管理", "职称管理"],
            ["严格按照制度和规定办理", "坚持公平公正公开原则", "坚持民主决策、群众监督原则"],
            False,
        ),
        "重要人事任免": (["中层干部任免"], ["坚决执行关于干部任免的各项制度和规定"], False),
        "重大项目安排": (
            ["基建工程（校舍维修）", "大宗物品采购", "房屋出租"],
            ["坚持公开招标和政府采购的原则", "坚持专家论证和集体研究决定的原则"],
            False,
        ),
        "大额资金使用": ([], [], True),
    }


def test_nobody_is_invented_for_2011():
    version = ControlTable.objects.get(cycle__year=2011).in_force
    assert (version.submitted_by, version.reviewed_by) == (None, person("纪委审核员甲"))
    assert version.signer_name == "单位主要负责人（原件未载明姓名）"
    assert [d.action for d in version.decisions.all()] == [Action.RECORD, Action.COMPARE]
    group = LeadershipGroup.on(datetime.date(2011, 11, 15))
    listed = data.year_2011()["leadership_group"]
    for position, names in [
        (GroupPosition.CHIEF, [listed["chief"]]),
        (GroupPosition.DEPUTY, listed["deputies"]),
        (GroupPosition.MEMBER, listed["members"]),
    ]:
        assert [m.person_name for m in group.members.filter(position=position)] == names
    assert group.members.count() == 25
    assert (group.office_director.person_name, group.office_director.position) == ("于梅", GroupPosition.MEMBER)
    assert group.office_sentence == listed["office_sentence"]
    assert not group.members.filter(user__isnull=False).exists()


# ---- rules ---------------------------------------------------------------------------------------------------------


def test_every_decision_has_its_own_people():
    decided = TableVersion.objects.filter(status__in=[Status.REVIEWED, Status.CONFIRMED], is_historical=False)
    assert decided.count() == 7
    for version in decided:
        wrote = {version.submitted_by, *version.authors.all()}
        assert version.reviewed_by not in wrote
        assert version.confirmed_by not in {*wrote, version.reviewed_by}
        assert can(version.reviewed_by, Action.ASSESS, version)
    ways = {version.confirmed_how for version in decided if version.status == Status.CONFIRMED}
    assert ways == set(ConfirmedBy.values)


def test_confirmed_levels_keep_the_floor_and_differ_only_with_a_reason():
    points = RiskPoint.objects.filter(
        version__status__in=[Status.REVIEWED, Status.CONFIRMED], version__is_historical=False
    )
    changed = [point for point in points if point.confirmed_level != point.proposed_level]
    assert points.filter(confirmed_level=None).count() == 0
    assert [point for point in points if point.ruling.is_forbidden(point.confirmed_level)] == []
    assert len(changed) == 4
    assert all(point.confirmed_reason for point in changed)


def test_returned_tables_show_the_remarks_at_their_points():
    for department, number in (("人事处", 3), ("招生就业处", 2)):
        version = version_of(department)
        remarks = Remark.objects.filter(version=version)
        assert remarks.filter(sent_at__isnull=False).count() == remarks.count() == number
        identities = set(version.points.values_list("identity", flat=True))
        assert set(remarks.values_list("point_identity", flat=True)) <= identities
    resubmitted = version_of("招生就业处")
    assert [d.action for d in resubmitted.decisions.all()] == [Action.SUBMIT, Action.RETURN, Action.SUBMIT]
    before, _, after = [d.snapshot for d in resubmitted.decisions.all()]
    assert "报名审核不严" in before
    assert "报名审核不严" not in after


@pytest.mark.parametrize("department", ["总务处", "教务处"])
def test_a_revision_differs_in_one_of_each_kind(department):
    base, draft = version_of(department), version_of(department, 2)
    assert draft.base == base
    assert base.is_in_force
    old = {p.identity: p for p in base.points.all()}
    new = {p.identity: p for p in draft.points.all()}
    proposed = set(Proposal.objects.filter(version=draft).values_list("point_identity", flat=True))
    assert len(new.keys() - old.keys() - proposed) == len(old.keys() - new.keys()) == 1
    kept = [(old[key], new[key]) for key in old.keys() & new.keys()]
    assert len([1 for was, now in kept if was.text != now.text]) == 1
    assert len([1 for was, now in kept if was.confirmed_level != now.proposed_level]) == 1


def test_the_school_table_grew_out_of_the_one_of_2011():
    draft = this_year().get(department=None).versions.get()
    old = ControlTable.objects.get(cycle__year=2011).in_force
    assert (draft.status, draft.base) == (Status.DRAFT, old)
    before = {point.identity: point.text for point in old.points.all()}
    carried = {point.identity: point.text for point in draft.points.all() if point.identity in before}
    assert sorted(before[key] for key in before.keys() - carried.keys()) == ["党员干部管理"]
    assert set(carried.values()).isdisjoint(before.values())
    assert not draft.nils.exists()


def test_the_audit_trail_is_whole_and_ends_with_the_load():
    assert list(audit.verify_chain()) == []
    last = AuditEntry.objects.order_by("-number").first()
    assert (last.action, last.actor_name) == (RegisterVerb.SAMPLE_LOAD, "系统管理员")
    for decision in Decision.objects.all():
        assert audit.sha256(decision.snapshot) == decision.content_hash
        assert AuditEntry.objects.filter(detail__content_hash=decision.content_hash).exists()


# ---- work for everybody --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "department", "expected"),
    [
        ("纪委审核员甲", "实训处", [Action.RETURN, Action.APPROVE]),
        ("纪委审核员乙", "招生就业处", [Action.RETURN, Action.APPROVE]),
        ("纪委审核员甲", "纪委办公室", []),
        ("教学副校长", "纪委办公室", [Action.RETURN, Action.APPROVE]),
        ("校长", "工会", [Action.RETURN, Action.CONFIRM]),
        ("小组办公室干事甲", "工会", [Action.CONFIRM]),
        ("人事处负责人", "人事处", [Action.SUBMIT]),
        ("信息中心负责人", "信息中心", [Action.RECALL]),
        ("总务处填报员", "实训处", []),
        ("系统管理员", "工会", []),
    ],
)
def test_each_role_finds_what_it_may_do(name, department, expected):
    assert available_actions(version_of(department), person(name)) == expected


def test_one_table_waits_for_the_signature_and_one_for_its_publication():
    assert rules.on()[Key.PUBLICATION_DAYS] == 5
    assert version_of("工会").publish_until is None
    assert version_of("学生处").publish_until == rules.working_days_after(timezone.localdate(), 5)


def test_the_public_said_something_of_the_table_under_publicity():
    found = Feedback.objects.filter(version=version_of("学生处")).order_by("pk")
    assert [(row.outcome, row.answer_is_public, bool(row.name)) for row in found] == [
        ("explained", True, True), ("outside", False, True), ("", False, False),
    ]  # fmt: skip


def test_the_head_of_the_table_not_begun_can_begin_it():
    table = this_year().get(department__name="质量督导室")
    draft = starting.start_table(table, actor=person("督导室负责人"))
    rows = content.load(draft).rows
    assert [row.value for row in rows] == Category.values
    assert not any(row.is_answered for row in rows)
    assert draft.duties == table.department.duties


def test_the_group_list_of_2011_is_headed_as_in_the_document():
    group = LeadershipGroup.on(datetime.date(2011, 11, 15))
    assert group_list(group).title_lines == ("烟台第一职业中专", "廉政风险防控管理工作领导小组成员名单")


def test_the_regulations_are_cited_repealed_planned_and_checked():
    rows = Regulation.objects.all()
    assert rows.count() == 25
    states = {state: rows.filter(state=state).count() for state in (State.REPEALED, State.REPLACED, State.REVISING)}
    assert set(states.values()) == {1}
    repealed = rows.get(state=State.REPEALED)
    assert {measure.version.table.owner_name for measure in repealed.measures.all()} == {"教务处"}
    assert any(task.verb == "修订，改引新制度" for task in wings.tasks(person("教务处负责人")))
    assert PlanDecision.objects.count() == 5
    assert ExecutionCheck.objects.values("checked_by_name").distinct().count() == 2
    named = Measure.objects.filter(basis__contains="《学校档案管理办法》")
    assert named.exists()
    assert not named.exclude(regulation_names=[]).exists()  # in the text alone


def test_what_waits_in_an_inbox_is_a_line_of_the_school():
    """For each person, of every wing and of the register: the board forgets nothing that an inbox knows."""
    lines, seen = dues.all_lines(), 0
    for user in User.objects.filter(is_active=True):
        mine = {(line.verb, line.address) for line in lines if line.waits_for(user)}
        others = {
            (task.verb, task.address) for task in wings.tasks(user) if task.verb != "催办建议答复"
        }  # of others' lines
        assert others - mine == set(), user
        tables = [task for task in tasks.open_now(tasks.tasks(user)) if task.verb not in ("登记签字", "签字确定")]
        signed = len(tasks.open_now(tasks.tasks(user))) - len(tables)
        own = [line.verb for line in lines if line.waits_for(user) and line.key.startswith(("table.fill", "version."))]
        own = [verb for verb in own if verb != "列入公示"]
        assert sorted(own) == sorted([task.verb for task in tables] + ["签字确定"] * signed), user
        seen += len(others) + len(tables)
    assert seen > 30
    assert all(line.people for line in lines if line.is_about_person)


def test_the_office_has_reminded():
    reminders = Reminder.objects.all()
    assert len({row.key for row in reminders}) == 3
    assert {row.group for row in reminders} == {"年度计划"}


def test_every_department_is_judged_as_far_as_its_state_and_one_is_kept_from_the_first_grade():
    rows = Assessment.objects.filter(cycle__year=timezone.localdate().year)
    assert rows.count() == 14
    assert set(rows.values_list("state", flat=True)) == set(AssessmentState)
    (vetoed,) = rows.filter(grade_by_score=Grade.EXCELLENT)
    assert (vetoed.department_name, vetoed.final_grade) == ("教务处", Grade.GOOD)
    assert Veto.objects.get().is_in_force
