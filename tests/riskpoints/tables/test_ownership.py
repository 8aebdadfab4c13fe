"""In the table of the 校领导班子 each leader writes the own post's rows, and nobody another's (R53)."""

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from departments.enums import Role
from departments.models import Appointment, User
from riskpoints.enums import Action, Category, Status
from riskpoints.importing.content import FileContent, FileMeasure, FilePoint
from riskpoints.importing.saving import ImportRefusedError, save
from riskpoints.models import RiskPoint
from riskpoints.permissions import can, visible_versions, writes
from riskpoints.tables import editing, moving, starting
from riskpoints.tables.drafts import NotOwnError
from tests.factories import bring_to, make_measure, make_point, make_user
from tests.leaders import CHIEF, VICE, fill_leaders, post_of


@pytest.fixture
def draft(leaders_table, people):
    return fill_leaders(starting.start_table(leaders_table, actor=people.office))


def points_of(draft, name):
    return list(draft.points.filter(post=post_of(draft, name)).order_by("order"))


def test_a_leader_writes_the_own_post(draft, people):
    point = make_point(draft, actor=people.principal, post=post_of(draft, CHIEF), text="本岗位的风险")
    measure = make_measure(draft, point, actor=people.principal)
    editing.save_measure(draft, {"text": "改过"}, points=[point], measure=measure, actor=people.principal)
    editing.remove_row(measure, actor=people.principal)
    assert editing.remove_row(point, actor=people.principal)
    assert {people.principal, people.leader} <= set(draft.authors.all())


def test_nobody_writes_another_leaders_post(draft, people):
    others, own = points_of(draft, VICE)[0], points_of(draft, CHIEF)[0]
    refused = {
        "change": lambda who: editing.save_point(draft, {"text": "改"}, point=others, actor=who),
        "add": lambda who: make_point(draft, actor=who, post=others.post),
        "remove": lambda who: editing.remove_row(others, actor=who),
        "measure": lambda who: make_measure(draft, others, actor=who),
        "measure changed": lambda who: editing.save_measure(
            draft, {"text": "改"}, points=[own], measure=others.measures.get(), actor=who
        ),
        "swap": lambda who: moving.place_row(own, others, actor=who),
        "exempt": lambda who: editing.exempt_post(draft, others.post, "没有", actor=who),
        "exemption": lambda who: editing.withdraw_exemption(draft, others.post, actor=who),
    }
    RiskPoint.objects.filter(pk=own.pk).update(category=others.category)
    own.refresh_from_db()
    for who in (people.principal, people.office):
        for name, write in refused.items():
            if name == "exempt":
                continue  # it has points, which is said first
            with pytest.raises(NotOwnError, match="任职人本人填写"):
                write(who)


def test_a_point_is_not_moved_to_or_from_another_post(draft, people):
    own, others = points_of(draft, CHIEF)[0], points_of(draft, VICE)[0]
    for point, post in ((own, others.post), (others, own.post)):
        with pytest.raises(NotOwnError):
            editing.save_point(draft, {"post": post}, point=point, actor=people.principal)


def test_what_belongs_to_no_post_is_the_offices(draft, people):
    acts = {
        "head": lambda who: editing.save_head(draft, {"duties": "新的职责"}, actor=who),
        "point": lambda who: make_point(draft, actor=who, text="班子共同的风险"),
        "measure": lambda who: make_measure(draft, actor=who),
    }
    for act in acts.values():
        with pytest.raises(NotOwnError, match="由领导小组办公室填写"):
            act(people.principal)
        act(people.office)
    with pytest.raises(NotOwnError):
        editing.declare_nil(draft, Category.ENVIRONMENT, actor=people.leader)


def test_a_vacant_post_is_the_offices(draft, people):
    post = post_of(draft, VICE)
    Appointment.objects.filter(post=post).update(until=timezone.localdate() - timezone.timedelta(days=1))
    assert make_point(draft, actor=people.office, post=post, text="空缺岗位的风险").post == post
    with pytest.raises(PermissionDenied):  # whose post it was yesterday fills in nothing any more
        make_point(draft, actor=User.objects.get(pk=people.leader.pk), post=post)


def test_others_write_nothing(draft, people, leaders_department):
    head = make_user("1098", "校办负责人", Role.HEAD, department=leaders_department)
    for who in (head, people.reviewer, people.head, people.deputy):
        assert not can(who, Action.EDIT, draft)
    assert draft not in visible_versions(head)
    assert {people.principal, people.leader, people.office} == {
        who for who in vars(people).values() if draft in visible_versions(who) and who != people.second_office
    }


def test_other_tables_are_written_whole(table, people):
    version = bring_to(Status.DRAFT, table, people)
    may = writes(people.clerk, version.table)
    assert may(None)
    assert may(version.points.first().post_id)
    assert not writes(people.office, version.table)(None)


def test_a_file_brings_nothing_to_another_leaders_post(draft, people):
    rows = [
        FilePoint(2, "岗位职责风险", "文件里的风险点", post=CHIEF),
        FilePoint(3, "岗位职责风险", "替别人写的风险点", post=VICE),
        FilePoint(4, "岗位职责风险", "不属于岗位的风险点"),
    ]
    measures = [FileMeasure(5, "岗位职责风险", "替别人写的措施", points=(1,))]
    file = FileContent(points=rows, measures=measures)

    def bring(content):
        return save(draft, content, file_name="表.xlsx", sha256="0" * 64, actor=people.principal)

    with pytest.raises(ImportRefusedError) as refused:
        bring(file)
    said = {line.text: line.wrong for line in refused.value.plan.wrong}
    assert set(said) == {"替别人写的风险点", "不属于岗位的风险点", "替别人写的措施"}
    assert "任职人本人填写" in said["替别人写的风险点"][0]
    own = [FilePoint(2, "岗位职责风险", "文件里的风险点", post=CHIEF)]
    assert bring(FileContent(points=own)).counts == {"风险点": 1}
