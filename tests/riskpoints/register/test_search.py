"""Which points a person finds in the register, in which order; a draft of others is found by nobody."""

import pytest

from departments.models import Post
from riskcontrol.web.query import QueryReader
from riskpoints.enums import Action, Category, Status
from riskpoints.register import filters, lines, search
from riskpoints.tables import workflow
from tests.factories import bring_to, make_cycle, make_measure, make_point

SECRET = "不该让外人看到的风险点"


def found_lines(user, **query):
    """Return the lines that a person finds with a query."""
    chosen = filters.read(QueryReader(query), filters.options(user))
    return lines.lines_of(search.points(user, chosen), user)


@pytest.mark.parametrize("who", ["head", "clerk"])
def test_ones_own_draft_is_found_when_asked_for(secret_draft, people, found, who):
    user = getattr(people, who)
    assert SECRET in found(user, standing="draft")
    assert SECRET in found(user, standing="all")
    assert SECRET not in found(user)


def test_a_submitted_table_is_found_by_the_reviewer_only(secret_draft, people, found):
    make_measure(secret_draft, secret_draft.points.get(text=SECRET), actor=people.head)
    workflow.perform(Action.SUBMIT, secret_draft, actor=people.head)
    assert SECRET in found(people.reviewer, standing="submitted")
    assert SECRET in found(people.leader, standing="submitted")
    assert SECRET not in found(people.office, standing="all")
    assert SECRET not in found(people.principal, standing="all")
    assert SECRET not in found(people.other_head, standing="all")


def test_a_given_up_revision_is_never_found(table, people, head, found):
    version = bring_to(Status.DISCARDED, table, people)
    texts = found(head, standing="all")
    assert len(texts) == version.table.in_force.points.count() == 4


def test_an_earlier_version_is_found_as_history(table, people, found):
    bring_to(Status.CONFIRMED, table, people)
    bring_to(Status.CONFIRMED, table, people)
    assert len(found(people.office)) == 4
    assert len(found(people.office, standing="past")) == 4
    assert len(found(people.office, standing="all")) == 8


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"level": 1}, ["甲处的风险点1", "甲处的风险点4", "乙处的风险点1"]),
        ({"level": 3}, ["甲处的风险点3"]),
        ({"category": Category.PROCESS}, ["甲处的风险点2", "乙处的风险点2"]),
        ({"q": "甲处"}, ["甲处的风险点1", "甲处的风险点2", "甲处的风险点3", "甲处的风险点4"]),
        ({"q": "甲处 点2"}, ["甲处的风险点2"]),
        ({"q": "乙处干事", "level": 2}, ["乙处的风险点2"]),
        ({"q": "没有的词"}, []),
    ],
)
def test_filters_narrow_what_is_found(record_table, office, found, query, expected):
    record_table("甲处", 4)
    record_table("乙处", 2)
    assert found(office, **query) == expected


def test_department_and_post_narrow_what_is_found(record_table, office, found):
    first = record_table("甲处", 2)
    record_table("乙处", 2)
    assert found(office, owner=first.department_id) == ["甲处的风险点1", "甲处的风险点2"]
    assert found(office, post=first.department.posts.get().pk) == ["甲处的风险点1", "甲处的风险点2"]


def test_points_of_a_department_that_lie_on_no_post_are_a_level_of_their_own(
    table, school_table, people, head, found, purchasing_post
):
    """R06: 单位、处室、岗位三个层次; the school's own points are found by their owner."""
    bring_to(Status.CONFIRMED, school_table, people)
    draft = bring_to(Status.DRAFT, table, people)
    make_point(draft, actor=head, text="全处的风险点", post=None)
    texts = found(head, standing="draft", post=0)
    assert "全处的风险点" in texts
    assert not set(texts) & set(found(head, standing="draft", post=purchasing_post.pk))
    assert found(people.office, post=0) == []


def test_the_school_is_an_owner_of_its_own(school_table, people, confirmed_version, found):
    bring_to(Status.CONFIRMED, school_table, people)
    texts = found(people.office, owner=0)
    assert len(texts) == 6
    assert all(text.startswith(("重大", "重要")) for text in texts)


