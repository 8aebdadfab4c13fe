"""The audit trail's one door: record() is the only writer, verify_chain() the only judge.

What an entry's hash covers. An extract of the trail leaves the house in the annual archive, which an administrator
makes, and most entries tell of drafts, remarks and proposed levels that no administrator may read. So an entry has to
be coverable without breaking the chain: its hash is that of its number, the previous hash and a *digest* of all the
rest, and an extract shows either the rest (from which the digest is taken again) or the digest alone. Nothing shown can
be changed, left out or moved without another hash at that place and at every later one, up to the head.

A bare digest of {"confirmed_level": [null, 1]} would be guessed in three tries; each entry therefore has a random
`salt` that is part of what is digested and is covered together with it.

Entries written before 0004_auditentry_salt have no salt, and their hash covers all of their values directly. They stay
as they are and are judged by their own rule: the two kinds of content have different keys, so an entry of one kind can
never pass for one of the other. They can't be covered verifiably: an extract that has to hide one gives its number and
its two hashes only. Its neighbours still hold it in its place, and the installation that has the entry can compare it;
but somebody who forges a whole archive could exchange what is shown *before* such a gap. Against that stands the
archive's own SHA-256, which is in the trail from the day it was made.
"""

import json
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_ipv46_address
from django.db import models, transaction
from django.utils import timezone

from riskcontrol import seals, watched
from riskcontrol.actor import Actor
from riskcontrol.canonical_json import canonical_json as canonical_json
from riskcontrol.canonical_json import sha256 as sha256
from riskcontrol.models import AuditEntry, AuditHead
from riskcontrol.text import one_break
from riskcontrol.verbs import Verb, is_registered

GENESIS = "0" * 64

# The address of the request being served; set by the middleware, empty for commands.
current_address: ContextVar[str | None] = ContextVar("current_address", default=None)


@dataclass(frozen=True)
class ChainFault:
    """One place where the trail is not what was written."""

    number: int
    reason: str
    # No key that is here confirms these entries: in a backup from elsewhere that is no fault.
    is_open: bool = False


def entry_content(entry: AuditEntry) -> dict[str, Any]:
    """What an entry's hash covers: the links and a digest of the rest; in an entry without salt all of it directly."""
    links = {"number": entry.number, "previous_hash": entry.previous_hash}
    said = {
        "at": entry.at,
        "actor_number": entry.actor_number,
        "actor_name": entry.actor_name,
        "action": entry.action,
        "succeeded": entry.succeeded,
        "object_type": entry.object_type,
        "object_id": entry.object_id,
        "object_label": entry.object_label,
        "detail": entry.detail,
        "address": entry.address,
    }
    if not entry.salt:
        return links | said
    return links | {"digest": sha256(canonical_json(said | {"salt": entry.salt}))}


def hold() -> None:
    """Let the caller's transaction be the only one that writes entries until it ends: others wait, then read anew."""
    _held_head()


def _held_head() -> AuditHead:
    """The head of the chain, locked: entries of parallel transactions follow one another."""
    head = AuditHead.objects.select_for_update().filter(pk=1).first()
    if head is None:
        AuditHead.objects.get_or_create(pk=1)
        head = AuditHead.objects.select_for_update().get(pk=1)
    return head


def record(
    verb: Verb,
    *,
    actor: Actor | None = None,
    target: models.Model | None = None,
    label: str = "",
    detail: Mapping[str, Any] | None = None,
    succeeded: bool = True,
    address: str | None = None,
    marks: Mapping[str, str] | None = None,
    is_gone: bool = False,
) -> AuditEntry:
    """Append one entry in the caller's transaction.

    `verb` is a member of an app's enum that its AppConfig has registered: TypeError for anything else, so that no words
    get into the trail that nobody can look up. `actor` is a user or None (nobody logged in, or a command); `detail` is
    JSON-able, for changes {field: [old, new]}. Of `marks` ({name: value}) only keyed digests are
    kept, as of a watched target (riskcontrol.watched), which `is_gone` with this act or is left as it is now.
    """
    if not is_registered(verb):
        raise TypeError(f"{verb!r} is not a registered verb (riskcontrol.verbs).")
    with transaction.atomic(savepoint=False):
        head = _held_head()
        entry = AuditEntry(
            number=head.number + 1,
            at=timezone.now(),
            actor_number=getattr(actor, "staff_number", "") or "",
            actor_name=getattr(actor, "real_name", "") or "",
            action=verb.value,
            succeeded=succeeded,
            object_type=target._meta.label_lower if target is not None else "",
            object_id=str(target.pk) if target is not None else "",
            object_label=(label or (str(target) if target is not None else ""))[:255],
            detail=json.loads(canonical_json(detail or {})),
            address=_plain_address(address or current_address.get()),
            salt=secrets.token_hex(16),
            previous_hash=head.hash,
        )
        return _append(entry, head, watched.values(target, is_gone=is_gone) | dict(marks or {}))


