"""Checks in the walked world: one that 总务处 fills in, one of the committee that was handed in; findings and
handlings of 总务处 and of somebody of it; and what is sent."""

import uuid
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.utils import timezone

from riskpoints.oversight.enums import (
    CheckAct,
    CheckKind,
    HandlingAct,
    HandlingKind,
    Nature,
    Period,
    Result,
    Seen,
    Source,
)
from riskpoints.oversight.handling import acting as matters
from riskpoints.oversight.handling import drafting, findings
from riskpoints.oversight.handling.drafting import Draft
from riskpoints.oversight.handling.findings import Found as FoundMatter
from riskpoints.oversight.models import CheckMeasure, CheckSheet, Finding, Handling, ReplyFile
from riskpoints.oversight.monitoring import acting, filling, starting
from riskpoints.oversight.monitoring.due import possible_checks
from riskpoints.oversight.monitoring.filling import Found, Head, Typed
from riskpoints.oversight.monitoring.starting import Which
from tests import scans

# What is said of a matter about somebody of 总务处; test_leaks looks for it everywhere.
SECRET = "票据填写暗记不规范"


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
    _add_matters(world, department)


def _add_matters(world: Any, department: Any) -> None:
    """A finding of 总务处 and one about its staff, and handlings of both where each act of the matrix is next."""
    people, today = world.people, timezone.localdate()

    def found(**more: Any) -> Finding:
        text = SECRET if "person" in more else f"验收没有第二人签字 {uuid.uuid4()}"
        what = FoundMatter(department, Source.AUDIT, today, text, **more)
        return findings.register(what, token=str(uuid.uuid4()), actor=people.reviewer)

    def drafted(kind: HandlingKind = HandlingKind.RECTIFY, **more: Any) -> Handling:
        what = Draft(kind, SECRET if more else "签字不全", "" if more else "请整改。")
        return drafting.draft([found(**more)], what, token=str(uuid.uuid4()), actor=people.reviewer)

    def issued(**more: Any) -> Handling:
        return matters.perform(HandlingAct.APPROVE, drafted(**more), actor=people.deputy)

    def replied() -> Handling:
        received = matters.perform(HandlingAct.RECEIVE, issued(), actor=people.head)
        values = {"causes": "人手不足", "measures": "双人签字", "responsible": "负责人", "done_by": today}
        sent = ("照片.pdf", scans.PDF)
        return matters.perform(HandlingAct.REPLY, received, actor=people.head, values=values, sent=sent)

    person: dict[str, Any] = {"kind": HandlingKind.REMIND, "nature": Nature.PERSON, "person": people.staff}
    secret = {"nature": Nature.PERSON, "person": people.staff}
    answered = replied()
    world.others |= {
        "finding_id": found(demands_revision=True),
        "finding_id/drop": found(),
        "finding_id/person": found(**secret),
        "handling_id": answered,
        "handling_id/person": issued(**person),
        "handling_id/drafted": drafted(**person),
        "handling_id/approve": drafted(),
        "handling_id/receive": issued(),
        "handling_id/accept": replied(),
        "file_id/reply": ReplyFile.objects.get(reply__handling=answered),
    }


def add_matter_of_person(world: Any) -> Handling:
    """One more matter about somebody of 总务处, from its registration to the 签收."""
    people, department = world.people, world.others["department_id"]
    what = FoundMatter(department, Source.LETTERS, timezone.localdate(), SECRET, Nature.PERSON, person=people.staff)
    finding = findings.register(what, token=str(uuid.uuid4()), actor=people.reviewer)
    draft = Draft(HandlingKind.REMIND, SECRET, asks_head=False)
    made = drafting.draft([finding], draft, token=str(uuid.uuid4()), actor=people.reviewer)
    issued = matters.perform(HandlingAct.APPROVE, made, actor=people.deputy)
    return matters.perform(HandlingAct.RECEIVE, issued, actor=people.staff)


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
        "oversight:finding_new": _finding(),
        "oversight:finding_act": {"drop-text": "查无此事"},
        "oversight:finding_answer": {"reason": "回应问题"},
        "oversight:handling_new": {
            "findings": [str(world.others["finding_id"].pk)],
            "kind": "5",
            "summary": "签字不全",
            "demand": "请整改。",
            "token": str(uuid.uuid4()),
        },
        "oversight:handling_act": {"text": "情况属实"},
        "oversight:evidence": {"file": SimpleUploadedFile("台账.pdf", scans.pdf(mark="another one"))},
    }


def _finding() -> dict[str, Any]:
    today = timezone.localdate().isoformat()
    named = {"nature": "department", "source": "audit", "found_on": today, "token": str(uuid.uuid4())}
    return named | {"text": "台账没有更新"}


def _rows(sheet: CheckSheet) -> list[CheckMeasure]:
    return list(CheckMeasure.objects.filter(line__sheet=sheet).select_related("line__sheet"))


def _fill_in(sheet: CheckSheet, actor: Any) -> None:
    seen = filling.mark(Found())
    found = Found(Result.DONE, Seen.ASKING, no_evidence="口头说明")
    head = Typed(Head("检查甲", "记录乙", "属实"), filling.mark(filling.head(sheet)))
    filling.save(sheet, {row.pk: Typed(found, seen) for row in _rows(sheet)}, head, actor=actor)
