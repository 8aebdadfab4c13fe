"""What can't be found is said: each exception names what is there, and SECURITY.md says the same."""

from django.apps import apps
from django.conf import settings

from riskcontrol import watched
from riskpoints.evidence import unverified


def test_each_exception_names_what_is_there_and_why():
    models = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
    columns = {field.column for model in models.values() for field in model._meta.concrete_fields}
    for name, reason in unverified.NOT_FOUND.items():
        table, _, column = name.partition(".")
        if name.startswith("*"):
            assert name[1:] in columns & watched.PASSING
        else:
            assert not column or column == "DELETE" or column in {f.column for f in models[table]._meta.concrete_fields}
        assert reason


def test_the_security_notes_say_the_same():
    text = (settings.BASE_DIR / "SECURITY.md").read_text(encoding="utf-8")
    begin, end = "<!-- made by riskpoints.evidence.unverified.section() -->\n", "<!-- end -->"
    assert text.partition(begin)[2].partition(end)[0] == unverified.section()
