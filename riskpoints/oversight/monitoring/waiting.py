"""What waits in the checks: which words it has, where it is done, which of the sheets handed in have to be reviewed."""

from collections.abc import Sequence

from django.urls import reverse

from departments.enums import Level
from riskpoints.oversight.enums import CheckKind, Standing, State
from riskpoints.oversight.models import CheckSheet
from riskpoints.oversight.monitoring.overview import Check

VERBS = {Standing.NOT_BEGUN: "部门自查", Standing.FILLING: "填完自查表", Standing.RETURNED: "补正自查表"}


def address_of(one: Check) -> str:
    """Where a check is begun or goes on."""
    if one.sheet is not None:
        return reverse("oversight:sheet", args=[one.sheet.pk])
    return reverse("oversight:start", args=[one.cycle.year, one.department.pk, one.level, one.period.value])


def handed_in() -> list[CheckSheet]:
    """The sheets handed in and not reviewed, of open years, the longest waiting first."""
    rows = CheckSheet.objects.filter(state=State.SUBMITTED, cycle__closed_at=None)
    return list(rows.select_related("cycle", "department").order_by("submitted_at", "pk"))


def asked_for(sheets: Sequence[CheckSheet]) -> list[CheckSheet]:
    """Those of them that have to be reviewed: of 三级 self-checks one of a period at least is taken as a sample, the
    one that waits longest stands for all."""
    sampled = set(
        CheckSheet.objects.filter(kind=CheckKind.SELF, level=Level.THIRD, state=State.REVIEWED).values_list(
            "cycle", "period"
        )
    )
    found = []
    for sheet in sheets:
        if sheet.level == Level.THIRD and sheet.is_self:
            if (sheet.cycle_id, sheet.period) in sampled:
                continue
            sampled.add((sheet.cycle_id, sheet.period))
        found.append(sheet)
    return found


def review_verb(sheet: CheckSheet) -> str:
    """复核, or that any other of the level could be taken as well."""
    return "抽查复核" if sheet.level == Level.THIRD and sheet.is_self else "复核检查"
