"""年度对照: what two years' tables in force have that differs, by department and category, for whom (issue 10)."""

import datetime
import io
from types import SimpleNamespace

import openpyxl
import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from departments.enums import Level
from riskcontrol.web.query import QueryReader
from riskpoints.documents.year_changes import COLUMNS, changes_document
from riskpoints.enums import Category, Likelihood, Scope, Status
from riskpoints.figures import year_changes
from riskpoints.models import ControlTable
from riskpoints.tables import editing, starting
from tests import once
from tests.factories import bring_to, make_cycle, make_measure, make_point
from tests.riskpoints.years.test_taking import put_in_force


@once.fixture
def before(table, people):
    """Return this year's table in force."""
    return bring_to(Status.CONFIRMED, table, people)


@once.fixture
def after(before, people):
    """Return next year's in force: a point reworded, one raised, one gone, one new, a measure of another changed."""
    cycle = make_cycle(before.table.cycle.year + 1)
    later = ControlTable.objects.create(cycle=cycle, scope=Scope.DEPARTMENT, department=before.table.department)
    draft = starting.start_table(later, actor=people.head)
    green = list(draft.points.filter(post__name="绿化管理员").order_by("order"))
    editing.save_point(draft, {"text": "改写后的风险点"}, point=green[0], actor=people.head)
    values = {"category": green[1].category, "post": green[1].post, "text": "新增的风险点"}
    make_measure(draft, make_point(draft, actor=people.head, **values), actor=people.head)
    editing.remove_row(green[1], actor=people.head)
    bought = list(draft.points.filter(post__name="采购员").order_by("order"))
    measure = bought[0].measures.first()
    values = {"text": "改写后的措施"}
    editing.save_measure(draft, values, points=[bought[0]], measure=measure, actor=people.head)
    make_measure(draft, actor=people.head, text="整类共用的新措施")
    return put_in_force(draft, people)


def found(user, before, after):
    return year_changes.year_changes(user, before.table.cycle.year, after.table.cycle.year)


def test_what_differs_is_told_by_kind(before, after, people):
    lines = found(people.office, before, after).lines
    told = {(line.kinds, line.before, line.after) for line in lines}
    was = {point.identity: point.text for point in before.points.all()}
    now = {point.identity: point.text for point in after.points.all()}
    [gone] = [text for key, text in was.items() if key not in now]
    [reworded] = [text for key, text in was.items() if key in now and now[key] == "改写后的风险点"]
    [kept] = after.points.filter(measures__text="改写后的措施").values_list("text", flat=True)
    assert told == {
        (("reworded",), reworded, "改写后的风险点"),
        (("gone",), gone, ""),
        (("new",), "", "新增的风险点"),
        (("measures",), kept, kept),
        (("measures",), "（整类共用的措施）", "（整类共用的措施）"),
    }
    [own] = [line for line in lines if line.before == line.after == kept]
    assert own.measures == "改写：改写后的措施"


@pytest.mark.parametrize(("first", "second", "kind"), [(3, 2, "raised"), (2, 3, "lowered")])
def test_a_level_that_rose_or_fell(before, people, first, second, kind):
    cycle = make_cycle(before.table.cycle.year + 1)
    table = ControlTable.objects.create(cycle=cycle, scope=Scope.DEPARTMENT, department=before.table.department)
    versions = []
    for target, level in ((before.table, first), (table, second)):
        target.refresh_from_db()
        draft = (
            starting.open_revision(target.in_force, reason="原因", actor=people.head)
            if target.in_force
            else starting.start_table(target, actor=people.head)
        )
        point = draft.points.filter(post__name="绿化管理员").order_by("order").first()
        scale = Likelihood.CONSIDERABLE if level == 2 else Likelihood.LOW
        values = {"likelihood": scale, "proposed_level": level}
        editing.save_point(draft, values, point=point, actor=people.head)
        versions.append(put_in_force(draft, people))
    [line] = found(people.office, *versions).lines
    assert line.kinds == (kind,)
    assert line.level == f"{Level(first).label} → {Level(second).label}"


def test_counts_by_department_and_category_lead_to_their_lines(before, after, people):
    changes = found(people.office, before, after)
    [owner] = changes.by_owner
    assert (owner.label, dict(owner.counts)) == (
        "总务处",
        {"new": 1, "gone": 1, "raised": 0, "lowered": 0, "reworded": 1, "measures": 2},
    )
    assert dict(changes.total.counts) == dict(owner.counts)
    for line in changes.by_category:
        for kind, count in line.counts:
            chosen = year_changes.ChosenYears(changes.old, changes.new, category=line.key, kind=kind)
            assert len(changes.narrowed(chosen)) == count
    assert sum(dict(line.counts)["measures"] for line in changes.by_category) == 2
    assert {line.key for line in changes.by_category} <= set(Category.values)


