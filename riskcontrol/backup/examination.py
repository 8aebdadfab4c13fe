"""What a database holds and whether it is whole: rows, fingerprint, trail, files; apps add their own checks."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from riskcontrol import audit, files, triggers
from riskcontrol.backup import canonical
from riskcontrol.models import AuditEntry, StoredFile
from riskcontrol.orphans import orphans

# A list of a thousand faults helps nobody.
MOST_FAULTS = 50

_checks: list[Callable[[], Iterable[Any]]] = []


@dataclass(frozen=True)
class AuditHead:
    """The head of the trail as it is printed: number, hash, date (ISO, UTC)."""

    number: int
    hash: str
    at: str

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"


@dataclass(frozen=True)
class Examination:
    """The state of one database: what a backup of it has to give back, and what is wrong in it."""

    migrations: list[str]
    counts: dict[str, int]
    canonical_sha256: str
    head: AuditHead
    faults: list[str]
    # Entries that no key of this installation confirms: a fault of its own register, none of one from elsewhere.
    unconfirmed: list[str]

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "Examination":
        values = json.loads(text)
        return cls(**values | {"head": AuditHead(**values["head"])})


def register(check: Callable[[], Iterable[Any]]) -> None:
    """Declare what else has to hold: an app's function that yields faults, each `about` something, for a `reason`."""
    _checks.append(check)


def head(*, using: str = "default") -> AuditHead:
    """The last entry of the trail."""
    last = AuditEntry.objects.using(using).order_by("-number").first()
    return AuditHead(last.number, last.hash, last.at.isoformat()) if last else AuditHead(0, audit.GENESIS, "")


def examine() -> Examination:
    """Read the whole default database."""
    dumped = canonical.dump(lambda data: None)
    broken = list(audit.verify_chain())
    faults: list[str] = []
    for fault in _faults(_said(fault) for fault in broken if not fault.is_open):
        faults.append(fault)
        if len(faults) == MOST_FAULTS:
            faults.append("……")
            break
    unconfirmed = [_said(fault) for fault in broken if fault.is_open]
    return Examination(canonical.applied_migrations(), dumped.counts, dumped.sha256, head(), faults, unconfirmed)


def _said(fault: audit.ChainFault) -> str:
    return f"审计记录第 {fault.number} 条：{fault.reason}"


def _faults(of_the_trail: Iterable[str]) -> Iterator[str]:
    yield from (f"{what}：{why}" for what, why in orphans())
    yield from of_the_trail
    for file in StoredFile.objects.order_by("id").iterator(chunk_size=canonical.FILES_AT_ONCE):
        try:
            files.read(file)
        except files.ChangedFileError:
            yield f"存档文件 {file.sha256[:12]}：内容与校验值不符"
    for check in _checks:
        for fault in check():
            yield f"{fault.about}：{fault.reason}"
    for rule in triggers.missing():  # last, since they are many where they were lost, and the list has an end
        yield f"数据库保护 {rule.name} 缺失"
