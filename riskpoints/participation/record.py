"""Opinions and 互提建议 in a year's record and archive, with their answers and objections, and the way back.

Whoever of the public said something is named nowhere, and no receipt code leaves the house; what names a person is the
committee's alone and stands in no archive. A proposal was written in its author's name, and keeps it.
"""

from collections.abc import Sequence

from django.db.models import Q

from departments.enums import Level
from departments.models import Post
from riskpoints.archives.rows import departments_of, insert
from riskpoints.enums import Category, FindingMethod
from riskpoints.evidence.year_facts import day_of
from riskpoints.models import Cycle
from riskpoints.participation.enums import FeedbackState, ObjectionState, Outcome, ProposalKind, ProposalState
from riskpoints.participation.models import Feedback, Objection, Proposal
from riskpoints.participation.queries import time_of
from riskpoints.wings import FileOf, Person, Row, YearPart, person

OPINION = (
    "point_identity",
    "point_text",
    "text",
    "sent_at",
    "within_period",
    "quarantine",
    "state",
    "outcome",
    "answer",
    "answered_at",
    "answer_is_public",
    "text_is_public",
)
OBJECTION = ("category", "text", "measure", "raised_at", "state", "reason", "decided_by_name", "decided_at")
PROPOSAL = (
    "method",
    "category",
    "text",
    "measure",
    "reason",
    "sent_at",
    "state",
    "answer",
    "decided_at",
    "point_identity",
)
# What came later: older packages do not say it, and then it was a risk point.
LATER = (
    *("kind", "target_point", "target_text", "level", "prepared_state", "prepared_answer", "prepared_at"),
    *("co_departments", "co_department_keys"),
)
PUBLIC = "群众"


def _facts(cycle: Cycle) -> list[Row]:
    rows = Feedback.objects.filter(version__table__cycle=cycle).exclude(state=FeedbackState.REFERRED)
    people = ("version", "answered_by", "objection__raised_by", "objection__decided_by")
    return [_opinion(row) for row in rows.select_related(*people).order_by("sent_at", "id")]


def _opinion(row: Feedback) -> Row:
    objection = getattr(row, "objection", None)
    return {name: getattr(row, name) for name in OPINION} | {
        "version_id": row.version_id,
        "owner": row.version.owner_name,
        "answered_by": person(row.answered_by, row.answered_at),
        "objection": objection and _objection(objection),
    }


def _objection(row: Objection) -> Row:
    people = {
        "raised_by": person(row.raised_by, row.raised_at),
        "decided_by": person(row.decided_by, row.decided_at),
    }
    return {name: getattr(row, name) for name in OBJECTION} | {"post": row.post_id, **people}


def _shown(rows: list[Row], versions: frozenset[str]) -> list[Row]:
    return [row for row in rows if str(row["version_id"]) in versions]


def _lines(rows: list[Row]) -> list[Sequence[str]]:
    return [
        (
            row["owner"],
            f"{day_of(row['sent_at'])}",
            "是" if row["within_period"] else "否",
            row["point_text"],
            row["text"],
            Outcome(row["outcome"]).label if row["outcome"] else "待答复",
            row["answer"],
            _came_of_it(row["objection"]),
        )
        for row in rows
    ]


def _came_of_it(objection: Row | None) -> str:
    if objection is None:
        return ""
    said = f"{objection['text']}（{ObjectionState(objection['state']).label}）"
    return f"{said}：{objection['reason']}" if objection["reason"] else said


def _restore(cycle: Cycle, rows: list[Row], account: Person, file_of: FileOf) -> None:
    for row in rows:
        answered_by = account(row["answered_by"])
        feedback = insert(Feedback, row, version_id=row["version_id"], answered_by=answered_by)
        if row["objection"] is not None:
            said = row["objection"]
            people = {"raised_by": account(said["raised_by"]), "decided_by": account(said["decided_by"])}
            post = Post.objects.filter(pk=said["post"]).first()  # one of another department is in no package
            insert(Objection, said, feedback=feedback, post=post, **people)


HEADINGS = ("表", "提出", "公示期内", "针对的风险点", "意见", "处理结果", "答复", "异议和审核")
PART = YearPart("opinions", "公示意见和答复", HEADINGS, _facts, _shown, _lines, _restore)


