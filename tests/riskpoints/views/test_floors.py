"""现行表低于等级下限: what was decided stays, and is listed for revision to committee, office and the head."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from departments import services as organisation
from departments.document_functions import ensure_document_functions
from departments.models import Post, PostFunction
from riskpoints.desk import floors
from riskpoints.desk import tasks as queries
from riskpoints.enums import Status
from riskpoints.models import ControlTable
from riskpoints.tables import starting
from riskpoints.years import closing
from tests.factories import bring_to, make_cycle
from tests.pages import text_of

PROGRESS = reverse("riskpoints:progress")


def said(found):
    return [(str(table.department), [str(post) for post in table.posts]) for table in found]


@pytest.fixture
def raised(confirmed_version, plain_post, functions, admin):
    """Return the table in force of 总务处, one of whose posts was given 财务 afterwards."""
    organisation.save_post(plain_post, functions=[functions["财务"]], actor=admin)
    return confirmed_version


def test_a_table_in_force_at_its_floors_is_not_listed(confirmed_version):
    assert floors.tables_below() == []


def test_a_function_given_later_lists_the_table_and_changes_nothing_in_it(raised, plain_post):
    assert said(floors.tables_below()) == [("总务处", ["绿化管理员：2 个风险点，最低为三级（低），下限一级（高）"])]
    assert {point.confirmed_level for point in raised.points.filter(post=plain_post)} == {3}


def test_a_typed_function_adopted_at_the_upgrade_lists_the_tables_in_force(table, people, plain_post):
    """A real 财务处/会计 went through submission, review and print at 三级（低）."""
    PostFunction.objects.filter(document_key="finance").delete()
    typed = PostFunction.objects.create(name="财务", floor=3, basis="校内规定")
    plain_post.functions.add(typed)
    version = bring_to(Status.CONFIRMED, table, people)
    assert floors.tables_below() == []
    ensure_document_functions()
    assert said(floors.tables_below()) == [("总务处", ["绿化管理员：2 个风险点，最低为三级（低），下限一级（高）"])]
    assert {point.confirmed_level for point in version.points.filter(post=plain_post)} == {3}


def test_the_head_finds_the_revision_in_the_inbox_until_it_is_begun(raised, people, school, enter):
    title = "总务处现行表有 2 个风险点低于岗位职能的等级下限"
    tasks = queries.other_tasks(people.head)
    assert [(task.verb, task.title, task.note) for task in tasks] == [
        ("修订", title, "绿化管理员：2 个风险点，最低为三级（低），下限一级（高）")
    ]
    assert tasks[0].since.date() == timezone.now().date()
    assert title in text_of(enter(people.head).get(reverse("riskpoints:inbox")))
    assert [queries.other_tasks(user) for user in (people.clerk, people.other_head, people.reviewer)] == [[], [], []]
    starting.open_revision(raised, reason="岗位职能有变动", actor=people.head)
    assert queries.other_tasks(people.head) == []
    assert [table.is_being_revised for table in floors.tables_below()] == [True]


def test_a_revision_takes_the_floor_and_leaves_the_list(raised, people):
    revision = bring_to(Status.CONFIRMED, raised.table, people)
    assert {point.proposed_level for point in revision.points.filter(post__name="绿化管理员")} == {1}
    assert floors.tables_below() == []


def test_a_post_that_is_closed_has_no_floor_to_be_below(raised, plain_post):
    Post.objects.filter(pk=plain_post.pk).update(active_to=timezone.localdate() - datetime.timedelta(days=1))
    assert floors.tables_below() == []


def test_a_retired_function_still_holds(raised, functions):
    PostFunction.objects.filter(pk=functions["财务"].pk).update(is_retired=True)
    assert len(floors.tables_below()) == 1


def test_a_newer_table_in_force_takes_the_place_of_the_older(raised, people, time_machine):
    newer = make_cycle(raised.table.cycle.year + 1)
    table = ControlTable.objects.create(cycle=newer, scope="department", department=raised.table.department)
    bring_to(Status.CONFIRMED, table, people)
    assert [found.version for found in floors.tables_below()] == [raised]  # it is still in force today
    time_machine.move_to(datetime.datetime(newer.year, 1, 3, tzinfo=datetime.UTC))
    assert floors.tables_below() == []


def test_a_closed_year_asks_nobody_to_revise(raised, people):
    closing.close_year(raised.table.cycle, actor=people.office)
    assert [table.waits for table in floors.tables_below()] == [False]
    assert queries.other_tasks(people.head) == []


def test_committee_office_and_leaders_find_the_list_in_the_progress(raised, people, school, enter):
    for person in (people.reviewer, people.office, people.principal, people.leader):
        page = text_of(enter(person).get(PROGRESS))
        assert "现行表低于等级下限，需要修订" in page
        assert "绿化管理员：2 个风险点，最低为三级（低），下限一级（高）" in page


# ---- a school in which no post has a function --------------------------------------------------------------------


WARNED = "全校 2 个岗位都没有勾选岗位职能"


@pytest.mark.parametrize("is_ticked", [True, False])
def test_review_and_progress_warn_where_no_post_of_the_school_has_a_function(
    submitted_version, people, school, purchasing_post, enter, is_ticked
):
    if not is_ticked:
        purchasing_post.functions.clear()
    review = enter(people.reviewer).get(reverse("riskpoints:version", args=[submitted_version.pk]))
    progress = enter(people.office).get(PROGRESS)
    assert [WARNED in text_of(page) for page in (review, progress)] == [not is_ticked] * 2
    leads = [reverse("departments:post_functions") in page.content.decode() for page in (review, progress)]
    assert leads == [not is_ticked, False]
    head = enter(people.head).get(reverse("riskpoints:version", args=[submitted_version.pk]))
    assert WARNED not in text_of(head)
