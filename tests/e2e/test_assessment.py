"""The pages of 考核 in the browser: no axe violation and nothing too wide; test_circle walks them."""

import pytest
from django.urls import reverse

from riskpoints.oversight.assessment import acting, filling, sheets, vetoes
from riskpoints.oversight.enums import AssessmentState as State
from riskpoints.oversight.models import Assessment
from tests.e2e.browsing import enter
from tests.e2e.test_axe import walk
from tests.riskpoints.oversight.assessment.conftest import ROWS, bring, case, decide

pytestmark = pytest.mark.e2e


def judged(cycle, department, people, state):
    """Bring 总务处's assessment of the year to a state."""
    sheet = sheets.draft(cycle, actor=people.office)
    sheets.activate(sheets.save(sheet, ROWS, seen=sheet.lock, actor=people.office), actor=people.office)
    return bring(filling.begin(cycle, department, actor=people.head), state, people)


def page_of(row, name="assessment"):
    return reverse(f"oversight:{name}", args=[row.pk])


@pytest.mark.long
def test_the_pages_of_each_role(new_page, live_server, confirmed_version, department, people):
    cycle = confirmed_version.table.cycle
    index = reverse("oversight:assessments")
    office, head, reviewer, principal = (new_page() for _ in range(4))
    for page, person in ((office, people.office), (head, people.head)):
        enter(page, person)
    indicators = reverse("oversight:indicators", args=[cycle.year])
    assert walk(office, [index, indicators]) == {}
    row = judged(cycle, department, people, State.SELF)
    assert walk(office, [reverse("oversight:assessment_heads", args=[cycle.year])]) == {}
    assert walk(head, [index, page_of(row), indicators]) == {}
    row = bring_on(row, people)
    enter(reviewer, people.reviewer)
    proposing = reverse("oversight:veto_propose", args=[cycle.year])
    assert walk(reviewer, [index, page_of(row), page_of(row, "assessment_score"), proposing]) == {}
    row = acting.finish(row, actor=people.reviewer)
    assert walk(office, [reverse("oversight:assessment_decide", args=[cycle.year])]) == {}
    decide([row], actor=people.office)
    veto = vetoes.propose(cycle, department, people.head, "", case(), actor=people.reviewer)
    enter(principal, people.principal)
    here = reverse("oversight:veto", args=[veto.pk])
    assert walk(principal, [here]) == {}
    vetoes.confirm(veto, text="事后查明", actor=people.principal)
    assert walk(principal, [here, index]) == {}
    assert walk(head, [index, page_of(row)]) == {}


def bring_on(row, people):
    """From 自评中 to 核分中."""
    return bring(Assessment.objects.get(pk=row.pk), State.SCORING, people)
