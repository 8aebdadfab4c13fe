"""Scans of several tables in one go: each page goes to the table whose code it carries, or where its sender says.

What the office may do with one table and its scan is done here with each: no more, by the same acts (issue 14).
"""

import base64
import datetime
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q

from departments import queries
from departments.models import Actor, User
from riskcontrol import audit
from riskcontrol.paper.pdf_join import page_count
from riskcontrol.processes.confined import SCAN, SHEETS_LIMITS, RefusedError, confined
from riskcontrol.templatetags.ui import cn_date
from riskcontrol.verbs import SystemFact
from riskpoints.content.content import CODE_LENGTHS
from riskpoints.content.versions import versions_with_people
from riskpoints.enums import Action, ConfirmedBy, Status
from riskpoints.models import Decision, SentPage, SentScans, StoredDocument, TableVersion
from riskpoints.permissions import RegisterAction, can, require_still, visible_versions
from riskpoints.tables import papers, workflow
from riskpoints.tables.refusal import WorkflowError
from riskpoints.tables.together import Outcome, each
from riskpoints.verbs import RegisterVerb

NO_CODE = "没有找到校验码，请看图选择。"
UNKNOWN = "校验码 {code} 没有查到您能办理的表，请看图选择。"
SEVERAL = "一页上有几个不同的校验码，请看图选择。"
FORMER = "这是{owner}的旧稿，内容后来改过，不能用来确定。请核对是不是印错了一版。"
NOT_NOW = "这是{owner}的表，现在是“{status}”，不能登记它的扫描件。"
ONE_BY_ONE = "{day}的单位主要负责人有两位或者没有登记，请打开这张表单独登记签字。"

# A scan of one table: its bytes and its kind.
Scan = tuple[bytes, str]


@dataclass(frozen=True)
class Guess:
    """Whose page it seems to be; where nothing can be proposed, why."""

    page: SentPage
    version: TableVersion | None
    words: str = ""


def receive(name: str, content: bytes, read: Mapping[str, Any], *, actor: User) -> SentScans:
    """Keep a file that was read (sheet_reading.read_sheets) until its pages are assigned; the same twice is one."""
    sha256 = hashlib.sha256(content).hexdigest()
    with transaction.atomic():
        require_still(actor, RegisterAction.SORT_SCANS)
        kept = SentScans.objects.filter(person=actor, sha256=sha256).defer("content").first()
        if kept is not None:
            return kept
        sent = SentScans.objects.create(
            person=actor, name=name[:120], suffix=read["kind"], sha256=sha256, content=content
        )
        SentPage.objects.bulk_create(
            SentPage(sent=sent, number=number, codes=page["codes"], picture=base64.b64decode(page["picture"]))
            for number, page in enumerate(read["pages"], start=1)
        )
        _record("receive", sent, actor, {"页数": len(read["pages"])})
    return sent


def discard(sent: SentScans, *, actor: User) -> None:
    """Give a file up: what of it was not assigned goes away."""
    with transaction.atomic():
        require_still(actor, RegisterAction.SORT_SCANS)
        left = list(sent.pages.filter(is_done=False).values_list("number", flat=True))
        _record("discard", sent, actor, {"没有分派的页": left})
        sent.delete()


def waiting_pages(user: User) -> list[SentPage]:
    """The pages that a person sent and has not assigned, in their order; without their pictures and files."""
    found = SentPage.objects.filter(sent__person=user, is_done=False).select_related("sent")
    return list(found.defer("picture", "sent__content").order_by("sent__sent_at", "sent", "number"))


def targets(user: User) -> list[TableVersion]:
    """The versions that this person may add a scan to, or put in force by it."""
    found = visible_versions(user).filter(
        status__in=[Status.REVIEWED, Status.CONFIRMED], table__cycle__closed_at=None, table__removed_at=None
    )
    versions = versions_with_people(found).order_by("-table__cycle__year", "table__department", "-number")
    return [version for version in versions if _takes(user, version)]


def _takes(user: User, version: TableVersion) -> bool:
    if version.status == Status.CONFIRMED or version.is_historical:
        return can(user, Action.ADD_SCAN, version)
    return can(user, Action.CONFIRM, version) and not version.table.is_leaders


def puts_in_force(version: TableVersion) -> bool:
    """Whether the scan lets the version come into force: that is recorded with a signature."""
    return version.status == Status.REVIEWED and not version.is_historical


def does(version: TableVersion) -> str:
    """What is done with the scan of a version."""
    return "登记签字并确定" if puts_in_force(version) else "登记扫描件"


def guesses(pages: Sequence[SentPage], possible: Sequence[TableVersion], user: User) -> list[Guess]:
    """For each page the version whose code it carries, among those that are possible."""
    codes = {digits for page in pages for digits in _digits(page)}
    last: dict[int, Decision] = {}
    asked = Q()
    for digits in codes:
        asked |= Q(content_hash__startswith=digits)
    printed = Decision.objects.filter(asked, version__in=visible_versions(user).values("pk")) if codes else []
    found = [(decision.content_hash, decision.version_id) for decision in printed]
    versions = versions_with_people(TableVersion.objects.filter(pk__in={key for _, key in found})).in_bulk()
    for decision in Decision.objects.filter(version__in=versions).defer("snapshot").order_by("at", "id"):
        last[decision.version_id] = decision
    return [_guess(page, found, versions, last, {version.pk for version in possible}) for page in pages]


