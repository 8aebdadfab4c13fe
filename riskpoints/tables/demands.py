"""What an act demands of a version besides its status: that it is complete, has its levels, was published."""

from collections.abc import Callable

from riskcontrol.templatetags.ui import cn_date
from riskpoints.content import completeness, content
from riskpoints.content.walk import is_renewal, walk_of
from riskpoints.enums import Action, Scope
from riskpoints.models import TableVersion
from riskpoints.tables import publicity, reviewing
from riskpoints.tables.refusal import WorkflowError

UNPOSTED = "这张表还没有公示。请领导小组办公室先列入公示，期满后再签字确定。"


class IncompleteError(WorkflowError):
    """Something is missing; `findings` says what and where."""

    def __init__(self, message: str, findings: list[completeness.Finding]) -> None:
        super().__init__(message)
        self.findings = findings


class UnwalkedError(WorkflowError):
    """Last year's points were not all gone through, and nobody says why."""


def worded_submission(version: TableVersion, reason: str) -> str:
    """The comment that goes with the submission: of a renewal that was not gone through whole, how many points were
    not, and why. UnwalkedError without a reason; of every other table what was said."""
    walk = walk_of(content.load(version)) if is_renewal(version) else None
    if walk is None or not walk.left:
        return reason
    left = f"{len(walk.left)} 个风险点没有逐条核对"
    if not reason:
        raise UnwalkedError(f"还有 {left}。请先逐条核对，或写明原因再提交。")
    return f"{left}：{reason}"


def _require_complete(version: TableVersion) -> None:
    report = completeness.check(content.load(version))
    if report.missing:
        raise IncompleteError(f"还有 {len(report.missing)} 处没有填完，填完后才能提交。", report.missing)


def _require_levels(version: TableVersion) -> None:
    """Every point of a department has a confirmed level that the rule allows (R35, T7)."""
    if version.table.scope == Scope.SCHOOL:
        return
    findings = []
    for row in content.load(version).rows:
        for number, point in enumerate(row.points, start=1):
            problem = reviewing.assessment_problem(point, point.confirmed_level, point.confirmed_reason)
            if problem:
                findings.append(completeness.Finding(f"{row.label}第 {number} 项：{problem}", f"point-{point.pk}"))
    if findings:
        raise IncompleteError(f"还有 {len(findings)} 个风险点的等级没有核定好。", findings)


def require_published(version: TableVersion) -> None:
    if publicity.needs_posting(version):
        raise WorkflowError(UNPOSTED)
    until = version.publish_until
    if until is not None and version.is_being_published():
        raise WorkflowError(f"公示期到 {cn_date(until)}，期满后才能确定。")


# What an act demands of the version, besides its status; each raises WorkflowError.
REQUIRED: dict[Action, Callable[[TableVersion], None]] = {
    Action.SUBMIT: _require_complete,
    Action.APPROVE: _require_levels,
    Action.CONFIRM: require_published,
}
