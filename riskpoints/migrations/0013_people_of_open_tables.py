"""Who set levels in a table that is still on its way is kept as a row from now on: read from the trail once."""

from django.db import migrations


def note(apps, schema_editor):
    versions = (
        apps.get_model("riskpoints", "TableVersion")
        .objects.using(schema_editor.connection.alias)
        .filter(status__in=["draft", "submitted", "reviewed"], table__cycle__closed_at__isnull=True)
    )
    entries = (
        apps.get_model("riskcontrol", "AuditEntry")
        .objects.using(schema_editor.connection.alias)
        .filter(action="核定等级", object_type="riskpoints.riskpoint", succeeded=True)
    )
    users = apps.get_model("departments", "User").objects.using(schema_editor.connection.alias)
    for version in versions.prefetch_related("points", "decisions"):
        keys = [str(point.pk) for point in version.points.all()]
        numbers = set(entries.filter(object_id__in=keys).values_list("actor_number", flat=True)) - {""}
        approved = {item.actor_id for item in version.decisions.all() if item.action == "approve" and item.actor_id}
        version.assessors.add(*users.filter(staff_number__in=numbers), *approved)
        submitted = {item.actor_id for item in version.decisions.all() if item.action == "submit" and item.actor_id}
        version.authors.add(*submitted)


class Migration(migrations.Migration):
    dependencies = [
        ("departments", "0010_principal_terms"),
        ("riskcontrol", "0004_auditentry_salt"),
        ("riskpoints", "0012_confirmation_rule"),
    ]

    operations = [migrations.RunPython(note, migrations.RunPython.noop)]
