"""Where sealing begins, or goes on under another key: the one entry that lets a key cover what it did not seal."""

from django.db import transaction

from riskcontrol import audit, seals
from riskcontrol.models import AuditEntry
from riskcontrol.verbs import SystemVerb

FIRST, RESTORED = "启用封签", "恢复了用另一把密钥封签的、或没有封签的备份"


class NoKeyError(Exception):
    """There is no key to seal with."""


def is_covered() -> bool:
    """Whether the last entry was sealed with a key that is here; an empty trail needs no cover."""
    last = AuditEntry.objects.order_by("-number").only("number", "seal_key").first()
    return last is None or last.seal_key in {key.name for key in seals.held_keys()}


def begin(reason: str, *, account: str = "") -> AuditEntry:
    """Write the entry from which on the present key answers for the trail, all before it included, and mark what the
    apps want marked. For the first key, and where entries without seal or with the seal of a lost key are to stand.

    NoKeyError where there is no key.
    """
    with transaction.atomic():
        audit.hold()
        key = seals.current()
        if key is None:
            raise NoKeyError
        head = audit.stored_head()
        detail = {"密钥": key.name, "算法": key.algorithm, "覆盖到第": head.number, "理由": reason}
        detail |= {"系统账号": account} if account else {}
        return audit.record(SystemVerb.SEAL_BEGIN, detail=detail, marks=seals.all_values())
