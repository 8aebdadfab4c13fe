"""分级管理清单: which points each holder answers for, as PDF and .xlsx (R40)."""

import datetime
from collections import Counter
from collections.abc import Sequence

from django.utils import timezone

from departments.enums import Level
from departments.models import School
from riskpoints.documents.listing import ListColumn, Listing
from riskpoints.register.duties import DutyLine

TITLE = "分级管理清单"
# 267 mm together.
COLUMNS = (
    ListColumn("序号", 11, is_centred=True),
    ListColumn("等级", 20, is_centred=True),
    ListColumn("责任领导", 42),
    ListColumn("部门", 26),
    ListColumn("岗位", 26),
    ListColumn("编号", 25, is_centred=True),
    ListColumn("风险点", 92),
    ListColumn("责任人", 25),
)


def duty_listing(
    lines: Sequence[DutyLine],
    school: School,
    *,
    scope: str = "",
    year: int | None = None,
    day: datetime.date | None = None,
) -> Listing:
    """The lines in their order, with the number of points at each level; of a year, dated by a day, in its archive."""
    counts = Counter(line.level for line in lines)
    parts = "，".join(f"{Level(level).label} {counts[level]} 个" for level in Level if counts[level])
    told = f"共 {len(lines)} 个风险点{f'，其中{parts}' if parts else ''}。"
    return Listing(
        author=school.full_name,
        made_on=day or timezone.localdate(),
        title=f"{school.full_name}{f'{year}年度' if year else ''}廉政风险{TITLE}",
        summary=f"{scope}：{told}" if scope else told,
        columns=COLUMNS,
        rows=tuple(_row(place, line) for place, line in enumerate(lines, start=1)),
    )


def _row(place: int, line: DutyLine) -> tuple[str, ...]:
    point = line.point
    said = (line.answers, line.department, line.post, line.number, point.text, point.responsible)
    return (str(place), str(line.level.label), *said)
