"""Goes through a workbook twice: first in a rehearsal that is taken back, then, all of it or nothing, for good."""

from collections.abc import Callable

from django.db import transaction
from django.urls import reverse

from departments.accounts.hashing import hash_one_time
from departments.enums import Role
from departments.importing.book import Book
from departments.importing.group import import_group
from departments.importing.lines import State
from departments.importing.people import import_appointments, import_people, import_roles
from departments.importing.slips import Issued
from departments.importing.structure import import_departments, import_posts
from departments.importing.work import Orders, Work
from departments.models import Actor
from departments.notices import notify
from departments.permissions import OrganisationAction, require_still
from departments.services import one_time_password
from departments.verbs import OrganisationVerb
from riskcontrol import audit

MOST_TOLD = 20
# Each account is written twice, first in the rehearsal, and its slip printed; the request has two minutes.
MOST_ACCOUNTS = 150
TOO_MANY = f"一次最多新建 {MOST_ACCOUNTS} 个账号。请把“人员”表分几次导入。"

CHANGED = "内容与上次预览时不同（您刚改过，或者别人刚保存过），还没有导入。请核对下面的内容，再按“导入”。"


class ImportRefusedError(Exception):
    """Nothing was saved: something has to be mended or answered, or somebody saved in between. Carries the work."""

    def __init__(self, work: Work, message: str = "") -> None:
        super().__init__(message)
        self.work, self.message = work, message


def rehearse(book: Book, orders: Orders, *, actor: Actor) -> Work:
    """What saving would do, found out by doing it and taking it back: the rules are those of the services."""
    with transaction.atomic():
        audit.hold()  # before anything else: two that hold each other's names up would wait for ever
        work = _gone_through(Work(book, orders, actor=actor))
        transaction.set_rollback(True)
    return work


def digest(work: Work) -> str:
    """What was shown in the preview, to be recognised at the saving."""
    return audit.sha256(audit.canonical_json(work.outline))


def save(
    book: Book, orders: Orders, *, seen: str, actor: Actor, paper: Callable[[list[Issued]], bytes]
) -> tuple[Work, bytes]:
    """Save all that was previewed, or nothing, and return what was done and the `paper` made of the new accounts.

    `seen` is the digest of the preview. ImportRefusedError; PermissionDenied where the role was taken away meanwhile;
    DocumentError where the paper can't be made. Passwords are hashed and printed between the rehearsal and the saving:
    nobody waits for it, and no saved password goes unprinted.
    """
    rehearsal = rehearse(book, orders, actor=actor)
    _require(rehearsal, seen)
    passwords = {user.staff_number: one_time_password() for user in rehearsal.created}
    hashes = {number: hash_one_time(password) for number, password in passwords.items()}
    issued = [
        Issued(user.staff_number, user.real_name, rehearsal.places[user.staff_number], passwords[user.staff_number])
        for user in rehearsal.created
    ]
    printed = paper(issued) if issued else b""
    with transaction.atomic():
        audit.hold()
        if actor is not None:  # hashing and printing took a while; the console has no actor
            require_still(actor, OrganisationAction.KEEP)
        work = _gone_through(Work(book, orders, actor=actor, hashes=hashes))
        _require(work, seen)
        _record(work)
    return work, printed


def _require(work: Work, seen: str) -> None:
    if not work.is_sound:
        raise ImportRefusedError(work)
    if len(work.created) > MOST_ACCOUNTS:
        raise ImportRefusedError(work, TOO_MANY)
    if digest(work) != seen:
        raise ImportRefusedError(work, CHANGED)


def _gone_through(work: Work) -> Work:
    import_departments(work)
    import_posts(work)
    import_people(work)
    import_appointments(work)
    import_roles(work)
    import_group(work)
    return work


def _record(work: Work) -> None:
    taken = sum(work.is_taken(line) for lines in work.lines.values() for line in lines)
    counts = {"新增": work.count(State.NEW), "修改": taken, "账号": len(work.created)}
    # Those for the whole school first: a notice names only so many, the audit trail all of them.
    ordered = sorted(work.rights, key=lambda right: "（" in right.label)
    rights = [f"{right.user}（{right.user.staff_number}）：{right.label}" for right in ordered]
    detail = {"文件": work.book.name, "SHA-256": work.book.sha256} | counts | {"重要角色": rights}
    audit.record(OrganisationVerb.IMPORT, actor=work.actor, label=work.book.name, detail=detail)
    if rights:
        who = getattr(work.actor, "real_name", "") or "命令行"
        told = "；".join(rights[:MOST_TOLD]) + (f"……共 {len(rights)} 项" if len(rights) > MOST_TOLD else "")
        text = f"{who}从 Excel 导入组织机构（{work.book.name}），给予了：{told}。请核对。"
        notify(text=text, actor=work.actor, link=reverse("departments:rights"), roles=[Role.REVIEWER])
