"""Tables of a year follow the order of their departments, whatever that is made of."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("riskpoints", "0014_snapshot_format")]

    operations = [
        migrations.AlterModelOptions(
            name="controltable",
            options={
                "ordering": ["-cycle__year", "scope", "department", "id"],
                "verbose_name": "防控表",
                "verbose_name_plural": "防控表",
            },
        ),
    ]
