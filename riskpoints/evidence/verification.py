"""Whether what is stored is what was decided: content against decisions, files against hashes, the trail in itself."""

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.core.exceptions import ObjectDoesNotExist

from riskcontrol import anchors, audit, files, landmark, triggers, verbs, watched
from riskcontrol.models import AuditEntry, StoredFile
from riskcontrol.orphans import orphans
from riskpoints.content import content
from riskpoints.enums import DECISIVE_ACTIONS, ConfirmationRule, Status
from riskpoints.evidence import peopled, record
from riskpoints.evidence.faults import Fault
from riskpoints.evidence.marked import verify_passwords
from riskpoints.evidence.replaying import verify_told
from riskpoints.models import Decision, MeetingDecision, RiskPoint, TableVersion
from riskpoints.verbs import DECISIONS, RegisterFact, RegisterVerb, verb_of

# One decision as the trail tells of it: the version's key, the verb, the content's hash.
Told = tuple[str, str, str]
VERSION = TableVersion._meta.label_lower


def is_as_decided(version: TableVersion, loaded: content.TableContent, last: Decision | None) -> bool:
    """Whether a version that was handed in still has the content of its last decision; a draft may differ.

    A submitted one may differ in what the reviewer sets meanwhile.
    """
    if version.status == Status.DRAFT:
        return True
    if last is None:
        return False
    text, content_hash = content.sealed(loaded)
    if version.status == Status.SUBMITTED:
        return _before_review(text) == _before_review(last.snapshot)
    return content_hash == last.content_hash or content.is_open_part_of(last, text)


def has_its_hash(decision: Decision, open_hash: str | None, *, is_brought: bool) -> bool:
    """Whether a decision's snapshot is the one it was taken on. An archive brings the open part of those that put a
    table in force (its hash is in the trail, unless the entry is from before that) and none of the others."""
    found = audit.sha256(decision.snapshot)
    if found == decision.content_hash or not is_brought:
        return found == decision.content_hash
    if decision.action in DECISIVE_ACTIONS:
        return open_hash in (None, found)
    return decision.snapshot == ""


def _before_review(snapshot: str) -> Any:
    """A snapshot as values, without what the reviewer sets; None where it can't be read."""
    try:
        said = json.loads(snapshot)
        for point in (point for row in said["rows"] for point in row["points"]):
            for name in RiskPoint.REVIEW_FIELDS:
                del point[name]
    except (ValueError, KeyError, TypeError):
        return None
    return said


def verify_register(*, printed: Iterable[audit.Head] = (), backups: Path | None = None) -> Iterator[Fault]:
    """Yield every fault of the register; `printed` are heads of the trail written down in archives and backups, and the
    names of the `backups` in a folder are compared, like the auditor's file."""
    if (lost := landmark.fault()) is not None:
        yield Fault("审计记录", lost)
    yield from _read("审计记录", _verify_trail(printed))
    yield from (Fault(about, reason) for about, reason in anchors.faults(backups))
    yield from _read("表间的引用", (Fault(about, reason) for about, reason in orphans()))
    yield from verify_decided()
    yield from _read("密码", verify_passwords())
    marked = watched.marked_rows()
    for kind in watched.kinds():
        found = watched.verify(kind, marked.get(kind.model._meta.label_lower, {}))
        yield from _read(str(kind.model._meta.verbose_name), (Fault(about, reason) for about, reason in found))
    yield from _read("存档文件", _verify_files())
    for rule in triggers.missing():
        yield Fault(f"数据库保护 {rule.name}", "缺失，请运行 manage.py migrate 恢复")


def _read(what: str, faults: Iterable[Fault]) -> Iterator[Fault]:
    """These faults; a value that no program wrote (an unknown status, letters for a date) is one as well, no crash."""
    try:
        yield from faults
    except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, ObjectDoesNotExist) as error:
        yield Fault(what, f"有的值不是程序写的，读不下去（{type(error).__name__}）")


def _verify_trail(printed: Iterable[audit.Head]) -> Iterator[Fault]:
    for fault in audit.verify_chain(printed=_of_this_trail(printed)):
        yield Fault(f"审计记录第 {fault.number} 条", fault.reason)


