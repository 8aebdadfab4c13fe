"""Tables of a year follow the order of their departments, whatever that is made of."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("riskpoints", "0013_people_of_open_tables")]

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
