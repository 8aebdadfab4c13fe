"""What an act writes into a version besides its status: who did it and when, and what it takes back."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from departments.models import Actor
from riskpoints import fields
from riskpoints.enums import Action
from riskpoints.models import TableVersion
from riskpoints.tables import acts, meetings, papers, publicity, signing
from riskpoints.tables.minutes import Meeting
from riskpoints.tables.refusal import WorkflowError
from riskpoints.tables.signing import Signature

# What a table is put in force by: the signature, or for that of the 校领导班子 what a meeting decided.
Ground = Signature | Meeting


def confirmation(version: TableVersion, actor: Actor, ground: Ground | None) -> dict[str, Any]:
    """What putting in force writes: by the signature, or as a meeting decided (R53). WorkflowError where it can't."""
    if isinstance(ground, Meeting):
        return meetings.confirmed(version, actor, ground)
    if version.table.is_leaders:
        raise WorkflowError(meetings.UNSIGNED)
    return signing.confirmed(version, actor, ground)


def noted(version: TableVersion, actor: Actor, ground: Ground) -> dict[str, Any]:
    """What is written down before the scan is there; WorkflowError as for putting in force."""
    if isinstance(ground, Meeting):
        return meetings.noted(version, actor, ground)
    if version.table.is_leaders:
        raise WorkflowError(meetings.UNSIGNED)
    return signing.noted_facts(version, ground, actor)


def _submitted(version: TableVersion, actor: Actor, ground: Ground | None) -> dict[str, Any]:
    version.authors.add(actor)
    acts.forget(version)
    return {"submitted_at": timezone.now(), "submitted_by": actor, "snapshot_format": fields.CURRENT}


def _reopened(version: TableVersion, actor: Actor, ground: Ground | None) -> dict[str, Any]:
    publicity.leave(version)
    return {
        "submitted_at": None,
        "submitted_by": None,
        "reviewed_at": None,
        "reviewed_by": None,
        "publish_from": None,
        "publish_until": None,
        **signing.FORGOTTEN,
    }


def _approved(version: TableVersion, actor: Actor, ground: Ground | None) -> dict[str, Any]:
    version.assessors.add(actor)
    period = publicity.on_approval(version, actor)
    return {"reviewed_at": timezone.now(), "reviewed_by": actor, **period}


def _discarded(version: TableVersion, actor: Actor, ground: Ground | None) -> dict[str, Any]:
    return {"snapshot_format": fields.CURRENT} if version.is_draft else {}


def _compared(version: TableVersion, actor: Actor, ground: Ground | None) -> dict[str, Any]:
    if not papers.valid_scans(version).exists():
        raise WorkflowError("这张补录的表没有签字扫描件，不能核对。请领导小组办公室先上传。")
    return {"reviewed_at": timezone.now(), "reviewed_by": actor}


EFFECTS: dict[Action, Callable[[TableVersion, Any, Ground | None], dict[str, Any]]] = {
    Action.SUBMIT: _submitted,
    Action.RECALL: _reopened,
    Action.RETURN: _reopened,
    Action.APPROVE: _approved,
    Action.CONFIRM: confirmation,
    Action.DISCARD: _discarded,
    Action.COMPARE: _compared,
    Action.MISMATCH: _discarded,
}
