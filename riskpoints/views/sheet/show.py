"""The page of one version put together, and the answer with it."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from departments.models import Post, User
from riskpoints import wings
from riskpoints.content.content import TableContent
from riskpoints.content.duty import duties
from riskpoints.enums import Harm, Likelihood, Stage
from riskpoints.forms.reviewing import AssessmentForm, ReviewForm
from riskpoints.forms.rows import PointForm
from riskpoints.models import TableVersion
from riskpoints.references.regulations import queries as regulations
from riskpoints.tables import levelling
from riskpoints.views.opening import Opened, everything, open_form, ruling_context
from riskpoints.views.sheet.around import Around
from riskpoints.views.sheet.changes import Changes
from riskpoints.views.sheet.deciding import Deciding
from riskpoints.views.sheet.rows import GridLine, RowsBuilder, SheetRow, grid_lines
from riskpoints.years import suggesting


class VersionSheet(Changes, Around, Deciding):
    """Everything the page shows of one version to one person."""

    harms, stages = list(Harm), Stage.choices

    @cached_property
    def rows(self) -> list[SheetRow]:
        """The form's rows; in each, lines of points with the measures that answer them side by side."""
        return RowsBuilder(
            difference=self.difference,
            remarks=self.remarks,
            returned=self.returned,
            marks=self.all_marks,
            forms=self.assessment_forms or {},
            contrasts=self.contrasts,
            problems=self.problems,
            named=regulations.named_in([row.basis for row in self.content.measures]) if self.mode == "edit" else {},
            saved=self.saved,
            opened=self.opened,
            begins=self.begins,
            answers=self.answers,
            may=self.may_write if self.mode == "edit" else everything,
            is_written=self.mode == "edit",
            suggested=self.suggested,
            walk=self.walk,
        ).rows(self.content)

    @property
    def differing(self) -> int:
        """How many points the reviewer has something to look at in."""
        entries = [item for row in self.rows for line in row.lines for item in line.points]
        return sum(item.differs for item in entries)

    @cached_property
    def suggested(self) -> Mapping[str, Sequence[wings.Suggestion]]:
        """What the empty categories can be begun from."""
        rows = [row.value for row in self.content.rows if not (row.points or row.measures or row.is_nil)]
        return suggesting.suggestions(self.user, self.version, rows) if self.mode == "edit" else {}

    @cached_property
    def grid(self) -> list[GridLine]:
        """岗位 × 类别 with the number of points in each cell, so that gaps are seen (R58); none blocks."""
        return grid_lines(self.content, saved=self.saved, begins=self.begins, may=self.may_write)

    @property
    def own_posts(self) -> list[Post]:
        """The posts that a point may be moved to by who writes the table."""
        return [post for post in self.content.posts if self.may_write(post.pk)]

    @property
    def square_lines(self) -> list[tuple[Likelihood, list[levelling.Square]]]:
        """The nine squares of likelihood and harm, without a post's functions."""
        return levelling.square_lines(())

    @property
    def grid_is_open(self) -> bool:
        """Whether it stands open while the table is written: a post lacks its point, or its form is open or saved."""
        opened = self.opened is not None and self.opened.kind == "post"
        return opened or any(line.is_saved or not (line.count or line.reason) for line in self.grid)

    @cached_property
    def answers(self) -> Callable[[int | None], str]:
        """Who answers for a level in this table today (分级负责); nothing before it is in force."""
        version = self.version
        if version.table.is_school or not version.is_in_force:
            return lambda level: ""
        department = version.table.department_id
        known = duties([department])
        return lambda level: known.of(department, level).words if level else ""

    def begins(self, category: str, post: Post | None = None) -> list[wings.Beginning]:
        """How else a point can be begun by who fills the form in."""
        return wings.beginnings(self.user, self.version, category, post) if self.mode == "edit" else []

    @cached_property
    def beside(self) -> list[wings.Panel]:
        """What the wings show beside the form while it is filled in, reviewed or read."""
        places: dict[str, wings.Place] = {"edit": "filling", "review": "reviewing"}
        place = places.get(self.mode, "reading")
        return self.kept_around("panels", lambda: wings.panels(place, self.user, self.version))


def assessment_forms(sheet: VersionSheet, data: Any = None) -> dict[int, AssessmentForm]:
    """One form for each point: the level proposed, or confirmed before, is already chosen."""
    drafts = {remark.point_identity: remark.text for remark in sheet.version.remarks.filter(sent_at__isnull=True)}
    forms = {}
    for point in sheet.content.points:
        initial = {
            "level": point.level,
            "reason": point.confirmed_reason,
            "remark": drafts.get(point.identity, ""),
        }
        forms[point.pk] = AssessmentForm(data, prefix=f"point{point.pk}", initial=initial)
    return forms


def _is_gone(opened: Opened, content: TableContent) -> bool:
    """Whether somebody removed the row whose form is open, while the form was being answered."""
    rows: dict[str, list[Any]] = {"point": content.points, "measure": content.measures}
    return opened.kind in rows and opened.row not in rows[opened.kind]


def show_sheet(request: HttpRequest, version: TableVersion, *, status: int = 200, **parts: Any) -> HttpResponse:
    """Answer with the page; `parts` are an opened form, assessment forms, problems to show."""
    sheet = VersionSheet(version, cast(User, request.user), **parts)  # nobody else is let in: LoginRequiredMiddleware
    if sheet.mode == "edit" and sheet.opened is None:
        sheet.saved = request.GET.get("saved", "")
        anchor, post, source = (request.GET.get(name, "") for name in ("open", "post", "from"))
        sheet.opened = open_form(version, sheet.content, anchor, post, source, sheet.may_write)
    if sheet.mode == "review" and sheet.assessment_forms is None:
        sheet.assessment_forms, sheet.review = assessment_forms(sheet), ReviewForm(initial={"lock": version.lock})
    if sheet.opened is not None and _is_gone(sheet.opened, sheet.content):
        sheet.opened.contrast_with(version, None)  # or the form would have no place, and what was typed would be lost
    context = {"sheet": sheet, "version": version, "opened": sheet.opened, "harm_guides": sheet.harm_guides}
    if sheet.opened is not None:
        context["form"] = sheet.opened.form
        if isinstance(sheet.opened.form, PointForm):
            context |= ruling_context(sheet.opened)
    response = render(request, f"riskpoints/tables/version_{sheet.mode}.html", context, status=status)
    if status != 200:
        # The address stays that of the page: the one that was posted to can't be opened again.
        response["HX-Push-Url"] = "false"
    return response