def _append(entry: AuditEntry, head: AuditHead, marks: Mapping[str, str]) -> AuditEntry:
    """Give an entry its hash and its seal, and make it the head of the chain, which the caller holds."""
    entry.hash = sha256(canonical_json(entry_content(entry)))
    seals.seal_entry(entry, head.seal, marks)
    entry.save()
    head.number, head.hash, head.seal = entry.number, entry.hash, entry.seal
    head.save()
    return entry


def _plain_address(value: str | None) -> str | None:
    """An address as both databases give it back, or the hash would not fit; None for a socket or anything else."""
    text = (value or "").partition("%")[0]
    try:
        validate_ipv46_address(text)
    except ValidationError:
        return None
    return AuditEntry._meta.get_field("address").to_python(text)


def changed_fields(before: dict[str, Any], after: dict[str, Any]) -> dict[str, list[Any]]:
    """{field: [old, new]} of what differs, for the detail of a change; line breaks of another kind are no change."""
    keys = sorted(before.keys() | after.keys())
    pairs = {key: [before.get(key), after.get(key)] for key in keys}
    return {key: [old, new] for key, (old, new) in pairs.items() if _plain_breaks(old) != _plain_breaks(new)}


def _plain_breaks(value: Any) -> Any:
    return one_break(value) if isinstance(value, str) else value


def field_values(instance: models.Model, *names: str) -> dict[str, Any]:
    """The named fields as JSON-able values, for changed_fields()."""
    fields = {field.name: field for field in instance._meta.concrete_fields}
    return {name: fields[name].value_from_object(instance) for name in names}


def last_hand(model: type[models.Model], keys: Iterable[Any], *, verbs: Iterable[Verb] = ()) -> str:
    """The staff number of who last did something to one of these rows (only `verbs`, if any), as the trail tells."""
    entries = AuditEntry.objects.filter(
        object_type=model._meta.label_lower, object_id__in=[str(key) for key in keys], succeeded=True
    )
    wanted = list(verbs)
    if wanted:
        entries = entries.of(*wanted)
    return entries.order_by("-number").values_list("actor_number", flat=True).first() or ""


@dataclass(frozen=True)
class Head:
    """A number and its hash, as printed in an archive or a backup: a trail cut off later no longer has it."""

    number: int
    hash: str


def stored_head() -> Head:
    """The chain's head now; number 0 for an empty trail."""
    head = AuditHead.objects.filter(pk=1).first()
    return Head(head.number, head.hash) if head else Head(0, GENESIS)


def verify_entries(entries: Iterable[AuditEntry], *, head: Head, printed: Iterable[Head] = ()) -> Iterator[ChainFault]:
    """Judge entries in the order of their numbers: gaps, changes, broken links, a head that does not fit, a cut tail.

    `printed` are heads written down elsewhere (archives, backups), which must still be found in the trail.
    """
    previous, expected = GENESIS, 1
    wanted = {known.number: known.hash for known in printed if known.number}
    for entry in entries:
        if entry.number != expected:
            yield ChainFault(entry.number, f"应为第 {expected} 条，中间有缺失或顺序有变")
        if entry.previous_hash != previous:
            yield ChainFault(entry.number, "与前一条不相连")
        if entry.hash != sha256(canonical_json(entry_content(entry))):
            yield ChainFault(entry.number, "内容与校验值不符")
        if wanted.pop(entry.number, entry.hash) != entry.hash:
            yield ChainFault(entry.number, "与以前印出的链首不符")
        previous, expected = entry.hash, entry.number + 1
    if head != Head(expected - 1, previous):
        yield ChainFault(expected - 1, "链首与最后一条不符，末尾可能被截去")
    for number in sorted(wanted):
        yield ChainFault(number, "以前印出的链首在记录里找不到，末尾被截去")


def verify_chain(*, printed: Iterable[Head] = ()) -> Iterator[ChainFault]:
    """Yield each fault of the stored trail: of the open chain (verify_entries()), and of the seals beside it."""
    judge = seals.Judge(seals.held_keys())
    found: list[ChainFault] = []

    def judged() -> Iterator[AuditEntry]:
        for entry in AuditEntry.objects.order_by("number").iterator(chunk_size=1000):
            found.extend(ChainFault(number, reason) for number, reason in judge.judge(entry))
            yield entry

    yield from verify_entries(judged(), head=stored_head(), printed=printed)
    sealed_head = AuditHead.objects.filter(pk=1).values_list("seal", flat=True).first()
    yield from found
    yield from (ChainFault(number, reason, is_open=True) for number, reason in judge.unconfirmed())
    if not judge.ends_with(sealed_head or ""):
        yield ChainFault(stored_head().number, "链首的封签与最后一条不符，末尾可能被截去")
