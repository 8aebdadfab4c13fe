"""What an act writes into a version besides its status: who did it and when, and what it takes back."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from departments.models import Actor
from riskpoints import fields
from riskpoints.enums import Action
from riskpoints.models import TableVersion
from riskpoints.tables import papers, publicity, signing
from riskpoints.tables.refusal import WorkflowError
from riskpoints.tables.signing import Signature


def _submitted(version: TableVersion, actor: Actor, signature: Signature | None) -> dict[str, Any]:
    version.authors.add(actor)
    return {"submitted_at": timezone.now(), "submitted_by": actor, "snapshot_format": fields.CURRENT}


def _reopened(version: TableVersion, actor: Actor, signature: Signature | None) -> dict[str, Any]:
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


def _approved(version: TableVersion, actor: Actor, signature: Signature | None) -> dict[str, Any]:
    version.assessors.add(actor)
    period = publicity.on_approval(version, actor)
    return {"reviewed_at": timezone.now(), "reviewed_by": actor, **period}


def _discarded(version: TableVersion, actor: Actor, signature: Signature | None) -> dict[str, Any]:
    return {"snapshot_format": fields.CURRENT} if version.is_draft else {}


def _compared(version: TableVersion, actor: Actor, signature: Signature | None) -> dict[str, Any]:
    if not papers.valid_scans(version).exists():
        raise WorkflowError("这张补录的表没有签字扫描件，不能核对。请领导小组办公室先上传。")
    return {"reviewed_at": timezone.now(), "reviewed_by": actor}


EFFECTS: dict[Action, Callable[[TableVersion, Any, Signature | None], dict[str, Any]]] = {
    Action.SUBMIT: _submitted,
    Action.RECALL: _reopened,
    Action.RETURN: _reopened,
    Action.APPROVE: _approved,
    Action.CONFIRM: signing.confirmed,
    Action.DISCARD: _discarded,
    Action.COMPARE: _compared,
    Action.MISMATCH: _discarded,
}
