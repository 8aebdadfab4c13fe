"""What the register shows of opinions on its own pages, and why they hold back the confirmation of a table."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from riskpoints.models import TableVersion
from riskpoints.participation.enums import FeedbackState, ObjectionState
from riskpoints.participation.models import Feedback
from riskpoints.participation.permissions import visible_opinions
from riskpoints.rules import queries as rules
from riskpoints.rules.enums import Key
from riskpoints.wings import Panel, PublicLink


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


def links(version: TableVersion | None) -> list[PublicLink]:
    """Say something of a published table; beside the list of all, read the answer to what was said (R33)."""
    if version is None:
        return [PublicLink("看意见的答复", reverse("participation:receipt"))]
    hint = "可以匿名。领导小组办公室答复，凭查询码查看。"
    return [PublicLink("对这张表提意见", reverse("participation:send", args=[version.pk]), "提意见", hint)]
