"""A year says whether it is a historical one that is recorded; until now that followed from the calendar."""

from django.db import migrations, models
from django.utils import timezone

from riskcontrol.triggers import Writable


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