def test_key_areas_can_be_picked_out(table, people, head, found):
    version = bring_to(Status.DRAFT, table, people)
    make_point(version, actor=head, text="重点的", is_key_area=True)
    assert found(head, standing="draft", key="1") == ["重点的"]


def test_a_measure_is_searched_too(draft_version, head, found):
    point = make_point(draft_version, actor=head, text="有措施的")
    make_measure(draft_version, point, actor=head, text="每周盘点库存")
    assert found(head, standing="draft", q="盘点库存") == ["有措施的"]
    make_measure(draft_version, actor=head, category=Category.INSTITUTION, text="整类轮岗")
    assert found(head, standing="draft", q="整类轮岗") == ["制度机制风险的风险点3"]


def test_what_looks_the_same_is_found(draft_version, head, found):
    point = make_point(draft_version, actor=head, text="ＯＡ⽤户权限", responsible="甲•乙")
    make_measure(draft_version, point, actor=head, text="王 某每 3 天核对")
    for wanted in ("oa用户", "甲·乙", "王某", "３天"):
        assert found(head, standing="draft", q=wanted) == ["ＯＡ⽤户权限"], wanted


def test_a_year_is_chosen_or_all_of_them(cycle, record_table, office, found):
    record_table("今年处", 1)
    record_table("去年处", 1, in_cycle=make_cycle(cycle.year - 1))
    assert found(office) == ["今年处的风险点1", "去年处的风险点1"]
    assert found(office, year=cycle.year) == ["今年处的风险点1"]
    assert found(office, year=cycle.year - 1) == ["去年处的风险点1"]
    assert found(office, year="all") == ["今年处的风险点1", "去年处的风险点1"]


@pytest.mark.parametrize(
    ("sort", "ascending", "descending"),
    [
        ("owner", ["甲1", "甲2", "甲3", "甲4", "乙1", "乙2"], ["乙1", "乙2", "甲1", "甲2", "甲3", "甲4"]),
        ("level", ["甲1", "甲4", "乙1", "甲2", "乙2", "甲3"], ["甲3", "甲2", "乙2", "甲1", "甲4", "乙1"]),
        ("category", ["甲1", "乙1", "甲2", "乙2", "甲3", "甲4"], ["甲4", "甲3", "甲2", "乙2", "甲1", "乙1"]),
    ],
)
def test_columns_sort_both_ways(record_table, office, found, sort, ascending, descending):
    record_table("甲处", 4)
    record_table("乙处", 2)

    def names(direction):
        return [f"{text[0]}{text[-1]}" for text in found(office, sort=sort, dir=direction)]

    assert names("asc") == ascending
    assert names("desc") == descending


def test_points_without_a_level_are_asked_for_as_such(draft_version, head):
    make_point(draft_version, actor=head, text="未定级的", likelihood=None, proposed_level=None)
    assert [line.point.text for line in found_lines(head, standing="draft", level="0")] == ["未定级的"]


def test_points_without_a_level_come_last_in_the_order_of_levels(draft_version, head):
    make_point(draft_version, actor=head, text="未定级的", likelihood=None, proposed_level=None)
    levels = [line.point.proposed_level for line in found_lines(head, standing="draft", sort="level")]
    assert levels == [1, 1, 3, 3, None]


@pytest.mark.parametrize("field", ["post", "responsible"])
def test_names_are_sorted_by_pinyin_on_both_databases(draft_version, department, head, found, field):
    """By their code points 主任 stood before 出纳, and 会计 before both; PostgreSQL had an order of its own."""
    for name in ("主任", "会计", "出纳", "单一"):
        values = {"post": Post.objects.create(department=department, name=name)} if field == "post" else {}
        make_point(draft_version, actor=head, text=name, responsible=name, **values)
    names = [text for text in found(head, standing="draft", sort=field) if text in ("主任", "会计", "出纳", "单一")]
    # 单 is read as a surname where a person is named.
    ordered = ["出纳", "单一", "会计", "主任"] if field == "post" else ["出纳", "会计", "单一", "主任"]
    assert names == ordered
    turned = [text for text in found(head, standing="draft", sort=field, dir="desc") if text in names]
    assert turned == ordered[::-1]
