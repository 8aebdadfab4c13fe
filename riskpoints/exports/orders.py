"""What is asked for when something is exported: read with the rights of the person who asks, made with the same.

The web server reads an order to tell how long it will take; the process that makes a long one reads it again, so that
what is in the file are the rows and rights of that moment.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, BinaryIO

from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import QueryDict

from departments.models import User
from departments.permissions import TAKEN_AWAY
from riskcontrol.verbs import Verb
from riskcontrol.web.query import QueryReader
from riskpoints.archives import binding
from riskpoints.documents.columns import A3, PAPERS
from riskpoints.documents.progress import Report, silent
from riskpoints.documents.selection import selection_document
from riskpoints.models import Cycle, RiskPoint
from riskpoints.permissions import RegisterAction, can
from riskpoints.register import filters, search
from riskpoints.register.lines import lines_of
from riskpoints.verbs import RegisterVerb

# So many points are ready in about two seconds and come at once, whatever the machine is busy with; more are made by a
# process of their own. A row of the workbook takes a fifth of a millisecond, one of the PDF about three.
QUICK_POINTS = {"pdf": 300, "xlsx": 1500}
# More are for the workbook: nobody reads four hundred sheets of A3.
PDF_POINTS = 6000
REGISTER, YEAR_TABLES = "register", "year_tables"
# What a filter's address may hold that means nothing for the file.
NOT_ASKED = ("page",)


class ExportError(Exception):
    """The file isn't made or handed out; the message (Chinese) says why and what to do."""


@dataclass(frozen=True)
class Made:
    """A file's content, and which versions are in it: whether their assessment is."""

    content: bytes | BinaryIO
    shown: dict[int, bool]


@dataclass(frozen=True, kw_only=True)
class Order:
    """One file that can be made: `detail` is what the trail's entry says when it is handed out."""

    name: str
    points: int
    verb: Verb
    make: Callable[[Report], Made]
    detail: dict[str, Any]
    target: Model | None = None
    is_inline: bool = False
    needs: RegisterAction = field(default=RegisterAction.VIEW_REGISTER)

    @property
    def suffix(self) -> str:
        return self.name.rpartition(".")[2]

    @property
    def is_quick(self) -> bool:
        """Whether it is ready in about two seconds."""
        return self.points <= QUICK_POINTS[self.suffix]


def read(kind: str, asked: Mapping[str, str], user: User) -> Order:
    """The order as this person may have it now. PermissionDenied, or ExportError where there is no such file."""
    order = {REGISTER: _register, YEAR_TABLES: _year_tables}[kind](asked, user)
    if not can(user, order.needs):
        raise PermissionDenied(TAKEN_AWAY)
    return order


def register_asked(suffix: str, query: QueryDict) -> dict[str, str]:
    """What is kept of the address of the register's filter; the same filter is the same order."""
    wanted = query.copy()
    for name in NOT_ASKED:
        wanted.pop(name, None)
    return {"suffix": suffix, "query": wanted.urlencode()}


def _register(asked: Mapping[str, str], user: User) -> Order:
    """登记汇总表 of the rows found in the register, in their order (R30)."""
    suffix, query = asked["suffix"], QueryReader(QueryDict(asked["query"]))
    offered = filters.options(user)
    chosen = filters.read(query, offered)
    found = search.points(user, chosen)
    counted = search.counted(found)
    count = sum(counted.values())
    if suffix == "pdf" and count > PDF_POINTS:
        raise ExportError(f"PDF 一次最多 {PDF_POINTS} 个风险点，现有 {count} 个。请缩小范围，或导出 Excel。")
    year = int(chosen.year) if chosen.year != filters.ALL else next(iter(counted)) if len(counted) == 1 else None
    scope = filters.described(chosen, offered)
    paper = query.choice("paper", "纸张", PAPERS, default=A3)
    size = f"（{PAPERS[paper]}）" if suffix == "pdf" else ""

    def make(report: Report) -> Made:
        lines = lines_of(found, user)
        content = selection_document(lines, suffix, year=year, scope=scope, paper=paper, report=report)
        return Made(content, {line.version.pk: line.shows_assessment for line in lines})

    return Order(
        name=f"{f'{year}年度' if year else ''}廉政风险点登记汇总表{size}.{suffix}",
        points=count,
        verb=RegisterVerb.REGISTER_EXPORT,
        make=make,
        detail={"条件": scope, "风险点数": count},
    )


def _year_tables(asked: Mapping[str, str], user: User) -> Order:
    """The tables in force of a year bound in one PDF; in two copies each with its keeper."""
    cycle = Cycle.objects.get(pk=asked["cycle"])
    versions, in_two = binding.tables_of(user, cycle), asked["copies"] == "2"
    if not versions:
        raise ExportError(f"{cycle}还没有签字确定的表可以打印。")
    return Order(
        name=f"{cycle.year}年度廉政风险点防控表合订{'（一式二份）' if in_two else ''}.pdf",
        points=RiskPoint.objects.filter(version__in=versions).count(),
        verb=RegisterVerb.YEAR_DOWNLOAD,
        make=partial(_bound, versions, in_two),
        detail={"表数": len(versions)},
        target=cycle,
        is_inline=True,
        needs=RegisterAction.VIEW_PROGRESS,
    )


def _bound(versions: list[Any], in_two: bool, report: Report) -> Made:
    made = binding.bound_tables(versions, in_two=in_two, report=report)
    return Made(made, {version.pk: False for version in versions})


__all__ = ["REGISTER", "YEAR_TABLES", "ExportError", "Made", "Order", "read", "register_asked", "silent"]
