"""A check as its page shows it: its points with their measures, what is typed, what this person may do."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from departments.models import User
from riskpoints.content.today import in_force_today
from riskpoints.models import TableVersion
from riskpoints.oversight import routing
from riskpoints.oversight.enums import Standing, State
from riskpoints.oversight.models import CheckLine, CheckMeasure, CheckSheet
from riskpoints.oversight.monitoring import acting, filling, states
from riskpoints.oversight.monitoring.forms import HeadForm, MeasureForm
from riskpoints.oversight.permissions import can, submitting
from riskpoints.oversight.permissions import filling as filling_act


@dataclass(frozen=True)
class ShownMeasure:
    """One measure: what is saved, the form where the reader fills it in, and what is missing; `as_at` the point at
    which the same measure stands first, whose result it takes unless something else was found here."""

    row: CheckMeasure
    form: MeasureForm | None
    missing: str
    as_at: int | None = None
    is_folded: bool = False


@dataclass(frozen=True)
class ShownLine:
    """One point with its measures."""

    line: CheckLine
    measures: Sequence[ShownMeasure]


@dataclass(frozen=True)
class Page:
    """All that the page of a check says besides the sheet itself."""

    standing: Standing
    is_overdue: bool
    may_fill: bool
    may_submit: bool
    may_review: bool
    route: routing.Route | None
    barred: str
    newer: TableVersion | None
    counts: tuple[int, int]

    @property
    def tone(self) -> str:
        return states.tone(self.standing, is_overdue=self.is_overdue)


def measures_of(sheet: CheckSheet) -> list[CheckMeasure]:
    """The measures of a sheet with their points and evidence; two queries."""
    rows = CheckMeasure.objects.filter(line__sheet=sheet).select_related("line", "saved_by")
    return list(rows.prefetch_related("evidence"))


def lines_of(
    rows: Sequence[CheckMeasure], forms: Mapping[int, MeasureForm], missing: Collection[filling.Missing] = ()
) -> list[ShownLine]:
    """The measures under their points."""
    said = {one.measure.pk: one.words for one in missing if one.measure}
    found: dict[int, tuple[CheckLine, list[ShownMeasure]]] = {}
    first: dict[uuid.UUID, CheckMeasure] = {}
    for row in rows:
        leading, form = first.setdefault(row.identity, row), forms.get(row.pk)
        is_twin = leading.pk != row.pk
        is_same = is_twin and filling.found(row) == filling.found(leading)
        shown = ShownMeasure(
            row,
            form,
            said.get(row.pk, ""),
            as_at=leading.line.order if is_twin else None,
            is_folded=is_same and form is not None and row.pk not in said and not form.errors,
        )
        found.setdefault(row.line_id, (row.line, []))[1].append(shown)
    return [ShownLine(line, measures) for line, measures in found.values()]


def measure_forms(rows: Sequence[CheckMeasure], sheet: CheckSheet, data: Any = None) -> dict[int, MeasureForm]:
    """The form of each measure, by its key."""
    return {row.pk: MeasureForm(data, row=row, level=sheet.level) for row in rows}


def head_form(sheet: CheckSheet, data: Any = None) -> HeadForm:
    """The form of the whole."""
    return HeadForm(data, sheet=sheet)


def page_of(sheet: CheckSheet, rows: Sequence[CheckMeasure], user: User) -> Page:
    """What this person may do with the check, and who reviews it."""
    where = states.standing(sheet)
    is_open = where in (Standing.FILLING, Standing.RETURNED)
    is_waiting = sheet.state == State.SUBMITTED and not sheet.cycle.is_closed
    route = routing.route(sheet) if is_waiting else None
    may_review = route is not None and route.includes(user)
    is_reviewer = is_waiting and not may_review
    return Page(
        standing=where,
        is_overdue=sheet.is_self and states.is_overdue(sheet.cycle.year, sheet.period, where),
        may_fill=is_open and can(user, filling_act(sheet.kind), sheet.department),
        may_submit=is_open and can(user, submitting(sheet.kind), sheet.department),
        may_review=may_review,
        route=route,
        barred=acting.why_not(user, sheet) if is_reviewer else "",
        newer=_newer(sheet) if is_open else None,
        counts=(sum(bool(row.result) for row in rows), len(rows)),
    )


def _newer(sheet: CheckSheet) -> TableVersion | None:
    """The version in force today where it is not the one that the check began with."""
    found = TableVersion.objects.filter(in_force_today(), table__department=sheet.department_id)
    return found.exclude(pk=sheet.version_id or 0).select_related("table__cycle").first()
