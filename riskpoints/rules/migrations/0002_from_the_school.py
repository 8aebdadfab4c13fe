"""What an existing school had set becomes its rules, valid since ever: its days of publication, and that tables in force
are public."""

import datetime

from django.db import migrations

SINCE = datetime.date(2000, 1, 1)
REASON = "系统升级：沿用原来的设置。"


def carry_over(apps, schema_editor):
    """Only a school that is set up has settings; a new one begins with the defaults."""
    school = apps.get_model("departments", "School").objects.using(schema_editor.connection.alias).filter(pk=1).first()
    if school is None:
        return
    rules = apps.get_model("rules", "SchoolRule").objects.using(schema_editor.connection.alias)
    rules.create(key="publication.days", value=school.publication_days, since=SINCE, reason=REASON)
    rules.create(key="public.in_force", value={"readers": "all", "except": []}, since=SINCE, reason=REASON)


class Migration(migrations.Migration):
    dependencies = [("rules", "0001_initial"), ("departments", "0004_alter_user_staff_number")]
    operations = [migrations.RunPython(carry_over, migrations.RunPython.noop)]
