"""Whom a veto keeps from 优秀, and which grade comes instead; the score stays what it is (R50)."""

from django.db.models import Q

from riskpoints.oversight.enums import AssessmentState, VetoState
from riskpoints.oversight.models import Assessment, Veto
from riskpoints.rules.enums import SCORED, Grade

# On screens and papers: without the case.
WORDS = "按规定不得评为“优秀”"


def bars(row: Assessment) -> bool:
    """Whether a veto in force in that year is about the head who was judged, or the department.

    Of a department with several heads it is about the one of the day of the case (R50: 本部门负责人).
    """
    rows = Veto.objects.filter(cycle=row.cycle_id, state=VetoState.IN_FORCE)
    return any(is_about(veto, row) for veto in rows.filter(Q(department=row.department_id) | Q(head=row.head_id)))


def is_about(veto: Veto, row: Assessment) -> bool:
    """Whether a veto is about an assessment of its year; the database says the same (freezing_assessment)."""
    if veto.head_id is not None and veto.head_id == row.head_id:
        return True
    is_named = veto.head_id is None and veto.head_name == row.head_name
    return veto.department_id == row.department_id and (is_named or not row.is_part)


def barred_grade(grade: Grade) -> Grade:
    """The grade that comes instead of 优秀; any other stays."""
    return SCORED[1] if grade == Grade.EXCELLENT else grade


def decided(veto: Veto) -> list[Assessment]:
    """The decided assessments that a veto is about."""
    rows = Assessment.objects.filter(cycle=veto.cycle_id, state=AssessmentState.DECIDED)
    whose = rows.filter(Q(department=veto.department_id) | Q(head__isnull=False, head=veto.head_id))
    return [row for row in whose.select_related("cycle", "department") if is_about(veto, row)]
