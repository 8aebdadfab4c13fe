"""What a point of a draft must agree with before it is saved, and what its level rests on."""

import copy
from collections.abc import Container, Mapping
from typing import Any

from django.core.exceptions import ValidationError

from riskcontrol.text import is_blank
from riskpoints.enums import FindingMethod
from riskpoints.models import NilDeclaration, RiskPoint, TableVersion
from riskpoints.tables import co_departments
from riskpoints.tables.drafts import (
    apply_rule,
    require_category,
    wrong_power,
)


def judged(point: RiskPoint) -> tuple[Any, ...]:
    """What a level rests on: a change to it makes an earlier confirmation stale."""
    return point.likelihood, point.harm, point.functions, point.computed_level, point.proposed_level


def require_sound_point(version: TableVersion, point: RiskPoint, *, nils: Container[str] | None = None) -> None:
    """ValidationError by field where the form, the post or the level rule doesn't allow what a point says.

    Whoever checks many points gives the categories that are 无, and posts that are there: then nothing is asked of the
    database for each of them.
    """
    require_category(version, point.category)
    errors: dict[str, str] = {}
    if point.category in nils if nils is not None else is_nil(version, point.category):
        errors["text"] = "这一类已确认为“无”。如有风险点，请先取消“无”。"
    if point.pk and point.measures.exclude(category=point.category).exists():
        errors["category"] = "这个风险点在原类别里有防范措施，请先删除或改动措施。"
    if point.post is not None and point.post.department_id != version.table.department_id:
        errors["post"] = "请选本部门的岗位。"
    ruling = point.ruling
    if point.proposed_level is not None:
        if ruling.is_forbidden(point.proposed_level) and ruling.floor is not None:
            errors["proposed_level"] = f"该岗位的职能要求不低于{ruling.floor.label}，不能选更低的等级。"
        elif (
            ruling.needs_reason(point.proposed_level)
            and is_blank(point.proposed_reason)
            and ruling.computed is not None
        ):
            errors["proposed_reason"] = f"按规则应为{ruling.computed.label}，建议更低的等级须写明理由。"
    if wrong := wrong_power(version, point):
        errors["power"] = wrong
    if FindingMethod.OTHER in point.finding_methods and is_blank(point.finding_other):
        errors["finding_other"] = "选了“其他”，请写明是什么方法。"
    if any(method not in FindingMethod.values for method in point.finding_methods):
        errors["finding_methods"] = "请从所列的查找方法中选。"
    if is_blank(point.missing_regulation) and (point.missing_drafter or point.missing_due):
        errors["missing_regulation"] = "填了由谁拟订或期限的，请写明缺少哪项制度。"
    if errors:
        raise ValidationError(errors)
    known = ["version", "post"] if nils is not None else ["version"]
    point.full_clean(exclude=known, validate_constraints=False)


def check_point(
    version: TableVersion,
    values: Mapping[str, Any],
    *,
    point: RiskPoint | None = None,
    nils: Container[str] | None = None,
) -> None:
    """Raise ValidationError where save_point() would refuse a new point, or this change of one; nothing is written.
    `nils` as for require_sound_point()."""
    row = RiskPoint(version=version) if point is None else copy.copy(point)
    if point is not None and values.get("category", point.category) == point.category:
        row.pk = None  # its measures needn't be asked after
    for name, value in values.items():
        setattr(row, name, value)
    co_departments.note(row)
    apply_rule(row)
    require_sound_point(version, row, nils=nils)


def is_nil(version: TableVersion, category: str) -> bool:
    """Whether a category is answered with an explicit 无: nothing stands beside it."""
    return NilDeclaration.objects.filter(version=version, category=category).exists()
