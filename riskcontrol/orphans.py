"""References to rows that are not there: no database takes one, but a file that was written past it may have some."""

from collections.abc import Iterator

from django.apps import apps
from django.db import connection, models
from django.db.models import Exists, OuterRef


def orphans() -> Iterator[tuple[str, str]]:
    """Yield (what, why) of each row that points to nothing, in the order of the tables."""
    tables = set(connection.introspection.table_names())
    for model in sorted(apps.get_models(include_auto_created=True), key=lambda model: model._meta.db_table):
        if model._meta.db_table in tables and model._meta.managed and not model._meta.proxy:
            for field in model._meta.concrete_fields:
                if isinstance(field, models.ForeignKey):
                    yield from _of(model, field)


def _of(model: type[models.Model], field: models.ForeignKey) -> Iterator[tuple[str, str]]:
    parent = field.remote_field.model
    there = parent._base_manager.filter(**{field.target_field.attname: OuterRef(field.attname)})
    rows = model._base_manager.filter(~Exists(there), **{f"{field.attname}__isnull": False}).order_by("pk")
    for key in rows.values_list("pk", flat=True):
        yield f"{model._meta.verbose_name} {key}", f"指向的{parent._meta.verbose_name}不见了"