def _proposals(cycle: Cycle) -> list[Row]:
    """Those taken over into a table of the year; of the others (one on a level is written nowhere) what its tables'
    opinions became, and what was proposed in its time: from New Year (or the closing of the year before, where that
    came first) to the next."""
    begin, end = time_of(cycle)
    found = Q(version__table__cycle=cycle) | Q(version__isnull=True) & (
        Q(feedback__version__table__cycle=cycle) | Q(feedback__isnull=True, sent_at__gte=begin, sent_at__lt=end)
    )
    others = ("department", "post", "version", "feedback", "proposer", "decided_by", "prepared_by")
    rows = Proposal.objects.filter(found).select_related(*others)
    return [_proposal(row) for row in rows.order_by("sent_at", "id")]


def _proposal(row: Proposal) -> Row:
    opinion, version = row.feedback, row.version
    return {name: getattr(row, name) for name in (*PROPOSAL, *_said_later(row))} | {
        "department": row.department_id,
        "owner": row.department.name,
        "post": row.post_id,
        "post_name": row.post.name if row.post else "",
        "proposer": person(row.proposer, row.sent_at),
        "proposer_name": PUBLIC if opinion else row.proposer_name,
        "decided_by": person(row.decided_by, row.decided_at),
        **({"prepared_by": person(row.prepared_by, row.prepared_at)} if row.prepared_by else {}),
        "version_id": row.version_id,
        "version": f"{version.owner_name}第 {version.number} 版" if version else "",
        "opinion": opinion and {"version_id": opinion.version_id, "sent_at": opinion.sent_at},
    }


def _said_later(row: Proposal) -> tuple[str, ...]:
    """Which of the later fields a row fills in: one of before stays what it was."""
    unsaid = {name: getattr(Proposal(), name) for name in LATER}
    return tuple(name for name in LATER if getattr(row, name) != unsaid[name])


def _shown_proposals(rows: list[Row], versions: frozenset[str]) -> list[Row]:
    """What was taken over into a draft is that draft's, which an archive doesn't show; no scale is in any of them."""
    return [row for row in rows if row["version_id"] is None or str(row["version_id"]) in versions]


def _kind(row: Row) -> str:
    """What was proposed, with the level that an opinion names."""
    kind = ProposalKind(row.get("kind", ProposalKind.POINT)).label
    return f"{kind}：{Level(row['level']).label}" if row.get("level") else kind


def _proposal_lines(rows: list[Row]) -> list[Sequence[str]]:
    return [
        (
            row["owner"],
            f"{day_of(row['sent_at'])}",
            FindingMethod(row["method"]).label,
            row["proposer_name"],
            Category(row["category"]).label,
            row["post_name"],
            _kind(row),
            row.get("target_text", ""),
            row["text"],
            row["measure"],
            row["reason"],
            row.get("co_departments", ""),
            ProposalState(row["state"]).label,
            row["answer"],
            f"{row['version']}（标识 {row['point_identity']}）" if row["version"] else "",
        )
        for row in rows
    ]


def _restore_proposals(cycle: Cycle, rows: list[Row], account: Person, file_of: FileOf) -> None:
    for row in rows:
        insert(
            Proposal,
            row,
            department_id=row["department"],
            post=Post.objects.filter(pk=row["post"]).first(),
            proposer=account(row["proposer"]),
            decided_by=account(row["decided_by"]),
            prepared_by=account(row.get("prepared_by")),
            version_id=row["version_id"],
            feedback=row["opinion"] and _opinion_again(row["opinion"]),
        )


def _opinion_again(said: Row) -> Feedback | None:
    """The opinion that a proposal was made of; none where it was on a table that the package doesn't show."""
    sent_at = Feedback._meta.get_field("sent_at").to_python(said["sent_at"])
    passed = (Outcome.PASSED_ON, Outcome.OBJECTED)
    rows = Feedback.objects.filter(version_id=said["version_id"], sent_at=sent_at, outcome__in=passed)
    return rows.filter(proposal__isnull=True).order_by("id").first()


PROPOSAL_HEADINGS = (
    "部门",
    "提出",
    "查找方法",
    "提出人",
    "风险类别",
    "岗位",
    "建议什么",
    "针对的风险点",
    "风险点",
    "建议的防范措施",
    "理由",
    "配合部门",
    "结果",
    "答复",
    "写入的风险点",
)
PROPOSALS = YearPart(
    "proposals",
    "互提建议",
    PROPOSAL_HEADINGS,
    _proposals,
    _shown_proposals,
    _proposal_lines,
    _restore_proposals,
    departments_of,
)
