"""Assessments in the walked world: 总务处's own in four years, one for each state, and a veto that was proposed."""

from decimal import Decimal
from typing import Any

from django.utils import timezone

from departments.models import User
from riskpoints.oversight.assessment import acting, filling, sheets, vetoes
from riskpoints.oversight.assessment.acting import Given
from riskpoints.oversight.assessment.defaults import Row
from riskpoints.oversight.assessment.filling import Said
from riskpoints.oversight.assessment.vetoes import Case
from riskpoints.oversight.enums import Formula
from riskpoints.oversight.models import Assessment, AssessmentItem
from tests import scans

ROWS = (Row("查找", "岗位覆盖", 60, Formula.POSTS), Row("制度", "制度健全", 40))


def add(world: Any, department: Any) -> None:
    """This year's is being written, that of a year before was handed in, that of two years before was scored; where a
    table was returned nothing is begun, and the empty year has no indicators yet."""
    people = world.people
    office = User.objects.get(pk=people.office.pk)
    for key in ("draft", "submitted", "reviewed", "returned"):
        sheet = sheets.draft(world.cycles[key], actor=office)
        sheets.activate(sheets.save(sheet, ROWS, seen=sheet.lock, actor=office), actor=office)
    begun, handed_in, scored = (
        filling.begin(world.cycles[key], department, actor=people.head) for key in ("draft", "submitted", "reviewed")
    )
    handed_in, scored = (_hand_in(row, people.head) for row in (handed_in, scored))
    scored = acting.score(scored, {_manual(scored).pk: Given(Decimal(36))}, actor=people.reviewer)
    acting.finish(scored, actor=people.reviewer)
    case = _case()
    world.others |= {
        "assessment_id": begun,
        "assessment_id/handed_in": handed_in,
        "item_id/handed_in": _manual(handed_in),
        "scored": scored,
        "veto_id": vetoes.propose(
            world.cycles["draft"], department, people.head, "", Case(**case), actor=_proposer(people)
        ),
    }


def bodies(world: Any) -> dict[str, dict[str, Any]]:
    """What each form sends."""
    begun = Assessment.objects.get(pk=world.others["assessment_id"].pk)
    own, handed_in = _manual(begun).pk, world.others["item_id/handed_in"].pk
    today = f"{timezone.localdate()}"
    case = {name: f"{value}" for name, value in _case().items()} | {"violation_number": "另一号"}
    return {
        "oversight:indicators": {"act": "draft"},
        "oversight:assessment": {"lock": f"{begun.lock}", f"score-{own}": "30", f"evidence-{own}": "制度清单"},
        "oversight:assessment_score": {f"score-{handed_in}": "36"},
        "oversight:assessment_return": {"text": "请补材料"},
        "oversight:assessment_decide": {
            "departments": [f"{world.others['scored'].pk}"],
            "decided_on": today,
            "minutes_number": "纪要 1 号",
        },
        "oversight:assessment_heads": {
            "department": f"{begun.department_id}",
            "former": f"{world.people.staff.pk}",
            "on": f"{begun.cycle.year}-06-01",
        },
        "oversight:veto_propose": case | {"department": f"{world.others['department_id'].pk}"},
        "oversight:veto": {"act": "confirm"},
    }


def _hand_in(row: Assessment, head: Any) -> Assessment:
    said = Said(Decimal(36), "制度清单", ("制度清单.pdf", scans.PDF))
    return acting.submit(filling.save(row, {_manual(row).pk: said}, seen=row.lock, actor=head), actor=head)


def _manual(row: Assessment) -> AssessmentItem:
    return AssessmentItem.objects.get(assessment=row, indicator__formula="")


def _proposer(people: Any) -> User:
    """A reviewer who can be asked for nothing else here."""
    return User.objects.get(pk=people.reviewer.pk)


def _case() -> dict[str, Any]:
    today = timezone.localdate()
    violation = {"violation_number": "一号", "violation_organ": "某纪委", "violation_on": today}
    impact = {"impact_source": "某局通报", "impact_on": today, "impact_paper": "收文 2 号"}
    return violation | {"violation_paper": "档案柜 1"} | impact
