"""What papers and lists tell of findings and handlings, read from the database or from a year's rows; the figures."""

from dataclasses import replace
from typing import Any

from django.db import models

from departments.models import User
from riskpoints.evidence.year_facts import day_of, read_day
from riskpoints.models import Cycle
from riskpoints.oversight.enums import FindingAct, HandlingAct, HandlingState, Nature
from riskpoints.oversight.handling import counts
from riskpoints.oversight.handling.facts import finding_rows, handling_row
from riskpoints.oversight.handling.ledger import LedgerLine, VolumeLine
from riskpoints.oversight.handling.papers import Round, Told, ToldFinding
from riskpoints.oversight.models import Finding, FindingEntry, Handling, HandlingEntry
from riskpoints.oversight.models.finding import OVER_FINDING
from riskpoints.wings import Figure, Row

MUST_ESCALATE = "，必须升级"


def told(handling: Handling) -> Told:
    """One handling as its papers tell it now. Of a matter about a person: who it is, and no contents (T22)."""
    found = read(handling_row(handling))
    if not handling.is_personal:
        return found
    return replace(found, person=handling.person_name, findings=(), demand="")


def ledger_lines(cycle: Cycle, findings: models.QuerySet[Finding] | None = None) -> list[LedgerLine]:
    """The year's findings about departments (or these of them) for 问题整改台账."""
    return [ledger_line(row) for row in finding_rows(cycle, findings)]


def volume_lines(cycle: Cycle, handlings: models.QuerySet[Handling]) -> list[VolumeLine]:
    """Where the papers about persons lie, for 处置卷: those of `handlings`, which the caller may see."""
    rows = handlings.filter(cycle=cycle, nature=Nature.PERSON).select_related("cycle").order_by("sequence")
    return [
        VolumeLine(
            number=row.number,
            kind=row.kind,
            day=row.issued_on or day_of(row.drafted_at),
            state=row.get_state_display(),
            paper_number=row.paper_number,
            keeping_place=row.keeping_place,
        )
        for row in rows
    ]


def figures(user: User, cycle: Cycle) -> list[Figure]:
    """How many findings about departments there are, how many are over, and what was sent out; of persons
    only what an imported archive told."""
    until = {"at__lte": cycle.closed_at} if cycle.closed_at else {}
    of_findings = FindingEntry.objects.filter(finding__cycle=cycle, finding__nature=Nature.DEPARTMENT, **until)
    acts = list(of_findings.order_by().values_list("act", flat=True))
    kept = counts.figures(cycle)
    if not acts:
        return kept
    registered, closed = acts.count(FindingAct.REGISTER), acts.count(FindingAct.CLOSE)
    of_handlings = HandlingEntry.objects.filter(handling__cycle=cycle, handling__nature=Nature.DEPARTMENT, **until)
    sent = of_handlings.filter(act=HandlingAct.APPROVE).count()
    own = [Figure("登记的问题", f"{registered} 件，销号 {closed} 件"), Figure("处置（部门）", f"{sent} 件")]
    return own + kept


def read(row: Row) -> Told:
    """A handling of a department from its row (facts.py), of the database or of an archive."""
    state = str(HandlingState(row["state"]).label)
    is_forced = row["must_escalate"] and row["state"] != HandlingState.ESCALATED
    return Told(
        number=f"{row['series']}-{row['sequence']}",
        department=row["department_name"],
        state=state + (MUST_ESCALATE if is_forced else ""),
        **{name: row[name] for name in ("kind", "summary", "demand")},
        findings=tuple(ToldFinding(one["number"], one["text"]) for one in row["findings"]),
        drafted_on=day_of(row["drafted_at"]),
        approved_by=row["approved_by_name"],
        **{name: _day(row[name]) for name in ("issued_on", "receipt_due", "received_on", "first_due", "reply_due")},
        rounds=tuple(_round(one) for one in row["replies"]),
    )


def _day(value: Any) -> Any:
    return read_day(value) if value else None


def _round(row: Row) -> Round:
    told = Round(
        number=row["round"],
        **{name: row[name] for name in ("causes", "measures", "responsible", "is_late", "is_recorded")},
        done_by=_day(row["done_by"]),
        replied_by=row["by_name"],
        replied_on=day_of(row["at"]),
        files=tuple(one["name"] for one in row["files"]),
    )
    seen = row["verification"]
    if seen is None:
        return told
    return replace(
        told,
        how=seen["how"],
        is_accepted=seen["is_accepted"],
        new_due=_day(seen["new_due"]),
        verified_by=seen["by_name"],
        verified_on=day_of(seen["at"]),
    )


def ledger_line(row: Row) -> LedgerLine:
    """A finding from its row (facts.py), of the database or of an archive."""
    handled = [one for one in row["handled"] if one["state"] != HandlingState.WITHDRAWN]
    last = handled[-1] if handled else None
    # A higher step is not answered at once; what the lower one brought about still holds.
    answered = next((one for one in reversed(handled) if one["measures"]), last)
    over = next((one for one in row["entries"] if one["state"] in OVER_FINDING), None)
    return LedgerLine(
        number=f"{row['series']}-{row['sequence']}",
        department=row["department_name"],
        **{name: row[name] for name in ("text", "source", "source_number", "state")},
        measures=answered["measures"] if answered else "",
        responsible=answered["responsible"] if answered else "",
        due=_day(answered["done_by"] or answered["reply_due"]) if answered else None,
        handling=last["number"] if last else "",
        handling_state=last["state"] if last else "",
        to_whom=over["to_whom"] if over else "",
        closed_on=day_of(over["at"]) if over else None,
    )
