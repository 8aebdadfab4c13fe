"""Findings and handlings of departments as plain rows, as they stood at a moment: what a year's record keeps.

A handling goes on after its year was closed, and the year's record doesn't change with it. So everything that moves is
told by what was written down up to then. No row carries a key of the database: gaps between keys would count the
matters about persons, which stand in the same tables (T22).
"""

import datetime
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from django.db import models

from riskcontrol.models import StoredFile
from riskpoints.archives.rows import columns
from riskpoints.models import Cycle
from riskpoints.oversight.enums import FindingAct, FindingState, HandlingAct, HandlingState, Nature
from riskpoints.oversight.models import Finding, Handling, HandlingEntry, Reply, Verification
from riskpoints.oversight.models.finding import SERIES as FINDINGS
from riskpoints.oversight.models.handling import SERIES as HANDLINGS
from riskpoints.wings import Row, person

Moment = datetime.datetime | None
FINDING = (
    "sequence", "source", "source_number", "found_on", "department_name", "post_name", "point", "point_text", "text",
    "registered_by_name", "registered_at",
)  # fmt: skip
FINDING_ENTRY = ("act", "state", "text", "to_whom", "by_name", "at")
HANDLING = ("sequence", "kind", "department_name", "summary", "demand", "drafted_by_name", "drafted_at")
# Written as it is approved.
APPROVAL = ("approved_by_name", "issued_on", "organ", "organ_on", "minutes_number", "receipt_number", "receipt_due")
ENTRY = ("act", "state", "text", "due", "by_name", "at")
REPLY = (
    "round", "causes", "measures", "responsible", "done_by", "keeping_place", "is_late", "is_recorded", "by_name", "at",
)  # fmt: skip
VERIFICATION = ("is_accepted", "how", "new_due", "by_name", "at")
RECEIPTS = (HandlingAct.RECEIVE, HandlingAct.RECORD_RECEIPT, HandlingAct.RECORD_TALK)
# What sets the day of the reply; ASK only wishes for one.
DEADLINES = (HandlingAct.APPROVE, HandlingAct.RECORD_TALK, HandlingAct.REJECT, HandlingAct.GRANT)
# What answers a wish for another day, or makes it pointless.
ANSWERS = (HandlingAct.GRANT, HandlingAct.REFUSE, HandlingAct.REPLY, HandlingAct.RECORD_REPLY)
OF_FINDINGS: Sequence[str] = (
    "entries__by", "answers__by", "answers__version__table", "handlings__cycle", "handlings__entries",
    "handlings__replies",
)  # fmt: skip
AnyRow = TypeVar("AnyRow", bound=models.Model)


def handling_rows(cycle: Cycle, handlings: models.QuerySet[Handling] | None = None) -> list[Row]:
    """The year's handlings of departments (or these of them), as they stood when the year was closed, or now."""
    found = (Handling.objects.all() if handlings is None else handlings).filter(
        cycle=cycle, nature=Nature.DEPARTMENT, **_up_to("drafted_at", cycle)
    )
    related = ("cycle", "drafted_by", "approved_by", "escalated_from__cycle")
    files = models.Prefetch("replies__files__file", StoredFile.objects.defer("content"))
    people = ("entries__by", "replies__by", "replies__verification__by")
    rows = found.select_related(*related).prefetch_related("findings__cycle", *people, files).order_by("sequence")
    return [handling_row(row, cycle.closed_at) for row in rows]


def finding_rows(cycle: Cycle, findings: models.QuerySet[Finding] | None = None) -> list[Row]:
    """The year's findings about departments (or these of them), as they stood when the year was closed, or now."""
    found = (Finding.objects.all() if findings is None else findings).filter(
        cycle=cycle, nature=Nature.DEPARTMENT, **_up_to("registered_at", cycle)
    )
    related = ("cycle", "registered_by", "measure__line__sheet")
    rows = found.select_related(*related).prefetch_related(*OF_FINDINGS).order_by("sequence")
    return [_finding_row(row, cycle.closed_at) for row in rows]


def _up_to(name: str, cycle: Cycle) -> dict[str, Any]:
    return {f"{name}__lte": cycle.closed_at} if cycle.closed_at else {}


def _until(rows: Iterable[AnyRow], until: Moment) -> list[AnyRow]:
    return [row for row in rows if until is None or row.at <= until]  # type: ignore[attr-defined] # all have it


def handling_row(row: Handling, until: Moment = None) -> Row:
    """One handling, as it stood then; who a matter about a person is about is no part of it."""
    entries = _until(row.entries.all(), until)
    approved = _last(entries, HandlingAct.APPROVE)
    year = row.cycle.year
    return {
        "year": year,
        "series": f"{year}-{HANDLINGS[Nature(row.nature)]}",
        "department": row.department_id,
        "findings": sorted([*map(_named, row.findings.all()), *row.of_other_years], key=_in_order),
        "drafted_by": person(row.drafted_by, row.drafted_at),
        "approved_by": person(row.approved_by, approved.at) if approved else None,
        **_lower(row),
        **columns(row, HANDLING),
        **_approval(row, approved),
        **_standing(row, entries),
        "entries": [columns(one, ENTRY) | {"by": person(one.by, one.at)} for one in entries],
        "replies": [_reply(one, until) for one in _until(row.replies.all(), until)],
    }


