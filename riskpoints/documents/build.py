"""From the register's rows to the values of a document: what is printed, how it is marked, at which day's state."""

import datetime
from collections.abc import Sequence

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from departments.enums import Level
from departments.models import School
from riskcontrol.templatetags.ui import cn_date
from riskpoints import fields
from riskpoints.content import content as contents
from riskpoints.content.category_row import CategoryRow
from riskpoints.content.content import TableContent
from riskpoints.documents import wording
from riskpoints.documents.data import (
    DepartmentPaper,
    FormRow,
    LevelCell,
    LevelPosts,
    Mark,
    MeasureLine,
    PointLine,
    SchoolPaper,
)
from riskpoints.enums import DateMode, Scope, Status
from riskpoints.models import Measure, TableVersion

# A reviewed table is what the principal signs on paper: it is printed as a final one.
FINAL = frozenset({Status.REVIEWED, Status.CONFIRMED})


def mark_of(version: TableVersion) -> Mark:
    """草稿 until the review is done, also on a given-up revision."""
    return Mark.FINAL if version.status in FINAL else Mark.DRAFT


def department_form(
    version: TableVersion, *, mark: Mark | None = None, date_mode: DateMode | str | None = None
) -> DepartmentPaper:
    """附件4 of a version; mark and kind of date are the version's own unless given."""
    school, content = School.current(), _content(version)
    mark = mark or mark_of(version)
    return DepartmentPaper(
        author=school.full_name,
        mark=mark,
        version_label=version_label(version),
        content_code=_code(content) if mark is Mark.FINAL else "",
        code_address=_code_address(content) if mark is Mark.FINAL else "",
        made_on=_made_on(version),
        title_lines=(school.short_name, school.department_form_title),
        department_name=version.owner_name,
        head_name=version.head_name,
        duties=version.duties,
        rows=tuple(_form_row(row, has_levels=True) for row in content.rows),
        level=_level_cell(content, is_proposed=version.status not in FINAL),
        filled_on=filled_on(version, date_mode),
        signature=wording.LEVEL_SEAL if _is_for_meeting(version) else wording.LEVEL_SIGNATURE,
    )


def school_form(
    version: TableVersion, *, mark: Mark | None = None, date_mode: DateMode | str | None = None
) -> SchoolPaper:
    """附件2 of a version; it prints neither posts nor levels."""
    school, content = School.current(), _content(version)
    mark = mark or mark_of(version)
    return SchoolPaper(
        author=school.full_name,
        mark=mark,
        version_label=version_label(version),
        content_code=_code(content) if mark is Mark.FINAL else "",
        code_address=_code_address(content) if mark is Mark.FINAL else "",
        made_on=_made_on(version),
        title=school.form_title,
        school_name=version.owner_name,
        business_function=version.duties or school.business_function,
        rows=tuple(_form_row(row, has_levels=False) for row in content.rows),
        filled_on=filled_on(version, date_mode),
    )


def blank_department_form() -> DepartmentPaper:
    """附件4 without content, for handwriting (R68)."""
    school = School.current()
    return DepartmentPaper(
        author=school.full_name,
        mark=Mark.BLANK,
        title_lines=(school.short_name, school.department_form_title),
        department_name="",
        head_name="",
        duties="",
        rows=tuple(FormRow(label) for _, label in fields.rows(Scope.DEPARTMENT, fields.CURRENT)),
    )


def version_label(version: TableVersion) -> str:
    """2026年度第1版."""
    given_up = "（已作废）" if version.status == Status.DISCARDED else ""
    return f"{version.table.cycle.year}年度第{version.number}版{given_up}"


def filled_on(version: TableVersion, date_mode: DateMode | str | None = None) -> datetime.date | None:
    """填表日期 by the version's choice (T24): the day of submission, a typed day, or none to be written by hand."""
    mode = date_mode or version.date_mode
    if mode == DateMode.TYPED:
        return version.filled_on
    if mode == DateMode.SUBMITTED and version.submitted_at:
        return timezone.localdate(version.submitted_at)
    return None


def _content(version: TableVersion) -> TableContent:
    loaded = contents.load(version, on=_state_day(version))
    if version.status not in FINAL:
        contents.conceal_review(loaded.points)  # what is printed on the way are the department's proposals
    return loaded


def _state_day(version: TableVersion) -> datetime.date | None:
    """The day whose posts and holders count: of the signature or submission; today for a draft."""
    if version.signed_on:
        return version.signed_on
    return timezone.localdate(version.submitted_at) if version.submitted_at else None


def _made_on(version: TableVersion) -> datetime.date | None:
    """The date in the file's metadata: never the clock's, so that the same version gives the same bytes."""
    moment = version.reviewed_at or version.submitted_at
    return version.signed_on or (timezone.localdate(moment) if moment else None)


def _code(content: TableContent) -> str:
    """The short code of what is printed: a changed content prints another code than its decision's."""
    return contents.content_code(contents.standing_hash(content))


def _code_address(content: TableContent) -> str:
    """Where everybody may ask what the code stands for. In capitals, which a QR code needs less room for."""
    address = f"{settings.SITE_ADDRESS}{reverse('riskpoints:code_scanned', args=[_code(content)])}"
    return address.upper() if settings.SITE_ADDRESS else ""


def _label(level: int | None) -> str:
    return Level(level).label if level else ""


def _form_row(row: CategoryRow, *, has_levels: bool) -> FormRow:
    places = {point.pk: place for place, point in enumerate(row.points, start=1)}
    points = tuple(
        PointLine(point.text, point.post_name, _label(point.level)) if has_levels else PointLine(point.text)
        for point in row.points
    )
    measures = tuple(
        MeasureLine(
            measure.text,
            tuple(sorted(places[point.pk] for point in measure.points.all() if point.pk in places)),
            measure.get_stage_display(),
        )
        for measure in row.measures
    )
    return FormRow(row.label, points, measures, row.is_nil)


def _level_cell(content: TableContent, *, is_proposed: bool) -> LevelCell | None:
    worst = content.department_level
    if worst is None:
        return None
    entries = content.post_levels
    groups = [(level, tuple(entry.name for entry in entries if entry.level == level)) for level in Level]
    by_level = tuple(LevelPosts(level.label, posts) for level, posts in groups if posts)
    return LevelCell(worst.label, by_level, is_proposed, _meeting(content.version))


def _is_for_meeting(version: TableVersion) -> bool:
    """Whether a meeting decides about it, or did; what was signed, as a typed-in paper was, stays signed."""
    return version.is_decided_at_meeting or (version.table.is_leaders and not version.confirmed_how)


def _meeting(version: TableVersion) -> str:
    """Which meeting decided; of a table that waits for one, room to write that."""
    if version.is_decided_at_meeting and version.signed_on:
        return wording.DECIDED_AT.format(cn_date(version.signed_on), version.signer_name, version.minutes_number)
    return wording.TO_BE_DECIDED if _is_for_meeting(version) and version.status in FINAL else ""


def _measure_lines(measures: Sequence[Measure]) -> tuple[MeasureLine, ...]:
    return tuple(MeasureLine(row.text, (), row.get_stage_display(), tuple(row.cited)) for row in measures)
