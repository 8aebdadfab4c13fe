"""What the tests of backups write and look at."""

from riskcontrol.backup import canonical
from riskcontrol.models import AuditEntry

EVERY_BYTE = bytes(range(256))
# Written apart and together, with what a careless copy loses: accents in two forms, blanks, rare signs, line ends.
ODD = " e\u0301 \u00e9 堃𠮷 \t“引号” \\ \r\n 末尾 "


def rows(using="default"):
    """The canonical dump as lines."""
    lines = []
    canonical.dump(lines.append, using=using)
    return lines


def without_trail(lines):
    return [line for line in lines if b'"table":"riskcontrol.audit' not in line]


def backups(folder):
    return sorted(path.name for path in folder.iterdir())


def newest_entry():
    return AuditEntry.objects.order_by("-number").first()
