"""The seals of the audit trail: an HMAC of each entry with a key that lies outside of the database.

The open chain (riskcontrol.audit) can be recomputed by whoever may write the database. A seal can't: it covers the
entry's hash, the seal before it (so that none can be taken out) and the entry's marks, and its key lies in
SEAL_KEYS_FILE. Entries from before there was a key have no seal; the first sealed one covers them, since its hash
covers the head of the chain before it. It has to be one that says so (SystemVerb.SEAL_BEGIN), which only a command
writes: else somebody could take all seals away and let the next entry cover what was changed.

Marks are keyed digests of what the trail must not hold itself, such as the hash of a password: that it changed without
an entry is found, and nothing can be guessed from them.
"""

import hmac
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from riskcontrol import keyring
from riskcontrol.keyring import SealKey
from riskcontrol.models import AuditEntry
from riskcontrol.verbs import SystemVerb

# The name of a mark that begins so is that of the value before a change.
FORMER = "former "

# A mark is one of many in an entry, and 128 bits of it are enough to tell that a value is another one.
MARK_DIGITS = 32

_last_read: list[tuple[SealKey, ...]] = []
# What else is marked when sealing begins, app by app: pairs of a mark's name and the value.
_markers: list[Callable[[], Iterable[tuple[str, str]]]] = []


def held_keys() -> tuple[SealKey, ...]:
    """The keys, the newest last; none where the installation has no SEAL_KEYS_FILE.

    The file is read anew when it changed, so that a new key needs no restart. Where it can't be read (any more), the
    keys that were read last go on: the settings refuse to start without them.
    """
    if not settings.SEAL_KEYS_FILE:
        return ()
    try:
        status = Path(settings.SEAL_KEYS_FILE).stat()
        found = _read(str(settings.SEAL_KEYS_FILE), status.st_mtime_ns, status.st_size)
    except (OSError, ValueError):
        if not _last_read:
            raise
        return _last_read[0]
    _last_read[:] = [found]
    return found


@lru_cache(maxsize=4)
def _read(path: str, changed: int, size: int) -> tuple[SealKey, ...]:
    return keyring.parse(Path(path).read_text(encoding="utf-8"))


def current() -> SealKey | None:
    """The key that seals what is written now."""
    found = held_keys()
    return found[-1] if found else None


def digest(key: SealKey, *words: str) -> str:
    """HMAC (RFC 2104) in hex over words, each with its length before it, so that none can run into the next."""
    text = "".join(f"{len(word)}:{word}" for word in words)
    return hmac.new(key.secret, text.encode(), key.algorithm).hexdigest()


def mark(key: SealKey, name: str, value: str) -> str:
    """The keyed digest of a value that stands nowhere in the trail; the same for a name and its former value."""
    return digest(key, "mark", name.removeprefix(FORMER), value)[:MARK_DIGITS]


def marks(key: SealKey, values: Mapping[str, str]) -> dict[str, str]:
    """The marks of several values, by name."""
    return {name: mark(key, name, value) for name, value in values.items()}


def register_marks(values: Callable[[], Iterable[tuple[str, str]]]) -> None:
    """Declare what an app wants marked when sealing begins."""
    _markers.append(values)


def all_values() -> dict[str, str]:
    """What the apps want marked, as it is now."""
    return {name: value for marker in _markers for name, value in marker()}


def seal(key: SealKey, entry: AuditEntry, before: str) -> str:
    """The seal of an entry; `before` is that of the entry before it, empty where that has none."""
    said = [part for name, value in sorted(entry.marks.items()) for part in (name, str(value))]
    return digest(key, "entry", key.name, str(entry.number), entry.hash, before, *said)


def seal_entry(entry: AuditEntry, before: str, values: Mapping[str, str]) -> None:
    """Put seal and marks on a new entry, if there is a key."""
    key = current()
    if key is not None:
        entry.marks = marks(key, values)
        entry.seal_key, entry.seal = key.name, seal(key, entry, before)


class Judge:
    """Compares the seals of a trail, entry after entry in the order of numbers, with the keys that are here."""

    def __init__(self, held: tuple[SealKey, ...]) -> None:
        self._held = {key.name: (place, key) for place, key in enumerate(held)}
        self._newest = -1
        self._before = ""
        # What no key here has confirmed: numbers from … to, by the reason.
        self._open: list[tuple[int, str]] = []

    def judge(self, entry: AuditEntry) -> Iterator[tuple[int, str]]:
        """Yield (number, reason) for what is wrong with this seal."""
        before, self._before = self._before, entry.seal
        if not self._held:
            return
        place, key = self._held.get(entry.seal_key, (-1, None))
        if not entry.seal or key is None:
            words = f"封签用的密钥“{entry.seal_key}”不在密钥文件里，无法核对" if entry.seal else "没有封签"
            self._open.append((entry.number, words))
            return
        if not isinstance(entry.marks, dict) or not hmac.compare_digest(
            seal(key, entry, before).encode(), str(entry.seal).encode()
        ):
            yield entry.number, "封签与内容不符"
            return
        if place < self._newest:
            yield entry.number, f"封签用的是已经换掉的密钥“{key.name}”"
        self._newest = max(self._newest, place)
        if entry.action == SystemVerb.SEAL_BEGIN:
            self._open.clear()  # said so, and covered by this entry from now on

    def unconfirmed(self) -> Iterator[tuple[int, str]]:
        """Yield what no key that is here confirmed at the end, each stretch once, by its first number."""
        for first, last, words in _stretches(self._open):
            numbers = f"第 {first}–{last} 条" if last > first else "这一条"
            yield first, f"{numbers}{words}"

    def ends_with(self, head_seal: str) -> bool:
        """Whether the chain's head carries the seal of the last entry; not asked where there is no key."""
        return not self._held or head_seal == self._before


def _stretches(found: list[tuple[int, str]]) -> Iterator[tuple[int, int, str]]:
    """Neighbouring numbers of the same words as one: first, last, words."""
    first = last = 0
    words = ""
    for number, said in found:
        if words and (said != words or number != last + 1):
            yield first, last, words
            first = number
        elif not words:
            first = number
        last, words = number, said
    if words:
        yield first, last, words


@dataclass(frozen=True)
class State:
    """What a check of the seals can say: with which key (none: nothing), from which entry on, and in words."""

    name: str
    since: int
    words: str

    def __str__(self) -> str:
        return self.words


def state() -> State:
    """How far the seals reach now; without a key, or with another one, they say nothing."""
    held = {key.name for key in held_keys()}
    if not held:
        return State("", 0, "封签未检查：这里没有封签密钥（SEAL_KEYS_FILE），重算过的审计链查不出来")
    last = AuditEntry.objects.order_by("-number").values_list("seal_key", flat=True).first()
    if last is None:
        return State("", 0, "封签未检查：还没有审计记录")
    if last not in held:
        return State("", 0, "封签未检查：最后一条审计记录没有用这里的密钥封签，请运行 manage.py seal_keys --begin 理由")
    since = AuditEntry.objects.filter(seal_key__in=held).order_by("number").values_list("number", flat=True).first()
    covered = "" if since == 1 else f"，以前的由第 {since} 条覆盖"
    return State(str(last), since or 0, f"封签已核对：第 {since} 条起，密钥 {last}{covered}")
