"""What the register shows of opinions on its own pages, and why they hold back the confirmation of a table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from riskpoints.content.today import in_force_today
from riskpoints.models import RiskPoint, TableVersion
from riskpoints.participation.cooperation import WITH, CoLine, lines
from riskpoints.participation.enums import FeedbackState, ObjectionState, ProposalKind, ProposalState
from riskpoints.participation.models import Feedback, Proposal
from riskpoints.participation.permissions import ParticipationAction, can, visible_opinions
from riskpoints.permissions import is_reviewer_of
from riskpoints.rules import queries as rules
from riskpoints.rules.enums import Key
from riskpoints.wings import Mark, Panel, Place, PublicLink


@dataclass(frozen=True)
class Opinions:
    """Opinions on one table, and how many of them hold back its confirmation."""

    rows: list[Feedback]
    waiting: int = 0


def holding_back(version: TableVersion) -> QuerySet[Feedback]:
    """Opinions sent within the period, not set aside, and neither answered nor decided by the reviewer."""
    return Feedback.objects.filter(
        Q(state=FeedbackState.NEW) | Q(objection__state=ObjectionState.OPEN),
        version=version,
        within_period=True,
        quarantine="",
    )


def hold_back(version: TableVersion) -> str:
    """Why a table can't be confirmed yet (school rule publication.blocks_confirmation)."""
    if not rules.on()[Key.BLOCKS_CONFIRMATION]:
        return ""
    waiting = holding_back(version).count()
    return f"公示期内收到的意见还有 {waiting} 条没有办结，办结后才能签字确定。" if waiting else ""


def for_the_signature(user: Any, version: TableVersion) -> Panel | None:
    """Opinions and answers, for whoever is about to sign; None where there is nothing to read or no right to."""
    rows = list(visible_opinions(user).filter(version=version).order_by("sent_at", "id"))
    if not rows:
        return None
    return Panel("participation/_for_the_signature.html", Opinions(rows, holding_back(version).count()))


def for_everybody(user: Any, version: TableVersion) -> Panel | None:
    """The answers that the office made public: without any name, the opinion's own words only where it said so."""
    rows = version.feedback.filter(state=FeedbackState.ANSWERED, answer_is_public=True).order_by("answered_at", "id")
    found = list(rows.select_related("objection"))
    return Panel("participation/_public_answers.html", Opinions(found)) if found else None


@dataclass(frozen=True)
class CoAnswers:
    """What the departments that cooperate at points of one table said; `is_in_force`: they are asked."""

    rows: list[CoLine]
    is_in_force: bool


@dataclass(frozen=True)
class Review:
    """Opinions on levels of a table's points with their answers, and what cooperating departments said."""

    levels: list[Proposal]
    answers: CoAnswers | None


def for_the_review(user: Any, version: TableVersion) -> Panel | None:
    """What a reviewer reads beside the points: opinions on their levels, and what cooperating departments said."""
    shown = Review(_level_opinions(user, version), _co_answers(user, version))
    return Panel("participation/_for_the_review.html", shown) if shown.levels or shown.answers else None


def _level_opinions(user: Any, version: TableVersion) -> list[Proposal]:
    """Opinions on levels of these points since the version that this one goes on from; they decide nothing."""
    if not is_reviewer_of(user, version.table):
        return []
    identities = list(version.points.values_list("identity", flat=True))
    found = Proposal.objects.filter(kind=ProposalKind.LEVEL, target_point__in=identities)
    found = found.exclude(state=ProposalState.WITHDRAWN).select_related("decided_by").order_by("sent_at", "id")
    if version.base is not None and version.base.confirmed_at is not None:
        found = found.filter(sent_at__gte=version.base.confirmed_at)
    return list(found)


def co_answers(user: Any, version: TableVersion) -> Panel | None:
    """What cooperating departments said, for the owner, the committee and the office (R55)."""
    found = _co_answers(user, version)
    return Panel("participation/_co_answers.html", Review([], found)) if found else None


def _co_answers(user: Any, version: TableVersion) -> CoAnswers | None:
    if not can(user, ParticipationAction.VIEW_CO_ANSWERS, version):
        return None
    points = version.points.exclude(co_departments="").select_related(*WITH).order_by("order", "id")
    rows = lines(points)
    is_in_force = bool(rows) and TableVersion.objects.filter(in_force_today(), pk=version.pk).exists()
    return CoAnswers(rows, is_in_force) if rows else None


def marks(user: Any, versions: Sequence[TableVersion]) -> dict[int, list[Mark]]:
    """A word beside points of which a cooperating department says that it differs, for those who read its answer."""
    readable = {row.pk: row for row in versions if can(user, ParticipationAction.VIEW_CO_ANSWERS, row)}
    points = RiskPoint.objects.filter(version__in=list(readable)).exclude(co_departments="").select_related(*WITH)
    found: dict[int, list[Mark]] = {}
    for line in lines(points):
        if line.is_current and line.answer is not None and line.answer.differs:
            mark = Mark(f"{line.department}有不同意见", line.point.identity)
            found.setdefault(line.point.version_id, []).append(mark)
    return found


def links(version: TableVersion | None) -> list[PublicLink]:
    """Say something of a published table; beside the list of all, read the answer to what was said (R33)."""
    if version is None:
        return [PublicLink("看意见的答复", reverse("participation:receipt"))]
    hint = "可以匿名。领导小组办公室答复，凭查询码查看。"
    return [PublicLink("对这张表提意见", reverse("participation:send", args=[version.pk]), "提意见", hint)]


PANELS: dict[Place, Callable[[Any, TableVersion], Panel | None]] = {
    "deciding": for_the_signature,
    "published": for_everybody,
    "filling": co_answers,
    "reviewing": for_the_review,
    "reading": co_answers,
}
