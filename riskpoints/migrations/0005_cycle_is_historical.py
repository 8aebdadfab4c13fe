"""A year says whether it is a historical one that is recorded; until now that followed from the calendar."""

from django.db import migrations, models
from django.utils import timezone


def derive(apps, schema_editor):
    """Historical is a year that was over when it was opened, and in which nothing but recorded tables stands.

    Every other year stays one of departments and committee: what was recorded in it stays, and nothing is added so.
    """
    alias = schema_editor.connection.alias
    cycle_model = apps.get_model("riskpoints", "Cycle")
    version_model = apps.get_model("riskpoints", "TableVersion")
    with Writable(schema_editor, cycle_model._meta.db_table):
        for cycle in cycle_model.objects.using(alias):
            if cycle.year >= timezone.localtime(cycle.opened_at).year:
                continue
            if not version_model.objects.using(alias).filter(table__cycle=cycle, is_historical=False).exists():
                cycle_model.objects.using(alias).filter(pk=cycle.pk).update(is_historical=True)


class Writable:
    """The table without its freeze triggers; they are there again after the migration, at once or by post_migrate."""

    def __init__(self, schema_editor, table):
        self.connection, self.table = schema_editor.connection, table

    def _set(self, verb):
        if self.connection.vendor == "postgresql":
            with self.connection.cursor() as cursor:
                cursor.execute(f'ALTER TABLE "{self.table}" {verb} TRIGGER USER')

    def __enter__(self):
        if self.connection.vendor == "sqlite":
            with self.connection.cursor() as cursor:
                cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [self.table])
                for (name,) in cursor.fetchall():
                    cursor.execute(f'DROP TRIGGER "{name}"')
        self._set("DISABLE")

    def __exit__(self, *error):
        self._set("ENABLE")


class Migration(migrations.Migration):
    dependencies = [("riskpoints", "0004_tableversion_seal")]

    operations = [
        migrations.AddField(
            model_name="cycle",
            name="is_historical",
            field=models.BooleanField(default=False, editable=False, verbose_name="补录历史年度"),
        ),
        migrations.RunPython(derive, migrations.RunPython.noop),
    ]
