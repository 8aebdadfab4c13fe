from django.db import migrations
from django.db.models import Q


def note_proposers(apps, schema_editor):
    """Whoever proposed what was taken over before this rule doesn't review what is still to be reviewed.

    What such a person has reviewed by then stays as it is, and so do closed years.
    """
    proposals = apps.get_model("participation", "Proposal").objects.using(schema_editor.connection.alias)
    versions = apps.get_model("riskpoints", "TableVersion").objects.using(schema_editor.connection.alias)
    accepted = proposals.filter(state="accepted", version__isnull=False).select_related("version", "feedback")
    for proposal in accepted:
        person = proposal.proposer_id or (proposal.feedback.answered_by_id if proposal.feedback_id else None)
        if person is None:
            continue
        later = versions.filter(
            Q(reviewed_by__isnull=True) | ~Q(reviewed_by=person),
            table=proposal.version.table_id,
            table__cycle__closed_at__isnull=True,
            number__gte=proposal.version.number,
        )
        for version in later:
            version.proposers.add(person)


class Migration(migrations.Migration):
    dependencies = [
        ("participation", "0002_objections"),
        ("riskpoints", "0008_tableversion_proposers"),
    ]

    operations = [migrations.RunPython(note_proposers, migrations.RunPython.noop)]
