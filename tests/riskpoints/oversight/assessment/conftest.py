"""What assessments begin with: the year of a signed table of 总务处, and three indicators in use.

60 points by the posts that are covered, 10 by the powers filed (there are none: 不适用), 30 given by hand.
"""

from decimal import Decimal

import pytest
from django.utils import timezone

from riskpoints.models import Cycle
from riskpoints.oversight.assessment import acting, filling, sheets, vetoes
from riskpoints.oversight.assessment.acting import Given
from riskpoints.oversight.assessment.defaults import Row
from riskpoints.oversight.assessment.filling import Said
from riskpoints.oversight.enums import AssessmentState, Formula
from riskpoints.oversight.models import Assessment, AssessmentItem, IndicatorSheet, Veto
from tests import once

ROWS = (
    Row("查找", "岗位覆盖", 60, Formula.POSTS),
    Row("职权", "职权备案", 10, Formula.POWERS),
    Row("制度", "制度健全", 30, guide="缺一项减 5 分。"),
)
CASE = {
    "violation_number": "某纪处〔2026〕1号",
    "violation_organ": "某市纪委监委",
    "violation_on": None,
    "violation_paper": "纪委档案柜 3",
    "impact_source": "某市教育局通报",
    "impact_on": None,
    "impact_paper": "办公室收文 12 号",
}


@pytest.fixture
def year(confirmed_version) -> Cycle:
    """Return the year in which 总务处's table is in force."""
    return confirmed_version.table.cycle


@once.fixture
def sheet(cycle, people) -> IndicatorSheet:
    """Return the three indicators, in use."""
    made = sheets.draft(cycle, actor=people.office)
    made = sheets.save(made, ROWS, seen=made.lock, actor=people.office)
    return sheets.activate(made, actor=people.office)


@pytest.fixture
def begun(sheet, year, department, people) -> Assessment:
    return filling.begin(year, department, actor=people.head)


def manual(row: Assessment) -> AssessmentItem:
    """The one item that is scored by hand."""
    return next(item for item in acting.items_of(row) if not item.indicator.is_automatic)


def say(row: Assessment, score: str = "27", *, actor, **values) -> Assessment:
    """Save what the head says of the manual item."""
    row.refresh_from_db()
    said = Said(Decimal(score), **{"evidence": "制度清单在办公室", **values})
    return filling.save(row, {manual(row).pk: said}, seen=row.lock, actor=actor)


def give(row: Assessment, score: str = "27", reason: str = "", *, actor) -> Assessment:
    """Score the manual item."""
    return acting.score(row, {manual(row).pk: Given(Decimal(score), reason)}, actor=actor)


def bring(row: Assessment, state: str, people, *, score: str = "27") -> Assessment:
    """Bring an assessment that was begun to a state, by the right people; 27 of 30 makes 96.67 of 100."""
    ways = list(AssessmentState)
    for step in ways[1 : ways.index(AssessmentState(state)) + 1]:
        if step == AssessmentState.HANDED_IN:
            row = acting.submit(say(row, score, actor=people.head), actor=people.head)
        elif step == AssessmentState.SCORING:
            row = give(row, score, actor=people.reviewer)
        elif step == AssessmentState.SCORED:
            row = acting.finish(row, actor=people.reviewer)
        else:
            (row,) = decide([row], actor=people.principal)
    return row


def decide(rows, *, actor, on=None, number="纪要〔2026〕9号"):
    """Record that a meeting decided, today unless told otherwise."""
    return acting.decide(rows, decided_on=on or timezone.localdate(), minutes_number=number, actor=actor)


def case(**changed) -> vetoes.Case:
    """Both conditions of a veto, dated today."""
    today = timezone.localdate()
    return vetoes.Case(**(CASE | {"violation_on": today, "impact_on": today} | changed))


@pytest.fixture
def proposed(year, department, people) -> Veto:
    """Return a veto about 总务处 that a reviewer proposed."""
    return vetoes.propose(year, department, people.head, "", case(), actor=people.reviewer)
