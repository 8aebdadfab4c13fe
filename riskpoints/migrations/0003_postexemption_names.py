"""A post stated to have no risk point is named in the version itself, as its points name theirs."""

import json

from django.db import migrations, models

from riskcontrol.triggers import Writable


def note_posts(apps, schema_editor):
    """Fill in names and functions; in what was handed in the name is the one that the last decision was made on."""
    exemption_model = apps.get_model("riskpoints", "PostExemption")
    with Writable(schema_editor, exemption_model._meta.db_table):
        rows_of = apps.get_model("riskpoints", "TableVersion").objects.using(schema_editor.connection.alias)
        versions = rows_of.filter(exemptions__isnull=False).distinct()
        for version in versions.order_by("pk"):
            rows = list(version.exemptions.select_related("post").order_by("pk"))
            names = _names(rows, _said(version))
            for row in rows:
                row.post_name = names[row.pk]
                functions = row.post.functions.filter(is_retired=False).order_by("order", "id")
                row.functions = [[function.name, function.floor] for function in functions]
                row.save(update_fields=["post_name", "functions"])


def _said(version):
    """[name, reason] of each statement as the last decision's snapshot has it; a draft is called as today."""
    if version.status == "draft":
        return []
    last = version.decisions.order_by("-at", "-id").first()
    try:
        return [tuple(pair) for pair in json.loads(last.snapshot)["exemptions"]] if last else []
    except (ValueError, KeyError):
        return []  # found as damaged by verify_register, and no worse for this


def _names(rows, said):
    """The name of each row's post: today's where the snapshot has it, else one that is left over for the reason."""
    names, left = {}, list(said)
    for row in rows:
        if (row.post.name, row.reason) in left:
            left.remove((row.post.name, row.reason))
            names[row.pk] = row.post.name
    for row in rows:
        if row.pk not in names:
            pair = next((pair for pair in left if pair[1] == row.reason), None)
            if pair is not None:
                left.remove(pair)
            names[row.pk] = pair[0] if pair else row.post.name
    return names


class Migration(migrations.Migration):
    dependencies = [
        ("riskpoints", "0002_remove_tableversion_scan_and_more"),
        ("departments", "0003_group_heading"),
    ]

    operations = [
        migrations.AddField(
            model_name="postexemption",
            name="functions",
            field=models.JSONField(blank=True, default=list, verbose_name="岗位职能与下限"),
        ),
        migrations.AddField(
            model_name="postexemption",
            name="post_name",
            field=models.CharField(default="", max_length=64, verbose_name="岗位名称"),
            preserve_default=False,
        ),
        migrations.RunPython(note_posts, migrations.RunPython.noop),
    ]