def test_everybody_sees_as_much_as_is_theirs(before, after, other_table, people):
    bring_to(Status.CONFIRMED, other_table, people)
    later = ControlTable.objects.create(
        cycle=after.table.cycle, scope=Scope.DEPARTMENT, department=other_table.department
    )
    draft = starting.start_table(later, actor=people.other_head)
    editing.save_point(draft, {"text": "教务处改写的"}, point=draft.points.first(), actor=people.other_head)
    later.refresh_from_db()
    in_force = bring_to_force(draft, people)
    assert in_force.is_in_force
    seen = {
        name: [owner for _, owner in found(getattr(people, name), before, after).owners]
        for name in ("office", "reviewer", "principal", "leader", "head", "other_head", "clerk", "outsider")
    }
    both = ["总务处", "教务处"]
    assert {name: sorted(owners) for name, owners in seen.items()} == {
        "office": sorted(both),
        "reviewer": sorted(both),
        "principal": sorted(both),
        "leader": ["总务处"],
        "head": ["总务处"],
        "other_head": ["教务处"],
        "clerk": [],
        "outsider": [],
    }


def bring_to_force(draft, people):
    return put_in_force(draft, SimpleNamespace(**(vars(people) | {"head": people.other_head})))


def test_who_has_nothing_in_force_yet_has_not_lost_everything(before, after, other_table, people):
    bring_to(Status.CONFIRMED, other_table, people)
    changes = found(people.office, before, after)
    assert (changes.pending, [name for _, name in changes.owners]) == (["教务处"], ["总务处"])


def test_what_a_closed_department_had_is_gone(before, after, other_table, people):
    version = bring_to(Status.CONFIRMED, other_table, people)
    other_table.department.active_to = timezone.localdate() - datetime.timedelta(days=1)
    other_table.department.save()
    changes = found(people.office, before, after)
    assert changes.pending == []
    gone = [line for line in changes.lines if line.department == "教务处"]
    assert {line.kinds for line in gone} == {("gone",)}
    assert len(gone) == version.points.count()


def test_drafts_are_no_matter(before, after, people):
    lines = found(people.office, before, after).lines
    draft = starting.open_revision(after, reason="原因", actor=people.head)
    editing.save_point(draft, {"text": "还没有审核"}, point=draft.points.first(), actor=people.head)
    assert found(people.office, before, after).lines == lines


def chosen(text, offered):
    query = QueryReader(QueryDict(text))
    return year_changes.read(query, offered), query.ignored


def test_by_default_the_year_in_force_today_is_compared_with_the_one_before(before, after, people):
    now = before.table.cycle.year  # next year's was signed early and is not in force yet
    offered = [now + 1, now, now - 3]
    assert chosen("", offered) == (year_changes.ChosenYears(now - 3, now), [])
    assert chosen(f"from={now}&to={now + 1}", offered) == (year_changes.ChosenYears(now, now + 1), [])
    assert chosen(f"from={now + 1}&to={now}", offered) == (year_changes.ChosenYears(now, now + 1), [])
    assert chosen(f"from={now}&to={now}", offered) == (year_changes.ChosenYears(now - 3, now), ["对照的年度"])
    assert chosen("from=1999&to=x", offered)[1] == ["对照的年度", "对照的年度"]
    assert chosen("", [now]) == (None, [])
    assert chosen("", [now + 1, now])[0] == year_changes.ChosenYears(now, now + 1)


def test_many_owners_cost_as_many_queries_as_one(before, after, other_table, school_table, people):
    with CaptureQueriesContext(connection) as few:
        found(people.office, before, after)
    for table in (other_table, school_table):
        bring_to(Status.CONFIRMED, table, people)
    with CaptureQueriesContext(connection) as many:
        found(people.office, before, after)
    assert len(many) == len(few)


def test_the_columns_are_the_same_everywhere(before, after, people):
    changes = found(people.office, before, after)
    book = openpyxl.load_workbook(
        io.BytesIO(changes_document(changes, changes.lines, "xlsx", scope="")), data_only=True
    )
    rows = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]
    heading = next(place for place, row in enumerate(rows) if row[0] == "序号")
    assert rows[heading] == [column.title for column in COLUMNS]
    assert [row[1:6] for row in rows[heading + 1 :]] == [
        [line.department, line.category, line.post or None, line.change, line.level or None] for line in changes.lines
    ]
    counts = [[cell.value for cell in row] for row in book.worksheets[1].iter_rows()]
    assert ["总务处", 1, 1, 0, 0, 1, 2] in counts
    assert sum(column.width for column in COLUMNS) == 267
