"""Whom a veto keeps from 优秀, and which grade comes instead; the score stays what it is (R50)."""

from django.db.models import Q, QuerySet

from riskpoints.oversight.enums import AssessmentState, VetoState
from riskpoints.oversight.models import Assessment, Veto
from riskpoints.rules.enums import SCORED, Grade

# On screens and papers: without the case.
WORDS = "按规定不得评为“优秀”"


def bars(row: Assessment) -> bool:
    """Whether a veto in force in that year is about the department, or about the head who was judged."""
    whose = Q(department=row.department_id)
    if row.head_id is not None:
        whose |= Q(head=row.head_id)
    return Veto.objects.filter(whose, cycle=row.cycle_id, state=VetoState.IN_FORCE).exists()


def barred_grade(grade: Grade) -> Grade:
    """The grade that comes instead of 优秀; any other stays."""
    return SCORED[1] if grade == Grade.EXCELLENT else grade


def decided(veto: Veto) -> QuerySet[Assessment]:
    """The decided assessments that a veto is about."""
    whose = Q(department=veto.department_id)
    if veto.head_id is not None:
        whose |= Q(head=veto.head_id)
    rows = Assessment.objects.filter(whose, cycle=veto.cycle_id, state=AssessmentState.DECIDED)
    return rows.select_related("cycle", "department")
