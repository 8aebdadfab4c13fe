"""Whether what the trail only has a keyed digest of is still what it was: the hashes of passwords.

Asked of marks whose key is here. A password is marked when its account is created, when it is changed or reset, and,
for accounts from before that, when sealing begins.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from departments.models import User
from departments.models.people import PASSWORD_MARK
from riskcontrol import seals
from riskcontrol.keyring import SealKey
from riskcontrol.models import AuditEntry
from riskpoints.evidence.faults import Fault


@dataclass(frozen=True)
class _Marked:
    """The last mark of a password: in which entry, with which key."""

    number: int
    key: SealKey
    digest: str


def verify_passwords() -> Iterator[Fault]:
    """Yield the accounts whose password was changed past the program; none is told where no key is here."""
    keys = {key.name: key for key in seals.held_keys()}
    known: dict[str, _Marked] = {}
    entries = AuditEntry.objects.filter(seal_key__in=keys).exclude(marks={}).order_by("number")
    for number, name, marks in entries.values_list("number", "seal_key", "marks").iterator(chunk_size=1000):
        if not isinstance(marks, dict):
            continue  # its seal is wrong, and said to be
        for account, digest in _named(marks, f"{seals.FORMER}{PASSWORD_MARK}"):
            last = known.get(account)
            if last is not None and last.key.name == name and last.digest != digest:
                yield Fault(f"账号 {account}", f"密码在审计记录第 {number} 条之前被改过，没有记录")
        known |= {account: _Marked(number, keys[name], digest) for account, digest in _named(marks, PASSWORD_MARK)}
    for user in User.objects.filter(pk__in=[int(account) for account in known]).order_by("pk"):
        last = known[str(user.pk)]
        if seals.mark(last.key, f"{PASSWORD_MARK}{user.pk}", user.password) != last.digest:
            yield Fault(f"账号 {user.staff_number}", f"密码与审计记录第 {last.number} 条以后的不一致，改动没有记录")


def _named(marks: dict[str, str], kind: str) -> list[tuple[str, str]]:
    """The marks of one kind by the account's key."""
    found = [(name.removeprefix(kind), digest) for name, digest in marks.items() if name.startswith(kind)]
    return [(account, digest) for account, digest in found if account.isdigit()]