def _of_this_trail(printed: Iterable[audit.Head]) -> list[audit.Head]:
    """The printed heads without those of trails that came with imports, which this one does not go on from."""
    heads = list(printed)
    pieces = record.extracts() if heads else []
    try:
        entries = [json.loads(line) for piece in pieces for line in _lines(piece)]
    except files.ChangedFileError:  # said of the file itself
        return heads
    elsewhere = {audit.Head(entry["number"], entry["hash"]) for entry in entries}
    return [head for head in heads if head not in elsewhere]


def verify_decided() -> Iterator[Fault]:
    """The part of verify_register() that knows what the register is about; a backup judges the rest by itself."""
    brought: set[str] | None = None
    try:
        brought = record.imported_versions()
    except files.ChangedFileError as error:
        yield Fault("随年度档案导入的记录", str(error))
    yield from _read("办理记录", _verify_decisions(brought or set()))
    yield from _read("表的版本", _verify_versions())
    yield from _read("会议决定", _verify_meetings(brought or set()))
    if brought is not None:
        yield from _read("表的版本", verify_told(brought))
    yield from _read("填写人和逐条核对", peopled.verify())


def _verify_decisions(brought: set[str]) -> Iterator[Fault]:
    """Each decision's snapshot has its hash, and decisions and audit entries name one another."""
    told = _told_here()
    elsewhere: dict[Told, tuple[str, str | None]] = {}
    try:
        elsewhere = _told_elsewhere(brought)
    except files.ChangedFileError as error:
        yield Fault("随年度档案导入的记录", str(error))
    told |= {key: place for key, (place, _) in elsewhere.items()}
    decisions = Decision.objects.select_related("version__table__cycle", "version__table__department")
    for decision in decisions.order_by("id").iterator(chunk_size=200):
        about = f"{decision.version} {decision.get_action_display()}（{decision.actor_name}）"
        key = (str(decision.version_id), verb_of(decision.action).value, decision.content_hash)
        is_brought = key[0] in brought
        if not has_its_hash(decision, elsewhere.get(key, ("", None))[1], is_brought=is_brought):
            yield Fault(about, "当时内容与校验值不符")
        if is_brought and not decision.snapshot:
            continue  # its entry may be covered in what was brought along, and it says nothing of the content
        if key not in told:
            yield Fault(about, "审计记录里没有这次办理")
        yield from _verify_names(decision, about)
    present = set(decisions.values_list("version_id", "action", "content_hash"))
    known = {(str(version), verb_of(action).value, content_hash) for version, action, content_hash in present}
    for key, place in told.items():
        if key not in known:
            yield Fault(f"{place}“{verbs.caption(key[1])}”", "对应的办理记录不见了")


def _told_here() -> dict[Told, str]:
    """What this installation's trail tells of decisions, and where."""
    entries = AuditEntry.objects.of(*DECISIONS).filter(object_type=VERSION, succeeded=True)
    return {
        (entry.object_id, entry.verb, content_hash): f"审计记录第 {entry.number} 条"
        for entry in entries.iterator(chunk_size=1000)
        if (content_hash := entry.said(RegisterFact.CONTENT_HASH)) is not None
    }


def _told_elsewhere(versions: set[str]) -> dict[Told, tuple[str, str | None]]:
    """What the trails of other installations tell of the versions that were imported together with them: where, and
    the hash of the part that may be shown, if it is told. Covered entries tell nothing."""
    told: dict[Told, tuple[str, str | None]] = {}
    for piece in record.extracts() if versions else []:
        for line in _lines(piece):
            entry = json.loads(line)
            is_about = entry.get("object_type") == VERSION and verbs.key_of(entry["action"]) in DECISIONS
            content_hash = verbs.said(entry["detail"], RegisterFact.CONTENT_HASH) if is_about else None
            if content_hash and entry["succeeded"] and entry["object_id"] in versions:
                key = (entry["object_id"], verbs.key_of(entry["action"]), content_hash)
                open_hash = verbs.said(entry["detail"], RegisterFact.OPEN_HASH)
                told[key] = f"导入前的审计记录第 {entry['number']} 条", open_hash
    return told


def _lines(piece: str) -> list[str]:
    """The entries of a trail's piece, one a line."""
    return files.content(piece).decode().split("\n")[:-1]


