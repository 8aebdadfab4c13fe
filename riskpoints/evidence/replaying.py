"""Whether the register stands as its trail tells: who decided what and when, where each version stands, which scans and
documents were kept, what is in force, who has which rights and floors. Content is verification.py's.

Judged is what this installation's own trail tells. What came with an annual archive has its trail elsewhere, and what
an entry from before a fact was written doesn't say is not asked of it.
"""

import datetime
import json
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models

from departments.models import PostFunction, RoleGrant, User
from riskcontrol import audit
from riskcontrol.models import AuditEntry
from riskcontrol.verbs import SystemFact
from riskpoints.enums import DECISIVE_ACTIONS, Action, Status
from riskpoints.evidence.faults import Fault
from riskpoints.models import ControlTable, Decision, SignedScan, StoredDocument, TableVersion
from riskpoints.verbs import DECISIONS, RegisterFact, RegisterVerb, verb_of

# A decision and its entry are written in one transaction; clocks are read one after the other.
SAME_MOMENT = datetime.timedelta(minutes=5)
VERSION = TableVersion._meta.label_lower
# Where a version stands after each act (tables/workflow.py moves it there).
AFTER = {
    Action.SUBMIT: Status.SUBMITTED,
    Action.RECALL: Status.DRAFT,
    Action.RETURN: Status.DRAFT,
    Action.APPROVE: Status.REVIEWED,
    Action.CONFIRM: Status.CONFIRMED,
    Action.DISCARD: Status.DISCARDED,
    Action.RECORD: Status.REVIEWED,
    Action.COMPARE: Status.CONFIRMED,
    Action.MISMATCH: Status.DISCARDED,
}
# Of each kind of row the fields that are compared with what was told of it last.
RIGHTS: tuple[tuple[type[models.Model], tuple[str, ...]], ...] = (
    (RoleGrant, ("user", "role", "department")),
    (PostFunction, ("name", "floor")),
)


@dataclass(frozen=True)
class Numbers:
    """Whose a staff number is or ever was, as accounts and the trail tell: {number: keys of accounts}."""

    keys: dict[str, set[int]]

    def fits(self, number: str, account: int | None) -> bool:
        """Whether an entry by this number was written by this account (None: by a command)."""
        if not number or account is None:
            return not number and account is None
        return account in self.keys.get(number, {account})


def signature_of(version: TableVersion) -> list[str]:
    """What the entry of a decision keeps of the signature or the meeting: changed past the program it is found."""
    signed_on = version.signed_on.isoformat() if version.signed_on else ""
    return [version.signer_name, signed_on, version.confirmed_how, version.deputy_reason, version.minutes_number]


def verify_told(brought: Collection[str]) -> Iterator[Fault]:
    """Yield where decisions, versions, tables, scans, documents and rights are not as the trail tells; `brought` are
    the keys of the versions that came with archives."""
    entries = _entries()
    numbers = _numbers()
    versions = TableVersion.objects.select_related("table__cycle", "table__department").order_by("id")
    # Neither the snapshots nor the files themselves are read here: a school's would fill the memory.
    documents = models.Prefetch("documents", StoredDocument.objects.select_related("file").defer("file__content"))
    acts = models.Prefetch("decisions", Decision.objects.defer("snapshot").prefetch_related(documents))
    for version in versions.prefetch_related(acts).iterator(chunk_size=200):
        if str(version.pk) not in brought:
            decisions = sorted(version.decisions.all(), key=lambda one: one.pk)  # clocks are put back
            yield from _verify_acts(version, decisions, entries, numbers)
            yield from _verify_state(version, decisions)
    yield from _verify_in_force(brought)
    yield from _verify_scans(brought)
    for model, names in RIGHTS:
        yield from _verify_rows(model, names)


Told = dict[tuple[str, str, str], list[AuditEntry]]


def _entries() -> Told:
    """The entries of decisions by version, verb and content."""
    found: Told = defaultdict(list)
    for entry in AuditEntry.objects.of(*DECISIONS).filter(object_type=VERSION, succeeded=True).order_by("number"):
        found[(entry.object_id, entry.verb, entry.said(RegisterFact.CONTENT_HASH) or "")].append(entry)
    return found


def _numbers() -> Numbers:
    found: dict[str, set[int]] = defaultdict(set)
    for key, number in User.objects.values_list("pk", "staff_number"):
        found[number].add(key)
    about = AuditEntry.objects.filter(object_type=User._meta.label_lower, detail__has_key="staff_number")
    for entry in about.order_by("number"):
        for number in entry.detail["staff_number"] if entry.object_id.isdigit() else []:
            if number:
                found[number].add(int(entry.object_id))
    return Numbers(found)


def _verify_acts(version: TableVersion, decisions: list[Decision], entries: Told, numbers: Numbers) -> Iterator[Fault]:
    """Each decision has an entry that names the same person, moment and opinion."""
    for decision in decisions:
        about = f"{version} {decision.get_action_display()}（{decision.actor_name}）"
        found = entries.get((str(version.pk), verb_of(decision.action).value, decision.content_hash), [])
        if not found:
            continue  # verification.py says so
        near = min(found, key=lambda entry: abs(entry.at - decision.at))
        if abs(near.at - decision.at) > SAME_MOMENT:
            yield Fault(about, f"办理时间与审计记录第 {near.number} 条不一致")
        if not numbers.fits(near.actor_number, decision.actor_id) or decision.actor_name != (near.actor_name or "系统"):
            yield Fault(about, f"办理人与审计记录第 {near.number} 条不一致")
        if near.said(RegisterFact.COMMENT) not in (None, _plain(decision.comment)):
            yield Fault(about, f"意见与审计记录第 {near.number} 条不一致")
        yield from _verify_documents(decision, near, about)
    last = decisions[-1] if decisions else None
    if last is not None and last.action in DECISIVE_ACTIONS:
        found = entries.get((str(version.pk), verb_of(last.action).value, last.content_hash), [])
        said = [entry.said(RegisterFact.SIGNATURE) for entry in found]
        if any(said) and _plain(signature_of(version)) not in said:
            yield Fault(str(version), "签字人、签字日期或确定方式与审计记录不一致")


