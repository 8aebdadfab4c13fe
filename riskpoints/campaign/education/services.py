"""Every write to the records of education, each one audited."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from departments.models import Actor, Department
from riskcontrol import attachments, audit, files
from riskcontrol.text import folded
from riskpoints.campaign.education.queries import fulfillable
from riskpoints.campaign.models import Absence, EducationFile, EducationRecord, FulfilledMeasure
from riskpoints.campaign.permissions import CampaignAction, require, require_still
from riskpoints.campaign.verbs import CampaignVerb
from riskpoints.models import Cycle

PLAIN = (
    "theme",
    "kind",
    "held_on",
    "begins_at",
    "ends_at",
    "place",
    "host",
    "speaker",
    "recorder",
    "levels",
    "roles",
    "expected",
    "present",
    "content",
)
CLOSED = "{year} 年度已经关闭，不能再登记。如确有遗漏，请写进下一年度的记录。"
NO_YEAR = "{year} 年度还没有开启，请领导小组办公室先开启年度。"


@dataclass(frozen=True)
class Absent:
    """Somebody who was not there, and why."""

    name: str
    reason: str = ""


def record(department: Department | None, values: Mapping[str, Any], *, token: str, actor: Actor) -> EducationRecord:
    """Write down an event of a department, or of the school. The same token again gives the record it made.

    ValidationError by field.
    """
    with transaction.atomic():
        cycle = _open_year_of(values["held_on"])
        _require_host(department, actor)
        known = EducationRecord.objects.filter(token=token).first()
        if known is not None:
            return known
        row = EducationRecord(
            cycle=cycle,
            department=department,
            department_name=department.name if department else "全校",
            recorded_by=actor,
            recorded_by_name=actor.real_name,
            makeup_of=values.get("makeup_of"),
            token=token,
            **{name: values[name] for name in PLAIN if values.get(name) is not None},
        )
        _check(row, values)
        row.full_clean(exclude=["token"])
        row.save()
        _set_related(row, values)
        audit.record(CampaignVerb.EDUCATION_RECORD, actor=actor, target=row, detail=said(row))
    return row


def change(row: EducationRecord, values: Mapping[str, Any], *, lock: int, actor: Actor) -> EducationRecord:
    """Write an event anew. `lock` is what the writer saw: ValidationError where somebody saved in between."""
    with transaction.atomic():
        locked = EducationRecord.objects.select_for_update(of=("self",)).select_related("cycle").get(pk=row.pk)
        require_still(actor, CampaignAction.CHANGE_EDUCATION, locked)
        if locked.lock != lock:
            raise ValidationError("您填写期间别人更改过这条记录，您的还没有保存。请对照后再保存。", code="changed")
        before = said(locked)
        for name in PLAIN:
            setattr(locked, name, values.get(name) if values.get(name) is not None else _empty(name))
        locked.makeup_of = values.get("makeup_of")
        locked.cycle = _open_year_of(locked.held_on)
        _check(locked, values)
        locked.full_clean(exclude=["token"])
        locked.lock += 1
        locked.save()
        _set_related(locked, values)
        detail = audit.changed_fields(before, said(locked))
        if detail:
            audit.record(CampaignVerb.EDUCATION_CHANGE, actor=actor, target=locked, detail=detail)
    return locked


def add_file(row: EducationRecord, content: bytes, name: str, *, actor: Actor) -> EducationFile:
    """Add a material under the name of its file. ValidationError at `file` for what can't be one or is there."""
    suffix = attachments.read(content)
    with transaction.atomic():
        locked = EducationRecord.objects.select_for_update(of=("self",)).select_related("cycle").get(pk=row.pk)
        require_still(actor, CampaignAction.CHANGE_EDUCATION, locked)
        kept = files.keep(content, attachments.MEDIA_TYPES[suffix])
        known = EducationFile.objects.filter(record=locked, file=kept).first()
        if known is not None:
            raise ValidationError({"file": f"这份材料已经上传过（{known.name}），不用再传。"})
        name = attachments.printed_name(name, suffix)
        added = EducationFile(record=locked, file=kept, name=name, suffix=suffix, added_by=actor)
        added.full_clean()
        added.save()
        audit.record(CampaignVerb.EDUCATION_FILE, actor=actor, target=locked, detail={"材料": name})
    return added


def said(row: EducationRecord) -> dict[str, Any]:
    """What a record says, for the trail: old beside new."""
    return audit.field_values(row, *PLAIN) | {
        "departments": sorted(row.departments.values_list("name", flat=True)),
        "posts": sorted(row.posts.values_list("name", flat=True)),
        "absent": [str(absence) for absence in row.absences.all()],
        "measures": [measure.text for measure in row.measures.all()],
        "makeup_of": str(row.makeup_of) if row.makeup_of else "",
    }


def _empty(name: str) -> Any:
    if name in ("levels", "roles"):
        return []
    return None if name in ("begins_at", "ends_at") else ""


def _open_year_of(day: datetime.date) -> Cycle:
    """The year of a day, locked so that nobody closes it meanwhile. ValidationError where it is not open."""
    cycle = Cycle.objects.select_for_update().filter(year=day.year).first()
    if cycle is None:
        raise ValidationError({"held_on": NO_YEAR.format(year=day.year)})
    if cycle.is_closed:
        raise ValidationError({"held_on": CLOSED.format(year=day.year)})
    return cycle


def _require_host(department: Department | None, actor: Actor) -> None:
    if department is None:
        require_still(actor, CampaignAction.RECORD_SCHOOL_EDUCATION)
    else:
        require(actor, CampaignAction.RECORD_EDUCATION)
        require_still(actor, CampaignAction.HOST_EDUCATION, department)


def _check(row: EducationRecord, values: Mapping[str, Any]) -> None:
    """What only several fields together can be wrong about. ValidationError by field."""
    if row.held_on > timezone.localdate():
        raise ValidationError({"held_on": "还没有到这一天。请在活动以后登记；计划中的活动写进年度计划。"})
    absent = list(values.get("absent") or ())
    missing = row.expected - row.present
    if 0 <= missing < len(absent):
        raise ValidationError({"absent": f"应到和实到相差 {missing} 人，这里写了 {len(absent)} 人，请核对。"})
    names = [folded(one.name) for one in absent]
    if len(set(names)) < len(names):
        raise ValidationError({"absent": "有人写了两次，请核对。"})
    if row.makeup_of_id and row.makeup_of_id == row.pk:
        raise ValidationError({"makeup_of": "补课要选另一次活动。"})


def _set_related(row: EducationRecord, values: Mapping[str, Any]) -> None:
    row.departments.set(values["departments"])
    row.posts.set(values.get("posts") or ())
    row.absences.all().delete()
    for one in values.get("absent") or ():
        absence = Absence(record=row, name=one.name, reason=one.reason)
        absence.full_clean()
        absence.save()
    _set_measures(row, values.get("measures") or ())


def _set_measures(row: EducationRecord, identities: Iterable[str]) -> None:
    """Measures that stay keep the words that they had when they were chosen."""
    wanted = {str(identity) for identity in identities}
    row.measures.exclude(identity__in=wanted).delete()
    kept = {str(identity) for identity in row.measures.values_list("identity", flat=True)}
    for measure in fulfillable():
        if str(measure.identity) in wanted - kept:
            FulfilledMeasure.objects.create(
                record=row,
                identity=measure.identity,
                department_name=measure.version.owner_name,
                text=measure.text,
            )