def _verify_names(decision: Decision, about: str) -> Iterator[Fault]:
    """The snapshot is of this very version: a decision moved to another one is found."""
    try:
        said = json.loads(decision.snapshot)
    except ValueError:
        yield Fault(about, "当时内容读不出来")
        return
    version = decision.version
    if (said.get("year"), said.get("number")) != (version.table.cycle.year, version.number):
        yield Fault(about, "当时内容属于另一张表或另一版")


def _verify_versions() -> Iterator[Fault]:
    """Each version that was handed in still has the content of its last decision; people are apart."""
    versions = TableVersion.objects.exclude(status=Status.DRAFT).select_related("table__cycle", "table__department")
    for version in versions.prefetch_related("authors", "proposers", "assessors").order_by("id"):
        last = version.decisions.order_by("-at", "-id").first()
        if not is_as_decided(version, content.load(version), last):
            yield Fault(str(version), "现存内容与最后一次办理时的内容不一致")
        authors = {author.pk for author in version.authors.all()} | {version.submitted_by_id}
        assessors = {assessor.pk for assessor in version.assessors.all()}
        if version.reviewed_by_id and version.reviewed_by_id in authors:
            yield Fault(str(version), "审核人也是填写人或提交人")
        if any(person.pk == version.reviewed_by_id for person in version.proposers.all()):
            yield Fault(str(version), "审核人提出的建议已写入这一版")
        if version.confirmed_by_id and version.confirmed_by_id == version.reviewed_by_id:
            yield Fault(str(version), "确定人也是审核人")
        if version.is_decided_at_meeting:
            yield from _verify_meeting(version)
        is_bound = version.confirmation_rule >= ConfirmationRule.PRESENT and not version.is_historical
        if is_bound and version.confirmed_by_id and version.confirmed_by_id in authors | assessors:
            yield Fault(str(version), "确定登记人也是填写人、提交人或核定人")


def _verify_meeting(version: TableVersion) -> Iterator[Fault]:
    """The last meeting is the one that the version names, decided about each post in it, by other hands than theirs."""
    meeting = version.meetings.order_by("-id").first()
    said = (version.signer_name, version.signed_on, version.minutes_number)
    if meeting is None or (meeting.name, meeting.held_on, meeting.minutes_number) != said:
        yield Fault(str(version), "没有相符的会议决定")
        return
    posts = list(meeting.posts.all())
    named = version.points.exclude(post=None).values_list("post_id", flat=True)
    if not set(named) <= {post.post_id for post in posts}:
        yield Fault(str(version), "有岗位没有会议决定")
    for post in posts:
        if post.presided_by in post.withdrew or not set(post.holders) <= set(post.withdrew):
            yield Fault(f"{version} {post.post_name}", "任职人没有回避，或回避的人主持了决定")


def _verify_meetings(brought: set[str]) -> Iterator[Fault]:
    """Each recorded meeting says what the trail says that was recorded, here or where it came from."""
    meetings = MeetingDecision.objects.select_related("version__table__cycle", "version__table__department")
    rows = list(meetings.prefetch_related("posts"))
    if not rows:
        return
    told = {
        (entry.object_id, entry.said(RegisterFact.MEETING_HASH))
        for entry in AuditEntry.objects.of(RegisterVerb.RECORD_MEETING).filter(succeeded=True)
    }
    with suppress(files.ChangedFileError):  # said of the file itself
        told |= _meetings_elsewhere(brought)
    for row in rows:
        if (str(row.version_id), row.digest()) not in told:
            yield Fault(f"{row.version} {row}", "与审计记录登记的会议决定不一致")


def _meetings_elsewhere(versions: set[str]) -> set[tuple[str, str]]:
    entries = [json.loads(line) for piece in record.extracts() for line in _lines(piece)] if versions else []
    return {
        (entry["object_id"], verbs.said(entry["detail"], RegisterFact.MEETING_HASH))
        for entry in entries
        if entry.get("object_id") in versions and verbs.key_of(entry["action"]) == RegisterVerb.RECORD_MEETING
    }


def _verify_files() -> Iterator[Fault]:
    """Each kept file still has its hash."""
    for file in StoredFile.objects.order_by("id").iterator(chunk_size=20):
        try:
            files.read(file)
        except files.ChangedFileError:
            yield Fault(f"存档文件 {file.sha256[:12]}", "内容与校验值不符")