def _verify_documents(decision: Decision, entry: AuditEntry, about: str) -> Iterator[Fault]:
    """The papers kept beside a decision are those that were printed for it."""
    printed = entry.said(RegisterFact.DOCUMENTS)
    if printed is None:
        return
    kept = {row.kind: row.file.sha256 for row in decision.documents.all()}
    if kept != printed:
        yield Fault(about, "存档的表与办理时打印的不是同一份")


def _verify_state(version: TableVersion, decisions: list[Decision]) -> Iterator[Fault]:
    """A version stands where its last act left it, and names the people and the moments of its acts."""
    last = decisions[-1] if decisions else None
    expected = AFTER[Action(last.action)] if last else Status.DRAFT
    # By the rules of their day papers that were typed in were in force at once.
    was_recorded = last is not None and last.action == Action.RECORD and version.status == Status.CONFIRMED
    if version.status != expected and not was_recorded:
        yield Fault(str(version), f"状态是“{version.get_status_display()}”，最后一次办理以后应是“{expected.label}”")
        return
    for action, who, when, words in (
        (Action.SUBMIT, version.submitted_by_id, version.submitted_at, "提交"),
        (Action.APPROVE, version.reviewed_by_id, version.reviewed_at, "审核"),
        (Action.CONFIRM, version.confirmed_by_id, version.confirmed_at, "确定"),
    ):
        act = _standing(decisions, action)
        if act is None or who is None or when is None:
            continue
        if act.actor_id != who or abs(act.at - when) > SAME_MOMENT:
            yield Fault(str(version), f"{words}的人员或时间与办理记录不一致")


def _standing(decisions: list[Decision], action: Action) -> Decision | None:
    """The last act of a kind that nothing took back since."""
    found = None
    for decision in decisions:
        if decision.action == action:
            found = decision
        elif decision.action in (Action.RECALL, Action.RETURN):
            found = None
    return found


def _verify_in_force(brought: Collection[str]) -> Iterator[Fault]:
    """In force is what was put in force last."""
    put = Decision.objects.filter(action__in=DECISIVE_ACTIONS, version__status=Status.CONFIRMED)
    last: dict[int, int] = dict(put.order_by("pk").values_list("version__table_id", "version_id"))
    tables = ControlTable.objects.select_related("cycle", "department", "in_force")
    for table in tables.order_by("id"):
        expected = last.get(table.pk)
        if {str(expected), str(table.in_force_id)} & set(brought):
            continue
        if table.in_force_id != expected:
            yield Fault(str(table), "现行版不是最后一次确定的那一版")


def _verify_scans(brought: Collection[str]) -> Iterator[Fault]:
    """The scans of a version are those that were added or put in the place of others."""
    entries = AuditEntry.objects.of(RegisterVerb.ADD_SCAN, RegisterVerb.REPLACE_SCAN)
    told = {
        (entry.object_id, entry.said(SystemFact.FILE_HASH))
        for entry in entries.filter(object_type=VERSION, succeeded=True)
    }
    rows = SignedScan.objects.select_related("version__table__cycle", "version__table__department", "file")
    rows = rows.defer("file__content")
    there = {(str(row.version_id), row.file.sha256): row for row in rows.order_by("id")}
    for (version, sha256), row in there.items():
        if version not in brought and (version, sha256) not in told:
            yield Fault(str(row.version), "有一份签字扫描件没有审计记录")
    for version, sha256 in sorted(told - there.keys(), key=str):
        if version not in brought and sha256:
            yield Fault(f"第 {version} 号版本", f"登记过的签字扫描件 {sha256[:12]} 不见了")


def _verify_rows(model: type[models.Model], names: tuple[str, ...]) -> Iterator[Fault]:
    """Each row says what was told of it last; one that was told and never removed is there, and one that came after
    the first that was told has its entry."""
    said: dict[str, dict[str, Any] | None] = {}
    entries = AuditEntry.objects.filter(object_type=model._meta.label_lower, succeeded=True)
    for entry in entries.order_by("number"):
        act = entry.verb.rsplit(".", 1)[-1]
        if act == "remove":
            said[entry.object_id] = None
        elif act in ("create", "change"):
            before = said.get(entry.object_id) or {}
            said[entry.object_id] = before | {key: _new(entry.detail[key]) for key in names if key in entry.detail}
    rows = {str(row.pk): row for row in model._default_manager.order_by("pk")}
    name = model._meta.verbose_name
    for key, known in said.items():
        if known is None or key not in rows:
            if known is not None:
                yield Fault(f"{name} {key}", "审计记录里有，现在不见了")
            continue
        if _plain(audit.field_values(rows[key], *known)) != known:
            yield Fault(f"{name} {rows[key]}", "与审计记录里最后写的不一致")
    first = min((int(key) for key in said if key.isdigit()), default=None)
    for key, row in rows.items():
        if first is not None and int(key) > first and said.get(key) is None:
            yield Fault(f"{name} {row}", "审计记录里没有它的来历")


def _plain(value: Any) -> Any:
    """A value as the trail keeps it."""
    return json.loads(audit.canonical_json(value))


def _new(change: Any) -> Any:
    """The new one of [old, new]."""
    return change[1] if isinstance(change, list) and len(change) == 2 else change
