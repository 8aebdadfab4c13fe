import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    """A staff number ends with its last sign: $ would let a line end behind it pass."""

    dependencies = [
        ("departments", "0003_group_heading"),
    ]

    operations = [
        migrations.AlterField(
            model_name="user",
            name="staff_number",
            field=models.CharField(
                error_messages={"unique": "已有这个工号的账号，请核对工号。"},
                max_length=32,
                unique=True,
                validators=[
                    django.core.validators.RegexValidator(
                        "^[A-Za-z0-9_.-]+\\Z", "工号只能用字母、数字、点、短横线和下划线。"
                    )
                ],
                verbose_name="工号",
            ),
        ),
    ]