def _in_order(named: Row) -> tuple[int, int]:
    """By year and number: 2026-处-10 comes after 2026-处-9."""
    year, _, sequence = named["number"].split("-")
    return int(year), int(sequence)


def _named(finding: Finding) -> Row:
    place = {"year": finding.cycle.year, "sequence": finding.sequence}
    return place | {"number": finding.number, "text": finding.text}


def _lower(row: Handling) -> Row:
    """The step below: its place in the year's series, or of another year nothing but its number."""
    below = row.escalated_from
    if below is None:
        return {"escalated_from": None, "escalated_from_number": row.below_number}
    is_ours = below.cycle_id == row.cycle_id
    return {"escalated_from": below.sequence if is_ours else None, "escalated_from_number": below.number}


def _approval(row: Handling, approved: HandlingEntry | None) -> Row:
    if approved is not None:
        return columns(row, APPROVAL)
    return {name: "" if isinstance(getattr(row, name), str) else None for name in APPROVAL}


def _standing(row: Handling, entries: Sequence[HandlingEntry]) -> Row:
    """Where it stood after these acts."""
    due = _last(entries, *DEADLINES, is_due=True)
    asked, answered = _last(entries, HandlingAct.ASK), _last(entries, *ANSWERS)
    waits = asked is not None and (answered is None or entries.index(asked) > entries.index(answered))
    rejected = [one for one in entries if one.act == HandlingAct.REJECT]
    approved = _last(entries, HandlingAct.APPROVE)
    return {
        "state": entries[-1].state if entries else str(HandlingState.DRAFTED),
        "first_due": approved.due if approved else None,
        "reply_due": due.due if due else None,
        "asked_due": asked.due if asked is not None and waits else None,
        "received_on": row.received_on if _last(entries, *RECEIPTS) else None,
        "round": 1 + sum(one.due is not None for one in rejected),
        # A rejection without a new day was one too many.
        "must_escalate": any(one.due is None for one in rejected) or _last(entries, HandlingAct.COMPLAINT) is not None,
    }


def _last(entries: Sequence[HandlingEntry], *acts: HandlingAct, is_due: bool = False) -> HandlingEntry | None:
    found = [one for one in entries if one.act in acts and not (is_due and one.due is None)]
    return found[-1] if found else None


def _reply(row: Reply, until: Moment) -> Row:
    seen: Verification | None = getattr(row, "verification", None)
    if seen is not None and until is not None and seen.at > until:
        seen = None
    return columns(row, REPLY) | {
        "by": person(row.by, row.at),
        "files": [{"name": one.name, "suffix": one.suffix, "sha256": one.file.sha256} for one in row.files.all()],
        "verification": columns(seen, VERIFICATION) | {"by": person(seen.by, seen.at)} if seen else None,
    }


def _finding_row(row: Finding, until: Moment) -> Row:
    entries, year = _until(row.entries.all(), until), row.cycle.year
    checked = row.measure
    is_of_year = checked is not None and checked.line.sheet.cycle_id == row.cycle_id
    handled = [_summed_up(one, until) for one in row.handlings.all() if until is None or one.drafted_at <= until]
    return {
        "year": year,
        "series": f"{year}-{FINDINGS[Nature.DEPARTMENT]}",
        "department": row.department_id,
        "post": row.post_id,
        # A check of another year is in no archive of this one.
        "measure": row.measure_id if is_of_year else None,
        "registered_by": person(row.registered_by, row.registered_at),
        "state": entries[-1].state if entries else str(FindingState.OPEN),
        **columns(row, FINDING),
        "demands_revision": _is_demanded(row, until),
        "entries": [columns(one, FINDING_ENTRY) | {"by": person(one.by, one.at)} for one in entries],
        "answers": [
            {"version": one.version_id, "by_name": one.by_name, "at": one.at, "by": person(one.by, one.at)}
            for one in _until(row.answers.all(), until)
            if one.version.table.cycle_id == row.cycle_id
        ],
        "handled": sorted([*handled, *row.handled_elsewhere], key=_in_order),
    }


def _is_demanded(row: Finding, until: Moment) -> bool:
    """Whether a revision was demanded by then: as it was registered, or by an act of its own."""
    acts = [one for one in row.entries.all() if one.act == FindingAct.DEMAND]
    return row.demands_revision and (not acts or bool(_until(acts, until)))


def _summed_up(handling: Handling, until: Moment) -> Row:
    """What the ledger says of one handling of a finding."""
    replies = _until(handling.replies.all(), until)
    standing = _standing(handling, _until(handling.entries.all(), until))
    return {
        "number": handling.number,
        "kind": handling.kind,
        "state": standing["state"],
        "reply_due": standing["reply_due"],
        "measures": replies[-1].measures if replies else "",
        "responsible": replies[-1].responsible if replies else "",
        "done_by": replies[-1].done_by if replies else None,
    }
