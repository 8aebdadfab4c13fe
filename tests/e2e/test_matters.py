"""The pages of findings and handlings in the browser: no axe violation, nothing too wide; test_circle walks them."""

import pytest
from django.urls import reverse
from django.utils import timezone

from riskpoints.oversight.enums import CheckAct, CheckKind, HandlingAct, HandlingKind, Result
from riskpoints.oversight.handling import acting, drafting
from riskpoints.oversight.handling.drafting import Draft
from riskpoints.oversight.models import CheckMeasure, Finding
from riskpoints.oversight.monitoring import acting as checking
from riskpoints.oversight.monitoring import filling, starting
from riskpoints.oversight.monitoring.due import possible_checks
from riskpoints.oversight.monitoring.filling import Found, Head, Typed
from riskpoints.oversight.monitoring.starting import Which
from tests.e2e.browsing import enter
from tests.e2e.test_axe import walk

pytestmark = pytest.mark.e2e


@pytest.fixture
def undone(live_server, confirmed_version, cycle, people, department):
    """Return the finding that the reviewer's check of a measure made."""
    (quarter, *_) = possible_checks(cycle, [department.pk])
    which = Which(cycle, department, CheckKind.SUPERVISION, quarter.level, quarter.period.value)
    sheet = starting.start(which, actor=people.reviewer, checker="检查甲", recorder="记录乙")
    rows = list(CheckMeasure.objects.filter(line__sheet=sheet))
    mark = filling.mark(Found())
    found = Found(Result.DONE, "papers", no_evidence="台账不能离开办公室")
    undone = Found(Result.NOT_DONE, "papers", note="没有验收台账", no_evidence="没有")
    typed = {row.pk: Typed(undone if row == rows[0] else found, mark) for row in rows}
    head = Typed(Head("检查甲", "记录乙", "有一项没有落实"), filling.mark(filling.head(sheet)))
    filling.save(sheet, typed, head, actor=people.reviewer)
    checking.perform(CheckAct.SUBMIT, sheet, actor=people.reviewer)
    return Finding.objects.get()


@pytest.mark.long
@pytest.mark.both  # its pages take turns themselves
def test_the_pages_of_findings_and_handlings(page, undone, people, department):
    what = Draft(HandlingKind.RECTIFY, "验收没有台账", "建立台账。")
    handling = drafting.draft([undone], what, token="axe", actor=people.reviewer)
    handling = acting.perform(HandlingAct.APPROVE, handling, actor=people.deputy)
    handling = acting.perform(HandlingAct.RECEIVE, handling, actor=people.head)
    values = {"causes": "人手不足", "measures": "补台账", "responsible": "负责人", "done_by": timezone.localdate()}
    acting.perform(HandlingAct.REPLY, handling, actor=people.head, values=values)
    addresses = {
        people.reviewer: [
            reverse("oversight:findings"),
            reverse("oversight:finding_choose"),
            reverse("oversight:finding_new", args=[department.pk]),
            reverse("oversight:finding", args=[undone.pk]),
            reverse("oversight:handling", args=[handling.pk]),
            reverse("oversight:handling_act", args=[handling.pk, "reject"]),
            reverse("oversight:handling_act", args=[handling.pk, "escalate"]),
        ],
        people.head: [reverse("oversight:findings"), reverse("oversight:handling", args=[handling.pk])],
    }
    for person, paths in addresses.items():
        enter(page, person)
        assert walk(page, paths) == {}
