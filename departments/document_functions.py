"""文件规定的岗位职能: those that the document names, with their floors, in every installation from `migrate` on."""

from dataclasses import dataclass
from typing import Any

from django.apps import AppConfig
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.migrations.loader import MigrationLoader
from django.urls import reverse

from departments.enums import Level, Role
from departments.models import PostFunction
from departments.notices import notify
from departments.services import save_record
from riskcontrol.models import AuditEntry
from riskcontrol.text import folded

FIRST = "从事财务、采购、基建等管理的岗位，应确定为一级廉政风险。"
SECOND = "具有一般经济管理、社会事务管理、公共服务等职能的岗位，应确定为二级廉政风险。"


@dataclass(frozen=True)
class DocumentFunction:
    """One function as the document names it; `key` tells it from one that somebody typed under the same name."""

    key: str
    name: str
    floor: Level
    basis: str


# Document 三（一）3: the two function rules (R25, R27). 等 leaves the list open (T7).
DOCUMENT_FUNCTIONS = (
    DocumentFunction("finance", "财务", Level.FIRST, FIRST),
    DocumentFunction("purchasing", "采购", Level.FIRST, FIRST),
    DocumentFunction("construction", "基建", Level.FIRST, FIRST),
    DocumentFunction("economy", "一般经济管理", Level.SECOND, SECOND),
    DocumentFunction("society", "社会事务管理", Level.SECOND, SECOND),
    DocumentFunction("service", "公共服务", Level.SECOND, SECOND),
)
TOLD = (
    "本系统按实施意见列入了文件规定的岗位职能（财务、采购、基建不低于一级；一般经济管理、社会事务管理、公共服务"
    "不低于二级），这六项不能修改或停用。{changes}。请核对各岗位勾选的职能。已确定的表不变，低于下限的列在“全校进度”，需要修订。"
)


def ensure_after_migrate(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """Receiver of post_migrate; a migrate to an earlier state of the tables leaves it to the next one."""
    if using == DEFAULT_DB_ALIAS and _is_up_to_date(using):
        ensure_document_functions()


def _is_up_to_date(using: str) -> bool:
    loader = MigrationLoader(connections[using])
    wanted = {key for app in ("departments", "riskcontrol") for key in loader.graph.leaf_nodes(app)}
    return wanted <= set(loader.applied_migrations)


def ensure_document_functions() -> None:
    """Add the six where they are missing; adopt one of the same name that somebody typed, and raise its floor.

    In an installation that is in use each change is an entry of the trail, and committee and administrator are told;
    a new one begins with the six, as it begins with its tables. A stricter floor that the committee decided stays.
    """
    with transaction.atomic():
        is_new = not AuditEntry.objects.exists()
        known = set(PostFunction.objects.exclude(document_key=None).values_list("document_key", flat=True))
        changes = [
            _ensure(given, order * 10, is_new=is_new)
            for order, given in enumerate(DOCUMENT_FUNCTIONS, start=1)
            if given.key not in known
        ]
        told = [change for change in changes if change]
        if told and not is_new:
            text = TOLD.format(changes="；".join(told))
            link = reverse("departments:functions")
            notify(text=text, link=link, roles=[Role.REVIEWER, Role.ADMIN], actor=None)


def _ensure(given: DocumentFunction, order: int, *, is_new: bool) -> str:
    """One of the six; what has to be told of it, empty for nothing."""
    alike = [row for row in PostFunction.objects.select_for_update() if folded(row.name) == folded(given.name)]
    typed = next((row for row in alike if row.name == given.name), next(iter(alike), None))
    if typed is not None:
        return _adopt(typed, given)
    made = PostFunction(name=given.name, floor=given.floor, basis=given.basis, order=order, document_key=given.key)
    if is_new:
        made.save()
    else:
        save_record(made, actor=None)
    return f"新增“{given.name}”"


def _adopt(typed: PostFunction, given: DocumentFunction) -> str:
    was, name = Level(typed.floor).label, typed.name
    said = []
    if name != given.name:
        said.append(f"名称改为“{given.name}”")
        typed.name = given.name
    if typed.floor > given.floor:
        said.append(f"等级下限由{was}改为{given.floor.label}，原写的依据“{typed.basis}”改为文件原文")
        typed.floor, typed.basis = given.floor, given.basis
    if typed.is_retired:
        said.append("恢复使用")
        typed.is_retired = False
    if typed.basis != given.basis:
        said.append(f"等级下限{was}和依据照旧")
    typed.document_key = given.key
    save_record(typed, actor=None)
    return f"本校增设的“{name}”改为文件规定，{'，'.join(said)}" if said else ""
