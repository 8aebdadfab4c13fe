"""A check as its page shows it: its points with their measures, what is typed, what this person may do."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from departments.models import User
from riskpoints.content.today import in_force_today
from riskpoints.models import TableVersion
from riskpoints.oversight import routing
from riskpoints.oversight.enums import Standing, State
from riskpoints.oversight.models import CheckLine, CheckMeasure, CheckSheet
from riskpoints.oversight.monitoring import acting, filling, states
from riskpoints.oversight.monitoring.forms import HeadForm, MeasureForm, PointForm
from riskpoints.oversight.permissions import can, submitting
from riskpoints.oversight.permissions import filling as filling_act


@dataclass(frozen=True)
class ShownMeasure:
    """One measure: what is saved, the form where the reader fills it in, and what is missing; `as_at` the point at
    which the same measure stands first, whose result it takes unless something else was found here. Folded is what
    follows that, or the choice for its point; `asks_point`: what is missing can be said for the whole point."""

    row: CheckMeasure
    form: MeasureForm | None
    missing: str
    asks_point: bool = False
    as_at: int | None = None
    is_folded: bool = False


@dataclass(frozen=True)
class ShownLine:
    """One point with its measures; `choice` where one key fills in several of them, and what is `missing` of it."""

    line: CheckLine
    measures: Sequence[ShownMeasure]
    choice: PointForm | None = None
    missing: str = ""


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
    counts: tuple[int, int, int]

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
    said = {one.measure.pk: one for one in missing if one.measure}
    leading, following = _twins(rows)
    found: dict[int, tuple[CheckLine, list[ShownMeasure]]] = {}
    for row in rows:
        form, first, lacks = forms.get(row.pk), leading[row.identity], said.get(row.pk)
        shown = ShownMeasure(
            row,
            form,
            lacks.words if lacks else "",
            asks_point=lacks is not None and lacks.of_point,
            as_at=first.line.order if first.pk != row.pk else None,
            is_folded=row.pk in following and form is not None and not lacks and not form.errors,
        )
        found.setdefault(row.line_id, (row.line, []))[1].append(shown)
    return [_line(line, measures) for line, measures in found.values()]


def _twins(rows: Sequence[CheckMeasure]) -> tuple[dict[uuid.UUID, CheckMeasure], set[int]]:
    """Where each measure stands first, and the keys of those that stand elsewhere as well and follow it."""
    leading: dict[uuid.UUID, CheckMeasure] = {}
    following = set()
    for row in rows:
        first = leading.setdefault(row.identity, row)
        if first.pk != row.pk and filling.found(row) == filling.found(first):
            following.add(row.pk)
    return leading, following


def _line(line: CheckLine, measures: list[ShownMeasure]) -> ShownLine:
    """A point whose measures are several and have no results of their own is filled in with one key."""
    point = next((one.form.point for one in measures if one.form and one.form.point), None)
    if point is None or not (point.is_offered or point.errors or point.contrasts):
        return ShownLine(line, measures)
    lacks = next((one.missing for one in measures if one.asks_point), "")
    told = [replace(one, missing="") if one.asks_point else one for one in measures]
    return ShownLine(line, [replace(one, is_folded=True) if _may_fold(one) else one for one in told], point, lacks)


def _may_fold(shown: ShownMeasure) -> bool:
    """Whether nothing of its own is said of a measure, and nothing asked for that only it could answer."""
    form = shown.form
    return bool(form and not form["result"].value() and not form.errors and not form.says_more and not shown.missing)


def measure_forms(rows: Sequence[CheckMeasure], sheet: CheckSheet, data: Any = None) -> dict[int, MeasureForm]:
    """The form of each measure, by its key; those of a point for which one choice may stand share its form."""
    _, following = _twins(rows)
    by_line: dict[CheckLine, list[CheckMeasure]] = {}
    for row in rows:
        by_line.setdefault(row.line, []).append(row)
    forms = {}
    for line, measures in by_line.items():
        own = [row for row in measures if row.pk not in following]
        standing = [row for row in own if row.by_point or not row.result]
        point = PointForm(data, line=line, standing=standing, level=sheet.level) if len(own) > 1 else None
        for row in measures:
            of = point if row.pk not in following else None
            forms[row.pk] = MeasureForm(data, row=row, level=sheet.level, point=of)
    return forms


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
        counts=(sum(bool(row.result) for row in rows), len(rows), sum(row.by_point for row in rows)),
    )


def _newer(sheet: CheckSheet) -> TableVersion | None:
    """The version in force today where it is not the one that the check began with."""
    found = TableVersion.objects.filter(in_force_today(), table__department=sheet.department_id)
    return found.exclude(pk=sheet.version_id or 0).select_related("table__cycle").first()
