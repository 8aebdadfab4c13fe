"""Trails as earlier programs wrote them."""

from riskcontrol import audit
from riskcontrol.models import AuditEntry, AuditHead
from tests.riskpoints.archives.packing import falsify

HASHED = ("number", "at", "actor_number", "actor_name", "action", "succeeded")
HASHED += ("object_type", "object_id", "object_label", "detail", "address", "previous_hash")


def without_salts(entries):
    """Rewrite these entries, and all links after them, as the program wrote them before there were salts."""
    old, previous = {entry.number for entry in entries}, audit.GENESIS
    for entry in AuditEntry.objects.order_by("number"):
        entry.previous_hash = previous
        if entry.number in old:
            entry.salt = ""
            entry.hash = audit.sha256(audit.canonical_json({name: getattr(entry, name) for name in HASHED}))
        else:
            entry.hash = audit.sha256(audit.canonical_json(audit.entry_content(entry)))
        falsify(entry, salt=entry.salt, previous_hash=entry.previous_hash, hash=entry.hash)
        previous = entry.hash
    AuditHead.objects.update(hash=previous)
