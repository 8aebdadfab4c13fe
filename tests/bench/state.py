"""What a test asks of an installation's database, in a process of its own."""

from collections import Counter
from typing import Any

from riskcontrol.audit import verify_chain
from riskcontrol.models import AuditEntry
from riskpoints.models import AnnualArchive, Decision, StoredDocument, TableVersion


def look() -> dict[str, Any]:
    """Return statuses, decisions, kept documents, archives and faults of the audit chain."""
    return {
        "statuses": {str(version.pk): version.status for version in TableVersion.objects.all()},
        "decisions": [[decision.action, decision.actor.staff_number] for decision in Decision.objects.order_by("id")],
        "documents": {
            document.kind: document.file.sha256 for document in StoredDocument.objects.select_related("file")
        },
        "archives": [
            {"id": archive.pk, "state": archive.state, "sha256": archive.sha256, "error": archive.error}
            for archive in AnnualArchive.objects.order_by("id")
        ],
        "entries": dict(Counter(AuditEntry.objects.values_list("action", flat=True))),
        "chain": [fault.reason for fault in verify_chain()],
    }
