from django.db import migrations, models


class Migration(migrations.Migration):
    """Entries get a random salt, so that an extract can cover what they say; those that are there keep none."""

    dependencies = [
        ("riskcontrol", "0003_ratecount"),
    ]

    operations = [
        migrations.AddField(
            model_name="auditentry",
            name="salt",
            field=models.CharField(blank=True, default="", editable=False, max_length=32, verbose_name="随机数"),
            preserve_default=False,
        ),
    ]
