import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = [("riskpoints", "0001_initial"), ("riskcontrol", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="Visit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("point", models.UUIDField(null=True)),
                ("text", models.CharField(max_length=100, verbose_name="巡察事项")),
                ("is_done", models.BooleanField(default=False)),
                (
                    "report",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="riskcontrol.storedfile",
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="riskpoints.tableversion"
                    ),
                ),
            ],
            options={"verbose_name": "巡察", "verbose_name_plural": "巡察"},
        ),
    ]
