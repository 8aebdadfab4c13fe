"""A row of the organisation written, with one audit entry of what changed; what nobody does to the own account."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from departments.models import (
    Actor,
    User,
)
from departments.verbs import verb_of
from riskcontrol import audit
from riskcontrol.pinyin import PinyinField

OWN_ROLE = (
    "不能给自己增加角色，请由另一位系统管理员办理；只有一位系统管理员的，请先为另一位同志建立系统管理员账号，由其办理。"
)
OWN_ADMINISTRATION = "不能取消自己的系统管理员角色，请由另一位系统管理员办理。"
OWN_ACCOUNT = "不能停用自己的账号，请由另一位系统管理员办理。"
OWN_SIGN_IN = "自己的密码请在右上方的“我的账号”里修改。"
OWN_CODE = "自己的验证器请在右上方的“我的账号”里办理，丢失的请由另一位系统管理员取消。"


def require_other(user: User | None, actor: Actor | None, reason: str) -> None:
    """ValidationError where somebody would do this to the own account; the console has no actor."""
    if user is not None and actor is not None and user.pk == getattr(actor, "pk", None):
        raise ValidationError(reason)


def save_record(
    instance: models.Model, *, actor: Actor | None, related: dict[str, Iterable[Any]] | None = None
) -> models.Model:
    """Create or change one row (and its many-to-many `related`), with one audit entry of what changed.

    The instance is validated in full, constraints included: django.core.exceptions.ValidationError names the fields.
    """
    fields = _told_fields(instance)
    with transaction.atomic():
        before: dict[str, Any] = {}
        if instance.pk is not None:
            stored = type(instance)._default_manager.select_for_update().filter(pk=instance.pk).first()
            if stored is not None:
                before = audit.field_values(stored, *fields) | related_values(stored, related)
        instance.full_clean()
        if isinstance(instance, User) and before:
            instance.former_names = _former_names(stored, instance)
        _save_or_refuse(instance)
        for name, values in (related or {}).items():
            getattr(instance, name).set(values)
        after = audit.field_values(instance, *fields) | related_values(instance, related)
        changes = audit.changed_fields(before, after)
        if changes:
            verb = verb_of("change" if before else "create", instance)
            # Who creates an account gives its password as well; whatever is saved later keeps the one there is.
            marks = instance.password_mark() if isinstance(instance, User) and not before else None
            audit.record(verb, actor=actor, target=instance, detail=changes, marks=marks)
    return instance


def _save_or_refuse(instance: models.Model) -> None:
    """Save a row that was found sound. Where somebody saved the same name after that, and in the same instant, the
    database refuses; asked once more, the model says so in words (ValidationError)."""
    try:
        with transaction.atomic():
            instance.save(force_insert=instance._state.adding)  # the school has its key beforehand: never an update
    except IntegrityError:
        instance.full_clean()
        raise


def _former_names(stored: Any, user: User) -> list[list[str]]:
    """The names an account had, with the one it loses now."""
    if stored.real_name == user.real_name:
        return list(stored.former_names)
    return [*stored.former_names, [stored.real_name, timezone.now().astimezone(datetime.UTC).isoformat()]]


def _told_fields(instance: models.Model) -> list[str]:
    """What an entry of the trail says of a row: neither passwords nor what follows from another field."""
    return [
        field.name
        for field in instance._meta.concrete_fields
        if not field.primary_key
        and field.name not in ("password", "former_names")
        and not isinstance(field, PinyinField)
    ]


def related_values(instance: models.Model, related: dict[str, Iterable[Any]] | None) -> dict[str, list[str]]:
    return {name: sorted(str(item) for item in getattr(instance, name).all()) for name in (related or {})}


def remove_record(instance: models.Model, *, actor: Actor | None) -> None:
    """Remove a row that nothing refers to; ProtectedError where something does."""
    fields = _told_fields(instance)
    with transaction.atomic():
        detail = {name: [value, None] for name, value in audit.field_values(instance, *fields).items()}
        audit.record(verb_of("remove", instance), actor=actor, target=instance, detail=detail, is_gone=True)
        instance.delete()
