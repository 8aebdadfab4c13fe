"""参与情况统计 and 查找方法统计 of a year as lists to take away, and in its archive; they name no person."""

import datetime
from collections.abc import Sequence
from functools import partial

from departments.models import School
from riskcontrol.templatetags.ui import cn_date
from riskpoints.documents.listing import ListColumn, Listing, listing_pdf
from riskpoints.enums import FindingMethod
from riskpoints.evidence.year_facts import read_day
from riskpoints.participation import figures
from riskpoints.participation.figures import FigureRow
from riskpoints.wings import PartPaper, Row, YearPart

PEOPLE, METHODS = "participation", "methods"
TITLES = {PEOPLE: "全员参与情况统计表", METHODS: "风险点查找方法统计表"}
NOBODY = "—"


def _figure(title: str, width: int) -> ListColumn:
    return ListColumn(title, width, is_centred=True)


# 267 mm together.
PEOPLE_COLUMNS = (
    ListColumn("部门", 41),
    _figure("收到建议", 18),
    *(_figure(method.label, 16) for method in FindingMethod),
    _figure("已采纳", 16),
    _figure("未采纳", 16),
    _figure("待答复", 16),
    _figure("群众意见", 18),
    _figure("提出人数", 16),
    _figure("在用账号", 16),
    _figure("参与率", 14),
)
METHOD_COLUMNS = (
    ListColumn("部门", 57),
    _figure("风险点", 24),
    *(_figure(method.label, 23) for method in FindingMethod),
    _figure("未写明方法", 24),
    _figure("由建议采纳", 24),
)


def people(year: int, rows: Sequence[FigureRow], school: School, day: datetime.date) -> Listing:
    """Proposals by method and answer, and who took part."""
    shown = [row for row in rows if row.department is not None or row.is_total]
    said = f"截至{cn_date(day)}。参与率＝提过建议的人数÷在用账号数"
    whole = "；全校一行每人只计一次，含校领导、纪委和办公室" if any(row.is_total for row in shown) else ""
    return _listing(
        year,
        PEOPLE,
        f"{said}{whole}。转为建议的群众意见计入“群众提”，提意见的人不计入参与人数。",
        PEOPLE_COLUMNS,
        [person_cells(row) for row in shown],
        school,
        day,
    )


def methods(year: int, rows: Sequence[FigureRow], school: School, day: datetime.date) -> Listing:
    """Points in force by finding method."""
    summary = f"截至{cn_date(day)}本年度有效的表。一个风险点可以用几种方法找到，各列之和可能大于风险点数。"
    return _listing(year, METHODS, summary, METHOD_COLUMNS, [method_cells(row) for row in rows], school, day)


def _listing(
    year: int,
    name: str,
    summary: str,
    columns: tuple[ListColumn, ...],
    rows: list[tuple[str, ...]],
    school: School,
    day: datetime.date,
) -> Listing:
    return Listing(
        author=school.full_name,
        made_on=day,
        title=f"{school.full_name}{year}年度{TITLES[name]}",
        summary=summary,
        columns=columns,
        rows=tuple(rows),
    )


def person_cells(row: FigureRow) -> tuple[str, ...]:
    """One line of 全员参与情况统计表."""
    numbers = [row.proposals, *row.by_method, row.accepted, row.declined, row.waiting, row.opinions]
    return (row.name, *map(str, numbers), str(row.participants), str(row.accounts), row.rate)


def method_cells(row: FigureRow) -> tuple[str, ...]:
    """One line of 查找方法统计表."""
    return (row.name, *map(str, [row.point_count, *row.points_by_method, row.unsaid, row.from_proposals]))


MAKERS = {PEOPLE: people, METHODS: methods}


def _has_people(told: Row) -> bool:
    """Whether a year's row tells who took part; older records were made only where somebody did."""
    return bool(told.get("has_people", True))


def _lines(told: list[Row]) -> list[Sequence[str]]:
    found: list[Sequence[str]] = []
    for one in told:
        for row in figures.read(one["rows"]):
            said = person_cells(row)
            if not _has_people(one):
                said = (said[0], *[""] * (len(said) - 1))
            found.append((*said, *method_cells(row)[1:]))
    return found


def _papers(told: list[Row], school: School) -> list[PartPaper]:
    found = []
    for one in told:
        rows, day = figures.read(one["rows"]), read_day(one["day"])
        for name, maker in MAKERS.items():
            if name == PEOPLE and not _has_people(one):
                continue
            listing = maker(one["year"], rows, school, day)
            title = f"{one['year']}年度{TITLES[name]}"
            found.append(PartPaper(TITLES[name], title, day, listing, partial(listing_pdf, listing)))
    return found


HEADINGS = (
    *(column.title for column in PEOPLE_COLUMNS),
    *(f"现行风险点：{column.title}" for column in METHOD_COLUMNS[1:]),
)
# Numbers only, which follow from other rows: an import writes none of them.
PART = YearPart(figures.PART, "参与情况统计", HEADINGS, figures.facts, lines=_lines, papers=_papers)
