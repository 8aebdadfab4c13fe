"""The rows found in the register as 登记汇总表: what the person who exports may see, and nothing else."""

from collections.abc import Sequence

from departments.models import School
from riskpoints.documents import build_lists
from riskpoints.documents.columns import A3
from riskpoints.documents.data import Mark, Register, RegisterRow
from riskpoints.documents.progress import Report, silent
from riskpoints.documents.register import register_file
from riskpoints.enums import Status
from riskpoints.register.lines import RegisterLine


def selection_document(
    lines: Sequence[RegisterLine],
    kind: str,
    *,
    year: int | None,
    scope: str,
    paper: str = A3,
    report: Report = silent,
) -> bytes:
    """登记汇总表 of these rows in their order, as pdf or xlsx; marked 草稿 as soon as one of them is not signed.

    `year` is None where they come from several years.
    """
    return register_file(selection(lines, year=year, scope=scope), kind, paper=paper, report=report)


def selection(lines: Sequence[RegisterLine], *, year: int | None, scope: str) -> Register:
    """The values of the document; likelihood and harm are blank in rows whose assessment the person does not see."""
    school = School.current()
    versions = list({line.version.pk: line.version for line in lines}.values())
    is_final = all(version.status == Status.CONFIRMED for version in versions)
    days = [version.signed_on for version in versions if version.signed_on]
    return Register(
        author=school.full_name,
        mark=Mark.FINAL if is_final else Mark.DRAFT,
        made_on=max(days, default=None),
        school_name=school.full_name,
        year=year,
        rows=tuple(rows_of(lines)),
        scope=scope,
    )


def shown_rows(lines: Sequence[RegisterLine]) -> list[RegisterRow]:
    """The same without 责任领导, for which the screen has no room."""
    return [_row(line, "") for line in lines]


def rows_of(lines: Sequence[RegisterLine]) -> list[RegisterRow]:
    """The rows of these lines in their order; what a person doesn't see is blank."""
    leaders = build_lists.leaders_of([line.version for line in lines])
    return [_row(line, leaders(line.version.table.department_id, line.point.level)) for line in lines]


def _row(line: RegisterLine, leader: str) -> RegisterRow:
    return build_lists.register_row(
        line.number,
        line.version,
        line.point,
        line.measures,
        leader,
        status=line.words,
        shows_assessment=line.shows_assessment,
    )
