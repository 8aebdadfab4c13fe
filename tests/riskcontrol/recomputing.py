"""What somebody who may write the database does to the open chain: makes all hashes fit what was changed."""

from riskcontrol import audit
from riskcontrol.models import AuditEntry, AuditHead
from tests.riskpoints.archives.packing import falsify


def recompute(first: int = 1) -> None:
    """Give each entry from a number on the hash that its content has now, links and head included."""
    previous = AuditEntry.objects.filter(number__lt=first).order_by("-number").values_list("hash", flat=True).first()
    last, previous = 0, previous or audit.GENESIS
    for entry in AuditEntry.objects.filter(number__gte=first).order_by("number"):
        entry.previous_hash = previous
        entry.hash = audit.sha256(audit.canonical_json(audit.entry_content(entry)))
        falsify(entry, previous_hash=previous, hash=entry.hash)
        last, previous = entry.number, entry.hash
    falsify(AuditHead.objects.get(), number=last, hash=previous)
