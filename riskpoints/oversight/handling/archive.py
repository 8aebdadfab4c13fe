"""Findings and handlings of departments in a year's archive, and the way back.

Matters about persons stand in no archive (T22): of them there are counts alone (counts.py). An archive is imported into
an installation that holds nothing, so the rows of another year are never there when a year comes back: what a row says
of them comes back as text, and the next archive says the same.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

from departments.models import Post, School
from riskpoints.archives.rows import departments_of, insert
from riskpoints.documents.data import Paper
from riskpoints.documents.listing import listing_pdf
from riskpoints.evidence.year_facts import read_day
from riskpoints.models import Cycle, TableVersion
from riskpoints.oversight.enums import FindingAct, FindingState, HandlingKind, HandlingState, Nature, Source
from riskpoints.oversight.handling import counts, ledger, papers
from riskpoints.oversight.handling.facts import finding_rows, handling_rows
from riskpoints.oversight.handling.record import ledger_line, read
from riskpoints.oversight.models import (
    CheckMeasure,
    Finding,
    FindingAnswer,
    FindingEntry,
    Handling,
    HandlingEntry,
    Reply,
    ReplyFile,
    Verification,
)
from riskpoints.oversight.models.handling import UNAPPROVED
from riskpoints.wings import FileOf, PartFile, PartPaper, Person, Row, YearPart

# ---- what an archive shows -----------------------------------------------------------------------------------------


def _shown_findings(rows: list[Row], versions: frozenset[str]) -> list[Row]:
    """Without what answers a finding in a table that was never in force: a draft is nobody else's."""
    return [_without_drafts(row, versions) for row in rows]


def _without_drafts(row: Row, versions: frozenset[str]) -> Row:
    answers = [one for one in row["answers"] if str(one["version"]) in versions]
    if len(answers) == len(row["answers"]):
        return row
    # Which version it was stands in the words of the act, too.
    entries = [entry | {"text": ""} if entry["act"] == FindingAct.ANSWER else entry for entry in row["entries"]]
    return row | {"answers": answers, "entries": entries}


def _shown_handlings(rows: list[Row], versions: frozenset[str]) -> list[Row]:
    """Of what was never sent out the number alone: the series has no gap, and a draft stays in the committee."""
    return [_covered(row) if row["state"] in UNAPPROVED else row for row in rows]


def _covered(row: Row) -> Row:
    entries = [entry | {"text": ""} for entry in row["entries"]]
    return row | {"summary": "", "demand": "", "entries": entries}


def _finding_lines(rows: list[Row]) -> list[Sequence[str]]:
    return [
        (
            f"{row['series']}-{row['sequence']}",
            f"{row['found_on']}",
            str(Source(row["source"]).label),
            row["source_number"],
            row["department_name"],
            row["post_name"],
            row["point_text"],
            row["text"],
            "是" if row["demands_revision"] else "",
            str(FindingState(row["state"]).label),
            "、".join(one["number"] for one in row["handled"]),
            row["registered_by_name"],
        )
        for row in rows
    ]


def _handling_lines(rows: list[Row]) -> list[Sequence[str]]:
    return [
        (
            f"{row['series']}-{row['sequence']}",
            str(HandlingKind(row["kind"]).label),
            row["department_name"],
            "、".join(one["number"] for one in row["findings"]),
            row["summary"],
            row["demand"],
            f"{row['issued_on'] or ''}",
            f"{row['received_on'] or ''}",
            f"{row['reply_due'] or ''}",
            f"{len(row['replies'])}",
            str(HandlingState(row["state"]).label),
            row["approved_by_name"],
        )
        for row in rows
    ]


def _ledger_papers(rows: list[Row], school: School) -> list[PartPaper]:
    if not rows:
        return []
    year = rows[0]["year"]
    paper = ledger.listing(year, [ledger_line(row) for row in rows], school)
    title, day = f"{year}年度{ledger.TITLE}", read_day(f"{paper.made_on}")
    return [PartPaper(ledger.TITLE, title, day, paper, partial(listing_pdf, paper))]


def _handling_papers(rows: list[Row], school: School) -> list[PartPaper]:
    """Each notice that was sent out, and what was answered to it, in the department's folder."""
    found = []
    for row in rows:
        one = read(row)
        if one.issued_on and one.has_notice:
            sent = papers.notice(one, school)
            found.append(_paper(one.title, row, sent, partial(papers.notice_pdf, sent)))
            if one.rounds:
                answered = papers.reply_sheet(one, school)
                found.append(_paper(papers.REPLY_SHEET, row, answered, partial(papers.reply_sheet_pdf, answered)))
    return found