def printed_pages(versions: Iterable[TableVersion]) -> dict[int, int]:
    """How many pages the form of each has, as it was printed and kept last; by the key of the version."""
    kept = StoredDocument.objects.filter(kind="pdf", decision__version__in=list(versions))
    found = kept.select_related("decision", "file").order_by("decision__at", "decision_id")
    return {item.decision.version_id: page_count(bytes(item.file.content)) or 0 for item in found}


def _guess(
    page: SentPage,
    found: Sequence[tuple[str, int]],
    versions: Mapping[int, TableVersion],
    last: Mapping[int, Decision],
    possible: set[int],
) -> Guess:
    digits = _digits(page)
    own = {key: text for text, key in found if text.startswith(tuple(digits))}
    if not digits or len(own) != 1:
        words = SEVERAL if len(own) > 1 else UNKNOWN.format(code=page.codes[0]) if digits else NO_CODE
        return Guess(page, None, words)
    [(key, content_hash)] = own.items()
    version = versions[key]
    if last[key].content_hash != content_hash:
        return Guess(page, None, FORMER.format(owner=version.owner_name))
    if key not in possible:
        return Guess(page, None, NOT_NOW.format(owner=version.owner_name, status=version.status_words))
    return Guess(page, version)


def _digits(page: SentPage) -> list[str]:
    plain = [str(code).replace("-", "").lower() for code in page.codes]
    return [code for code in plain if len(code) in CODE_LENGTHS and set(code) <= set("0123456789abcdef")]


def save(
    chosen: Mapping[SentPage, TableVersion | None], *, signed_on: datetime.date | None, actor: User
) -> list[Outcome]:
    """Give each table its pages (None: a page of no table), one table after the other; what is refused stays to be
    assigned. `signed_on`: when those were signed whose signature is not recorded yet. ScanError where a file can't be
    parted."""
    by_version: dict[TableVersion, list[SentPage]] = {}
    for page, version in chosen.items():
        if version is not None:
            by_version.setdefault(version, []).append(page)
    scans = {version: _scans(pages) for version, pages in by_version.items()}
    outcomes = each(by_version, lambda version: _take(version, scans[version], signed_on, actor))
    refused = {outcome.version.pk for outcome in outcomes if outcome.refusal}
    _finish({page: version for page, version in chosen.items() if version is None or version.pk not in refused}, actor)
    return outcomes


def _scans(pages: Iterable[SentPage]) -> list[Scan]:
    """The pages of one table: those of a PDF in a PDF of their own, or the file itself where they are all of it."""
    by_file: dict[SentScans, list[int]] = {}
    for page in pages:
        by_file.setdefault(page.sent, []).append(page.number)
    scans = []
    for sent, numbers in by_file.items():
        content = bytes(sent.content)
        if len(numbers) < sent.pages.count():
            payload = json.dumps([[number - 1 for number in sorted(numbers)]]).encode() + b"\n" + content
            content = _parted(payload)
        scans.append((content, sent.suffix))
    return scans


def _parted(payload: bytes) -> bytes:
    from riskcontrol.paper import sheet_reading  # its libraries are for the confined process

    try:
        answer = confined(sheet_reading.part_sheets, payload, limits=SHEETS_LIMITS, words=SCAN)
    except RefusedError as error:
        raise papers.ScanError(str(error)) from error
    return base64.b64decode(answer["parts"][0])


def _take(version: TableVersion, scans: list[Scan], signed_on: datetime.date | None, actor: User) -> TableVersion:
    if puts_in_force(version):
        content, suffix = scans[0]
        signature = _signature(version, signed_on, content, suffix)
        version = workflow.perform(Action.CONFIRM, version, actor=actor, signature=signature)
        scans = scans[1:]
    for content, suffix in scans:
        papers.add_scan(version, content, suffix, actor=actor)
    return version


def _signature(version: TableVersion, signed_on: datetime.date | None, scan: bytes, suffix: str) -> workflow.Signature:
    """What was noted of the signature before, else that of the principal of the day; a deputy's is recorded alone."""
    if version.awaits_scan and version.signed_on:
        name, day, reason = version.signer_name, version.signed_on, version.deputy_reason
    elif signed_on is None:
        raise WorkflowError("请填写签字日期。")
    else:
        names = [user.names_on(signed_on)[0] for user in queries.principals_on(signed_on)]
        if len(names) != 1:
            raise WorkflowError(ONE_BY_ONE.format(day=cn_date(signed_on)))
        name, day, reason = names[0], signed_on, ""
    return workflow.Signature(name, day, ConfirmedBy.PAPER, scan=scan, scan_suffix=suffix, deputy_reason=reason)


def _finish(done: Mapping[SentPage, TableVersion | None], actor: Actor) -> None:
    """Note what became of each page, and let the files go of which nothing is left."""
    by_file: dict[SentScans, dict[str, str]] = {}
    for page, version in done.items():
        told = f"{version.owner_name}第{version.number}版" if version else "不登记"
        by_file.setdefault(page.sent, {})[f"第{page.number}页"] = told
    with transaction.atomic():
        SentPage.objects.filter(pk__in=[page.pk for page in done]).update(is_done=True)
        for sent, pages in by_file.items():
            _record("sort", sent, actor, pages)
            if not sent.pages.filter(is_done=False).exists():
                sent.delete()


def _record(act: str, sent: SentScans, actor: Actor, told: Mapping[str, Any]) -> None:
    detail = {"文件": sent.name, SystemFact.FILE_HASH: sent.sha256, **told}
    audit.record(RegisterVerb(f"scans.{act}"), actor=actor, label="一批签字扫描件", detail=detail)
