"""「复核无变化」 is written down by whoever submits the table, with an entry in the trail."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from departments.models import Actor
from riskcontrol import audit, watched
from riskcontrol.text import is_blank, stripped
from riskpoints.campaign.models import LookThrough
from riskpoints.campaign.permissions import CampaignAction, require_still
from riskpoints.campaign.upkeep import queries
from riskpoints.campaign.verbs import CampaignVerb
from riskpoints.models import TableVersion
from riskpoints.tables.locking import lock_version


class UpkeepError(Exception):
    """The act is not possible now; the message is Chinese and says what to do."""


def look_through(version: TableVersion, note: str, *, actor: Actor) -> LookThrough:
    """Write down that a table in force was looked through and nothing is to be changed; pressed twice, it is once.

    UpkeepError where it was looked through today, is on its way to a new version, or is not in force.
    ValidationError at `note`.
    """
    if is_blank(note):
        raise ValidationError({"note": "请写明复核了什么，如“对照岗位职责和今年的业务，风险点和措施仍然适用”。"})
    with transaction.atomic():
        locked = lock_version(version, with_year=True)
        require_still(actor, CampaignAction.LOOK_THROUGH, locked)
        if (same := _already_written(locked, stripped(note), actor)) is not None:
            return same
        _require_possible(locked)
        row = LookThrough(version=locked, note=stripped(note), by=actor, by_name=actor.real_name)
        row.full_clean()
        row.save()
        detail = {"复核情况": row.note}
        audit.record(CampaignVerb.LOOK_THROUGH, actor=actor, target=locked, detail=detail, marks=watched.values(row))
    return row


def _already_written(version: TableVersion, note: str, actor: Actor) -> LookThrough | None:
    """What the same person wrote down today in the same words: the button was pressed twice."""
    last = LookThrough.objects.filter(version=version, by=actor, note=note).order_by("-at", "-id").first()
    return last if last is not None and timezone.localdate(last.at) == timezone.localdate() else None


def _require_possible(version: TableVersion) -> None:
    now = queries.of(version)
    if now is None:
        raise UpkeepError("这一版现在不是现行版，不用复核。")
    if now.is_revised:
        raise UpkeepError("这张表正在修订，不用再登记复核无变化。")
    if now.done and timezone.localdate(now.done[-1].at) == timezone.localdate():
        raise UpkeepError(f"{now.done[-1].by_name}今天已经登记过复核，不用再登记。")