def _paper(name: str, row: Row, paper: Paper, make: Any) -> PartPaper:
    number, day = f"{row['series']}-{row['sequence']}", read_day(f"{paper.made_on}")
    title = f"{name}（{number}，{row['department_name']}）"
    return PartPaper(f"{name}_{number}", title, day, paper, make, department=row["department"])


def _files(rows: list[Row]) -> list[PartFile]:
    """Each file once, though it may have been sent twice."""
    found = {}
    for row in rows:
        for each in (each for reply in row["replies"] for each in reply["files"]):
            stem = f"{row['series']}-{row['sequence']}_{each['name'].rpartition('.')[0]}"
            found[each["sha256"]] = PartFile(stem, each["suffix"], each["sha256"])
    return list(found.values())


# ---- the way back --------------------------------------------------------------------------------------------------


def _restore_findings(cycle: Cycle, rows: list[Row], account: Person, file_of: FileOf) -> None:
    posts = set(Post.objects.values_list("pk", flat=True))
    measures = set(CheckMeasure.objects.values_list("pk", flat=True))
    versions = set(TableVersion.objects.values_list("pk", flat=True))
    for row in rows:
        finding = insert(
            Finding,
            row,
            cycle=cycle,
            nature=Nature.DEPARTMENT,
            department_id=row["department"],
            post_id=row["post"] if row["post"] in posts else None,
            measure_id=row["measure"] if row["measure"] in measures else None,
            registered_by=account(row["registered_by"]),
            handled_elsewhere=[one for one in row["handled"] if not one["number"].startswith(f"{cycle.year}-")],
            token=f"archive-{row['series']}-{row['sequence']}",
        )
        for each in row["entries"]:
            insert(FindingEntry, each, finding=finding, by=account(each["by"]))
        for each in row["answers"]:
            if each["version"] in versions:
                insert(FindingAnswer, each, finding=finding, version_id=each["version"], by=account(each["by"]))


def _restore_handlings(cycle: Cycle, rows: list[Row], account: Person, file_of: FileOf) -> None:
    """In the order of their numbers, so that a lower step is there before the higher one."""
    findings = {row.sequence: row for row in Finding.objects.filter(cycle=cycle, nature=Nature.DEPARTMENT)}
    made: dict[int, Handling] = {}
    for row in rows:
        handling = made[row["sequence"]] = insert(
            Handling,
            row,
            cycle=cycle,
            nature=Nature.DEPARTMENT,
            department_id=row["department"],
            drafted_by=account(row["drafted_by"]),
            approved_by=account(row["approved_by"]),
            escalated_from=made.get(row["escalated_from"] or 0),
            below_number="" if row["escalated_from"] else row["escalated_from_number"],
            of_other_years=[one for one in row["findings"] if one["year"] != cycle.year],
            token=f"archive-{row['series']}-{row['sequence']}",
        )
        handling.findings.set(findings[one["sequence"]] for one in row["findings"] if one["year"] == cycle.year)
        for each in row["entries"]:
            insert(HandlingEntry, each, handling=handling, by=account(each["by"]))
        for each in row["replies"]:
            _restore_reply(handling, each, account, file_of)


def _restore_reply(handling: Handling, row: Row, account: Person, file_of: FileOf) -> None:
    reply = insert(Reply, row, handling=handling, by=account(row["by"]))
    for each in row["files"]:
        insert(ReplyFile, each, reply=reply, file=file_of(each["sha256"]))
    seen = row["verification"]
    if seen is not None:
        insert(Verification, seen, reply=reply, by=account(seen["by"]))


FINDING_HEADINGS = (
    "编号", "发现日期", "来源", "来源编号", "部门", "岗位", "风险点", "问题", "要求修订防控表", "状态", "处置",
    "登记人",
)  # fmt: skip
HANDLING_HEADINGS = (
    "编号", "处置方式", "部门", "问题", "事由", "要求", "发出日期", "签收日期", "回告时限", "回告次数", "状态",
    "批准人",
)  # fmt: skip
FINDINGS = YearPart(
    "findings",
    "问题登记",
    FINDING_HEADINGS,
    finding_rows,
    shown=_shown_findings,
    lines=_finding_lines,
    restore=_restore_findings,
    departments=departments_of,
    papers=_ledger_papers,
)
HANDLINGS = YearPart(
    "handlings",
    "部门问题的处置",
    HANDLING_HEADINGS,
    handling_rows,
    shown=_shown_handlings,
    lines=_handling_lines,
    restore=_restore_handlings,
    departments=departments_of,
    papers=_handling_papers,
    files=_files,
)


# In the order in which they are written back: a handling names its findings.
PARTS = (FINDINGS, HANDLINGS, counts.PART)
