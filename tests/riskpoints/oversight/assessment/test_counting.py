"""What is counted of a department's year: its table, its checks, what the other wings count."""

import datetime

from django.utils import timezone

from riskpoints import wings
from riskpoints.enums import Status
from riskpoints.models import Cycle
from riskpoints.oversight.assessment import counting
from riskpoints.oversight.enums import CheckAct, CheckKind, Formula
from riskpoints.oversight.monitoring import acting as checking
from riskpoints.oversight.monitoring import starting
from riskpoints.oversight.monitoring.due import possible_checks
from riskpoints.oversight.monitoring.starting import Which
from tests.factories import bring_to, make_post
from tests.riskpoints.oversight.conftest import fill_in


def counted(table, **more):
    return counting.counts(table.cycle, table.department, **more)


def test_of_a_table_in_force(confirmed_version, department):
    found = counted(confirmed_version.table)
    points = confirmed_version.points.count()
    assert found[Formula.ON_TIME] == {"late": 0}
    assert found[Formula.FIRST_PASS] == {"returns": 0}
    assert found[Formula.POSTS] == {"of": 2, "done": 2}
    assert found[Formula.CATEGORIES] == {"of": 4, "done": 4}
    assert found[Formula.STAGES]["done"] == 0
    assert 0 < found[Formula.STAGES]["of"] <= points
    assert found[Formula.VAGUE] == {"of": points + 1, "bad": 0}
    assert found[Formula.REPEALED] == {"of": 0, "bad": 0}
    assert found[Formula.POWERS] == {"of": 0, "done": 0}
    assert (found[Formula.RECTIFIED], found[Formula.CLOSED]) == (None, None)
    make_post(department, "新岗位")
    assert counted(confirmed_version.table)[Formula.POSTS] == {"of": 3, "done": 2}


def test_what_was_handed_in_late_counts_its_days(table, people):
    bring_to(Status.SUBMITTED, table, people)
    late = timezone.localdate() - datetime.timedelta(days=3)
    Cycle.objects.filter(pk=table.cycle_id).update(fill_from=late, fill_until=late)
    table.cycle.refresh_from_db()
    assert counted(table)[Formula.ON_TIME] == {"late": 3}


def test_what_was_never_handed_in_is_late_once_its_day_is_over(draft_version):
    table = draft_version.table
    assert counted(table)[Formula.ON_TIME] is None
    assert counted(table)[Formula.FIRST_PASS] is None
    late = timezone.localdate() - datetime.timedelta(days=2)
    Cycle.objects.filter(pk=table.cycle_id).update(fill_from=late, fill_until=late)
    table.cycle.refresh_from_db()
    found = counted(table)
    assert found[Formula.ON_TIME] == {"late": 2, "open": 1}
    assert (found[Formula.POSTS], found[Formula.CATEGORIES]) == ({"of": 2, "done": 0}, {"of": 4, "done": 0})


def test_a_department_without_a_table_has_nothing_to_count(cycle, department, people):
    found = counting.counts(cycle, department)
    assert [key for key, said in found.items() if said and said.get("of")] == [Formula.TAKING_PART]


def test_each_formula_is_counted(confirmed_version):
    assert set(counted(confirmed_version.table)) == set(Formula)


def test_checks_that_are_over_or_handed_in(confirmed_version, people):
    table = confirmed_version.table
    last = datetime.date(table.cycle.year, 12, 31)
    assert counted(table, on=last)[Formula.CHECKS]["done"] == 0
    assert counted(table)[Formula.CARRIED_OUT] == {"done": 0, "partly": 0, "not_done": 0}


def test_a_check_counts_on_the_day_when_it_was_handed_in(confirmed_version, people):
    table = confirmed_version.table
    one = possible_checks(table.cycle, [table.department_id])[0]
    sheet = starting.start(
        Which(table.cycle, table.department, CheckKind.SELF, one.level, one.period.value), actor=people.head
    )
    checking.perform(CheckAct.SUBMIT, fill_in(sheet, actor=people.head), actor=people.head)
    today = timezone.localdate()
    for first, done in ((today, True), (today + datetime.timedelta(days=1), False)):
        found = counted(table, within=(first, first + datetime.timedelta(days=9)))
        assert (found[Formula.CHECKS]["done"] == 1) is done
        assert (found[Formula.CARRIED_OUT]["done"] > 0) is done


def test_the_wings_count_what_is_theirs(confirmed_version, people):
    told = wings.counts(confirmed_version.table.cycle)
    assert set(told) == set(counting.OF_WINGS.values())
    department = confirmed_version.table.department_id
    assert told["taking_part"][department] == (0, 3)
    assert told["first_posts"][department] == (0, 1)
    assert told["education"] == {}
