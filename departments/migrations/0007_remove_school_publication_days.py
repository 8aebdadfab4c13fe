from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("departments", "0006_pinyin"), ("rules", "0002_from_the_school")]
    operations = [migrations.RemoveField(model_name="school", name="publication_days")]
