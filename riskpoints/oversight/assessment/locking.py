"""Rows of assessments as they are now, held to the end of the transaction: the year first, then the row.

Whoever decides and whoever vetoes both hold the year, so that neither passes the other unseen.
"""

from riskpoints.models import Cycle
from riskpoints.oversight.models import Assessment, Veto


def lock_year(cycle_id: int) -> Cycle:
    """The year, held."""
    return Cycle.objects.select_for_update().get(pk=cycle_id)


def lock_assessment(row: Assessment) -> Assessment:
    """The assessment with its year, department and sheet as they are now."""
    lock_year(row.cycle_id)
    held = Assessment.objects.select_for_update(of=("self",)).select_related("cycle", "department", "sheet")
    return held.get(pk=row.pk)


def lock_veto(row: Veto) -> Veto:
    """The veto with its year and department as they are now."""
    lock_year(row.cycle_id)
    held = Veto.objects.select_for_update(of=("self",)).select_related("cycle", "department")
    return held.get(pk=row.pk)
