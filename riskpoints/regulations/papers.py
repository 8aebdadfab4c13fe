"""废改立清单 of a year as PDF and .xlsx; its columns stand here once, for the archive, too."""

import datetime
from collections import Counter
from collections.abc import Iterable, Sequence

from departments.models import School
from riskpoints.documents.data import printed_date
from riskpoints.documents.listing import ListColumn, Listing
from riskpoints.references.regulations.enums import Plan
from riskpoints.regulations.queries import PlanLine

NAME = "制度废改立清单"
# The first seven are those of common practice; the last is R59's.
COLUMNS = (
    ListColumn("序号", 12, True),
    ListColumn("制度名称", 66),
    ListColumn("文号", 38),
    ListColumn("制定部门", 26),
    ListColumn("施行日期", 30, True),
    ListColumn("处理意见", 18, True),
    ListColumn("计划完成时间", 30, True),
    ListColumn("执行检查", 47),
)
KEEPER = "处理意见由维护制度的一方在制度页登记：部门制度由部门负责人，校级制度由领导小组办公室。"
SCHOOL = "学校"


def row_of(place: int, line: PlanLine) -> tuple[str, ...]:
    """One regulation as it is printed."""
    regulation = line.regulation
    return (
        str(place),
        regulation.title,
        regulation.document_number,
        regulation.department.name if regulation.department else SCHOOL,
        printed_date(regulation.effective_on, ""),
        line.words,
        printed_date(line.due, ""),
        line.found,
    )


def rows_of(lines: Iterable[PlanLine]) -> list[tuple[str, ...]]:
    """All of them, numbered."""
    return [row_of(place, line) for place, line in enumerate(lines, start=1)]


def plan_listing(
    year: int, rows: Sequence[Sequence[str]], *, school: School, made_on: datetime.date | None = None
) -> Listing:
    """The list of a year from its rows, those of an archive included."""
    counts = Counter(row[5] for row in rows)
    said = [f"{label} {counts[label]} 项" for label in map(str, Plan.labels) if counts[label]]
    said += [f"尚未登记处理意见 {counts['']} 项"] if counts[""] else []
    return Listing(
        author=school.full_name,
        made_on=made_on,
        title=f"{school.short_name}{year}年度{NAME}",
        summary=f"共 {len(rows)} 项{'：' if said else ''}{'，'.join(said)}。{KEEPER}",
        columns=COLUMNS,
        rows=tuple(tuple(row) for row in rows),
    )
