"""What somebody who may write the database could do to it, as data: each column of each table, each row deleted."""

import datetime
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import DatabaseError, connection, models, transaction
from django.utils import timezone

DAYS = datetime.timedelta(days=400)


@dataclass(frozen=True)
class Forgery:
    """One change past the program: of a column, or (none named) the deletion of a row."""

    model: type[models.Model]
    column: str

    @property
    def name(self) -> str:
        return f"{self.model._meta.db_table}.{self.column or 'DELETE'}"

    @property
    def kind(self) -> str:
        return "column" if self.column else "deletion"

    def commit(self, row: dict[str, Any]) -> None:
        """Do it to a row, within the caller's transaction; DatabaseError where the database itself refuses."""
        table, key = self.model._meta.db_table, self.model._meta.pk
        with connection.cursor() as cursor:
            if self.column:
                value = other_value(self.model, self.column, row[self.column])
                cursor.execute(
                    f'UPDATE "{table}" SET "{self.column}" = %s WHERE "{key.column}" = %s',  # noqa: S608
                    [value, row[key.column]],
                )
            else:
                cursor.execute(f'DELETE FROM "{table}" WHERE "{key.column}" = %s', [row[key.column]])  # noqa: S608


def tables() -> list[type[models.Model]]:
    """Every table, in the order of their names."""
    found = apps.get_models(include_auto_created=True)
    return sorted((model for model in found if model._meta.managed), key=lambda model: model._meta.db_table)


def forgeries() -> Iterator[Forgery]:
    for model in tables():
        for field in model._meta.concrete_fields:
            if not field.primary_key:
                yield Forgery(model, field.column)
        yield Forgery(model, "")


def rows_of(model: type[models.Model]) -> list[dict[str, Any]]:
    """The rows of a table as the database has them."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{model._meta.db_table}" ORDER BY 1')  # noqa: S608
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]


def other_value(model: type[models.Model], column: str, value: Any) -> Any:
    """Another value that the column takes, as the database keeps it."""
    field = next(field for field in model._meta.concrete_fields if field.column == column)
    if isinstance(field, models.ForeignKey):
        keys = field.remote_field.model._base_manager.exclude(**{field.target_field.attname: value})
        return keys.order_by("pk").values_list(field.target_field.attname, flat=True).first()
    if field.choices:
        return next((choice for choice, _ in field.flatchoices if choice not in (value, "")), None)
    if isinstance(field, models.BooleanField):
        return not value
    plain = _plain(field, value)
    return field.get_db_prep_value(plain, connection) if isinstance(plain, datetime.date | uuid.UUID) else plain


def _plain(field: models.Field, value: Any) -> Any:
    """Another value by the kind of the column."""
    if isinstance(field, models.DateTimeField):
        return timezone.now() - DAYS
    if isinstance(field, models.DateField):
        return timezone.localdate() - DAYS
    if isinstance(field, models.TimeField):
        return "23:59:00"
    if isinstance(field, models.UUIDField):
        return uuid.uuid4()
    if isinstance(field, models.JSONField):
        return '{"forged": 1}'
    if isinstance(field, models.BinaryField):
        return b"forged"
    if isinstance(field, models.GenericIPAddressField):
        return "192.0.2.1"
    if isinstance(field, models.IntegerField | models.FloatField):
        return (value or 0) + 1
    return "9" if value != "9" else "8"


def done_to(forgery: Forgery, rows: list[dict[str, Any]]) -> Iterator[bool]:
    """Do it to the first of these rows that lets it be done, and take it back when the caller goes on; one value, or
    none where the database refuses it for all."""
    for row in rows:
        with transaction.atomic():
            try:
                with transaction.atomic():
                    forgery.commit(row)
                refused = False
            except (DatabaseError, OverflowError):
                refused = True
            if not refused:
                yield True
            transaction.set_rollback(True)
        if not refused:
            return
