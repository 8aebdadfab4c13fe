"""Names that accounts had before, from the trail: what was decided under a name stays under it."""

import datetime

from django.db import migrations, models


def from_the_trail(apps, schema_editor):
    """Each change of a name stands in the trail as {"real_name": [old, new]}."""
    alias = schema_editor.connection.alias
    users = apps.get_model("departments", "User").objects.using(alias)
    entries = apps.get_model("riskcontrol", "AuditEntry").objects.using(alias)
    changes = entries.filter(object_type="departments.user", action="修改账号", succeeded=True).order_by("number")
    names: dict[str, list[list[str]]] = {}
    for key, detail, at in changes.values_list("object_id", "detail", "at").iterator():
        pair = detail.get("real_name") if isinstance(detail, dict) else None
        if pair and pair[0]:
            names.setdefault(key, []).append([pair[0], at.astimezone(datetime.UTC).isoformat()])
    for key, former in names.items():
        users.filter(pk=key).update(former_names=former)


class Migration(migrations.Migration):
    dependencies = [("departments", "0011_department_successor"), ("riskcontrol", "0004_auditentry_salt")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="former_names",
            field=models.JSONField(blank=True, default=list, editable=False, verbose_name="曾用姓名"),
        ),
        migrations.RunPython(from_the_trail, migrations.RunPython.noop),
    ]
