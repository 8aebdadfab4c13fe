from django.db import migrations, models


class Migration(migrations.Migration):
    """Versions get a random part of their content; those that are there keep the hashes that they were decided with."""

    dependencies = [
        ("riskpoints", "0003_postexemption_names"),
    ]

    operations = [
        migrations.AddField(
            model_name="tableversion",
            name="seal",
            field=models.CharField(blank=True, default="", editable=False, max_length=32, verbose_name="随机数"),
            preserve_default=False,
        ),
    ]
