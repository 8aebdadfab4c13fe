"""The search index: the texts of signed points as searches compare them; filled after the migration."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("riskpoints", "0023_walk_answer"),
    ]

    operations = [
        migrations.CreateModel(
            name="SearchText",
            fields=[
                (
                    "point",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="searched",
                        serialize=False,
                        to="riskpoints.riskpoint",
                        verbose_name="风险点",
                    ),
                ),
                ("text", models.TextField(verbose_name="检索文字")),
            ],
            options={
                "verbose_name": "检索文字",
                "verbose_name_plural": "检索文字",
            },
        ),
    ]
