"""Checks in the walked world: one that 总务处 fills in, one of the committee that was handed in, and what is sent."""

import uuid
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models

from riskpoints.oversight.enums import CheckAct, CheckKind, Period, Result, Seen
from riskpoints.oversight.models import CheckMeasure, CheckSheet
from riskpoints.oversight.monitoring import acting, filling, starting
from riskpoints.oversight.monitoring.due import possible_checks
from riskpoints.oversight.monitoring.filling import Found, Head, Typed
from riskpoints.oversight.monitoring.starting import Which
from tests import scans


def add(world: Any, department: Any) -> None:
    """One check being filled in, as if it had been begun under another rule, so that this quarter's is not begun yet;
    evidence of its first measure."""
    cycle, people = world.cycles["draft"], world.people
    (quarter,) = possible_checks(cycle, [department.pk])  # all points of the world are of level one
    named = {"checker": "检查甲", "recorder": "记录乙"}
    own = starting.start(Which(cycle, department, CheckKind.SELF, 1, quarter.period.value), actor=people.head)
    models.QuerySet(CheckSheet).filter(pk=own.pk).update(period=Period.YEAR)
    which = Which(cycle, department, CheckKind.SUPERVISION, 1, quarter.period.value)
    checked = starting.start(which, actor=people.reviewer, **named)
    _fill_in(checked, people.reviewer)
    row = _rows(own)[0]
    world.others |= {
        "level": quarter.level,
        "period": quarter.period.value,
        "sheet_id": own,
        "sheet_id/handed_in": acting.perform(CheckAct.SUBMIT, checked, actor=people.reviewer),
        "measure_id": row,
        "evidence_id": filling.add_evidence(row, scans.PDF, "验收单.pdf", actor=people.head),
    }


def bodies(world: Any) -> dict[str, dict[str, Any]]:
    """What each form sends."""
    sheet = CheckSheet.objects.get(pk=world.others["sheet_id"].pk)
    row = _rows(sheet)[0]
    filled = {"result": "no_case", "note": f"没有发生 {uuid.uuid4()}", "lock": filling.mark(filling.found(row))}
    typed = {f"m{row.pk}-{name}": value for name, value in filled.items()}
    year = {"level": "1", "period": "y", "checker": "检查甲", "recorder": "记录乙"}
    return {
        "oversight:sheet": typed | {"head-lock": filling.mark(filling.head(sheet))},
        "oversight:supervise": year | {"department": str(world.others["department_id"].pk)},
        "oversight:review": {"text": "属实", "act": "review"},
        "oversight:evidence": {"file": SimpleUploadedFile("台账.pdf", scans.pdf(mark="another one"))},
    }


def _rows(sheet: CheckSheet) -> list[CheckMeasure]:
    return list(CheckMeasure.objects.filter(line__sheet=sheet).select_related("line__sheet"))


def _fill_in(sheet: CheckSheet, actor: Any) -> None:
    seen = filling.mark(Found())
    found = Found(Result.DONE, Seen.ASKING, no_evidence="口头说明")
    head = Typed(Head("检查甲", "记录乙", "属实"), filling.mark(filling.head(sheet)))
    filling.save(sheet, {row.pk: Typed(found, seen) for row in _rows(sheet)}, head, actor=actor)
