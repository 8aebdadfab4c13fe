"""The page of one version put together: mode, rows, the open form, what is missing, what changed, what comes next."""

import datetime
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from departments.accounts import typed
from departments.enums import Role
from departments.models import School
from departments.permissions import OrganisationAction, has_role
from departments.permissions import can as can_organise
from departments.queries import posts_without_floors
from riskcontrol.web.contrasts import Contrast
from riskpoints import wings
from riskpoints.content import completeness, differences, today
from riskpoints.content.content import CategoryRow, TableContent, conceal_review, content_code, load
from riskpoints.enums import CATEGORY_GUIDES, HARM_GUIDES, OPEN_STATUSES, Action, ConfirmedBy, Scope, Status
from riskpoints.evidence.verification import is_as_decided
from riskpoints.forms.tables import AssessmentForm, PointForm, ReviewForm
from riskpoints.models import Measure, RiskPoint, TableVersion
from riskpoints.permissions import (
    NOBODY,
    RegisterAction,
    can,
    fills,
    is_reviewer_of,
    proposed,
    sees_review,
    visible_versions,
    who_confirms,
    wrote,
)
from riskpoints.rules import queries as rules
from riskpoints.tables import carrying, inheriting, publicity, workflow
from riskpoints.tables.offers import Offers, offers
from riskpoints.tables.returned import Returned, returned
from riskpoints.views.opening import Opened, open_form, ruling_context

STEPS = ["填报", "纪委审核", "公示", "签字确定"]


@dataclass
class Sheet:
    """Everything the page shows of one version to one person."""

    version: TableVersion
    user: Any
    opened: Opened | None = None
    assessment_forms: dict[int, AssessmentForm] | None = None
    problems: list[completeness.Finding] = field(default_factory=list)
    contrasts: dict[int, list[Contrast]] = field(default_factory=dict)
    review: ReviewForm | None = None
    saved: str = ""

    @cached_property
    def address(self) -> str:
        """The address of the page; links on it are written out, since an error is shown at the address posted to."""
        return reverse("riskpoints:version", args=[self.version.pk])

    @cached_property
    def content(self) -> TableContent:
        loaded = load(self.version)
        if not sees_review(self.user, self.version):
            conceal_review(loaded.points)
        return loaded

    @cached_property
    def mode(self) -> str:
        """edit, review or read."""
        if self.version.table.cycle.is_closed or self.version.table.is_removed:
            return "read"
        if self.version.status == Status.DRAFT and can(self.user, Action.EDIT, self.version):
            return "edit"
        if self.version.status == Status.SUBMITTED and can(self.user, Action.ASSESS, self.version):
            return "review"
        return "read"

    @cached_property
    def report(self) -> completeness.Report:
        return completeness.check(self.content)

    @cached_property
    def actions(self) -> list[Action]:
        return workflow.available_actions(self.version, self.user)

    @cached_property
    def posts_without_floors(self) -> int:
        """For the reviewer of a department's table: how many posts there are, where no floor is at work anywhere."""
        is_asked = self.mode == "review" and not self.version.table.is_school
        return posts_without_floors(timezone.localdate()) if is_asked else 0

    @property
    def may_tick_functions(self) -> bool:
        """Whether the reader may mend that: functions are the committee's."""
        return can_organise(self.user, OrganisationAction.EXTEND_FUNCTIONS)

    @cached_property
    def why_not_reviewing(self) -> str:
        """Said to a reviewer who could else review this very version."""
        if self.version.status != Status.SUBMITTED or not is_reviewer_of(self.user, self.version.table):
            return ""
        if wrote(self.user, self.version):
            return "您填写或提交过这张表，由另一位审核人审核。"
        return "您提出的建议已写入这张表，由另一位审核人审核。" if proposed(self.user, self.version) else ""

    @cached_property
    def may_revise(self) -> bool:
        table = self.version.table
        is_open = any(v.status in (Status.DRAFT, Status.SUBMITTED, Status.REVIEWED) for v in self.siblings)
        return self.version.is_in_force and not is_open and not table.cycle.is_closed and fills(self.user, table)

    @property
    def is_filled_by_user(self) -> bool:
        return fills(self.user, self.version.table)

    @cached_property
    def siblings(self) -> list[TableVersion]:
        """The table's other versions that this person may open, newest first."""
        return list(visible_versions(self.user).filter(table=self.version.table).order_by("-number"))

    @cached_property
    def standing(self) -> today.Standing | None:
        """Where this version stands today, if it is the one that was signed last in its year."""
        return today.standings([self.version]).get(self.version.pk) if self.version.is_in_force else None

    @cached_property
    def others(self) -> list[TableVersion]:
        """What else of this owner counts: what is in force today, of whichever year, and for those who fill in what
        is on its way in the other open years."""
        table = self.version.table
        wanted = today.in_force_today()
        if self.is_filled_by_user:
            wanted |= Q(status__in=OPEN_STATUSES, table__cycle__closed_at=None) & ~Q(table=table)
        owner = Q(table__scope=table.scope, table__department=table.department_id)
        found = visible_versions(self.user).filter(owner & wanted).exclude(pk=self.version.pk)
        versions = list(found.select_related("table__cycle").order_by("table__cycle__year", "number"))
        today.note_standings(versions)
        return versions

    @cached_property
    def shows_assessment(self) -> bool:
        return can(self.user, RegisterAction.VIEW_ASSESSMENT, self.version)

    @cached_property
    def difference(self) -> differences.Difference | None:
        """What changed against the version this one was copied from, for those who may see both."""
        base = self.version.base
        if base is None or not self.shows_assessment:
            return None
        return differences.compare(load(base), self.content)

    @cached_property
    def newer_source(self) -> TableVersion | None:
        """What took the place of the version this one was begun from, for those who see the assessment."""
        return carrying.replaced(self.version) if self.shows_assessment else None

    @cached_property
    def offers(self) -> Offers | None:
        """What the newer source offers a draft to who fills it in."""
        if self.newer_source is None or self.mode != "edit":
            return None
        return offers(self.version, self.newer_source)

    @cached_property
    def left_to_inherit(self) -> int:
        """How many points of a closed department this draft could still take over."""
        if self.mode != "edit":
            return 0
        return sum(not item.is_taken for item in inheriting.inherited(self.version))

    @cached_property
    def remarks(self) -> dict[Any, list[Any]]:
        """Remarks that were sent to the department, by point identity (None: of the whole table)."""
        found: dict[Any, list[Any]] = {}
        if self.shows_assessment:
            for remark in self.version.remarks.select_related("author"):
                if remark.sent_at is not None:
                    found.setdefault(remark.point_identity, []).append(remark)
        return found

    @cached_property
    def returned(self) -> Returned | None:
        """The remarks of the last return with their answers, and what was changed since: the same list for the head
        and the reviewer."""
        return returned(self.content) if self.shows_assessment and self.mode != "read" else None

    @cached_property
    def decisions(self) -> list[Any]:
        """Decisions, newest first, as prefetched."""
        return list(self.version.decisions.all())

    @cached_property
    def last_return(self) -> Any:
        """The return that sent this draft back, if that was the last thing that happened."""
        last = self.decisions[0] if self.decisions else None
        return last if last is not None and last.action == Action.RETURN and self.version.is_draft else None

    @property
    def steps(self) -> list[tuple[str, str]]:
        """The four steps with done, now or an empty text for each."""
        place = {Status.DRAFT: 0, Status.SUBMITTED: 1, Status.REVIEWED: 3, Status.CONFIRMED: 4}.get(
            Status(self.version.status), 0
        )
        if place == 3 and self.is_published_now:
            place = 2
        return [(name, "done" if i < place else "now" if i == place else "") for i, name in enumerate(STEPS)]

    @property
    def is_published_now(self) -> bool:
        """Whether the publication period is running."""
        until = self.version.publish_until
        return self.version.status == Status.REVIEWED and until is not None and timezone.localdate() <= until

    @cached_property
    def waits_for(self) -> str:
        """Why the table can't be confirmed yet although its period is over."""
        if publicity.needs_posting(self.version):
            return workflow.UNPOSTED
        return wings.unmet(Action.CONFIRM, self.version) if self.version.status == Status.REVIEWED else ""

    @cached_property
    def panels(self) -> list[wings.Panel]:
        """What others said of a table that is to be signed."""
        return wings.panels("deciding", self.user, self.version) if self.version.status == Status.REVIEWED else []

    @cached_property
    def all_marks(self) -> list[wings.Mark]:
        return wings.marks(self.user, [self.version]).get(self.version.pk, [])

    @property
    def marks(self) -> list[wings.Mark]:
        """What the wings say of the table as a whole."""
        return [mark for mark in self.all_marks if mark.point is None]

    @property
    def title_lines(self) -> list[str]:
        """The title as the form prints it."""
        school = School.current()
        if self.version.table.scope == Scope.SCHOOL:
            return [school.form_title]
        return [school.short_name, school.department_form_title]

    @cached_property
    def kept(self) -> list[Any]:
        """What this person typed into this version and did not save, while it can still be changed."""
        if self.mode == "read" or self.opened is not None:
            return []
        return [kept for kept in typed.kept_by(self.user) if kept.path.startswith(self.address)]

    @cached_property
    def scans(self) -> list[Any]:
        """The scans of the signed paper, for those who see the assessment."""
        if not self.shows_assessment:
            return []
        scans = self.version.scans.select_related("added_by", "replacement__added_by")
        return list(scans.order_by("added_at", "id"))

    nobody = NOBODY

    @cached_property
    def lacks_confirmer(self) -> bool:
        """Whether everybody who could confirm or record took part in the table, so that somebody has to be named."""
        version = self.version
        waits = version.status == Status.REVIEWED and not version.is_historical and not version.table.cycle.is_closed
        return waits and not who_confirms(version)

    @property
    def may_add_scan(self) -> bool:
        return can(self.user, Action.ADD_SCAN, self.version)

    @property
    def may_replace_scan(self) -> bool:
        return can(self.user, Action.REPLACE_SCAN, self.version)

    @property
    def lacks_scan(self) -> bool:
        """Whether the principal confirmed in the browser and the sealed sheet was not scanned yet."""
        is_own = self.version.confirmed_how == ConfirmedBy.BROWSER and self.version.status == Status.CONFIRMED
        return is_own and not self.scans

    @property
    def user_is_principal(self) -> bool:
        return has_role(self.user, Role.PRINCIPAL)

    @property
    def duties_changed(self) -> bool:
        """Whether the duties differ from the base, so that the difference is shown in their place."""
        return self.difference is not None and any(change.name == "duties" for change in self.difference.head)

    @cached_property
    def publication_ends(self) -> datetime.date | None:
        """The last day of the publication, if the table is approved today; None where the rules demand none."""
        return publicity.period(timezone.localdate()).get("publish_until")

    @property
    def calendar_is_missing(self) -> bool:
        """Whether that day lies in a year whose holidays nobody entered."""
        return self.publication_ends is not None and not rules.is_kept(self.publication_ends.year)

    @property
    def is_altered(self) -> bool:
        """Whether the stored content is no longer what was decided last: somebody changed it past the program."""
        return not is_as_decided(self.version, self.content, self.decisions[0] if self.decisions else None)

    @property
    def content_code(self) -> str:
        """The short code of the last decided content."""
        return content_code(self.decisions[0].content_hash) if self.decisions else ""

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """The form's rows; in each, lines of points with the measures that answer them side by side."""
        return [
            {
                "row": row,
                "is_saved": self.saved == f"row-{row.value}",
                "guide": CATEGORY_GUIDES.get(row.value, ""),
                "lines": self._lines(row),
                "removed_points": self.difference.removed_points_in(row.value) if self.difference else [],
                "removed_measures": self.difference.removed_measures_in(row.value) if self.difference else [],
            }
            for row in self.content.rows
        ]

    def _lines(self, row: CategoryRow) -> list[dict[str, Any]]:
        """One line per point with its measures, one for the whole category's; one line where nothing is attached."""
        points = [self._point_item(row, point, number) for number, point in enumerate(row.points, start=1)]
        groups = row.measure_groups
        lines: list[dict[str, Any]] = []
        if len(groups) <= 1:
            lines.append({"points": points, "measures": self._measure_items(row, row.measures)})
        else:
            for item in points:
                own = groups.get(item["point"].pk, [])
                lines.append({"points": [item], "measures": self._measure_items(row, own), "is_own": True})
            if groups[None]:
                lines.append({"points": [], "measures": self._measure_items(row, groups[None]), "is_shared": True})
        lines[-1]["is_last"] = True
        # A single point's own measure and the whole category's are the same thing: one link is enough.
        lines[-1]["offers_shared"] = bool(points) and not (len(points) == 1 and lines[-1].get("is_own"))
        return self._with_open_form(row, lines)

    def _with_open_form(self, row: CategoryRow, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """A point's form takes both columns: a line of its own, before the point's line, or at the end for a new one.

        A new measure's form stands beside the point it answers.
        """
        opened = self.opened
        if opened is None or (opened.kind in ("new", "newmeasure") and opened.key != row.value):
            return lines
        if opened.kind == "new":
            return [*lines, {"form": "new"}]
        place = next((line for line in lines if opened.row in [item["point"] for item in line["points"]]), None)
        if opened.kind == "newmeasure":
            (place or lines[-1])["opens_measure"] = True
        if opened.kind != "point" or place is None:
            return lines
        entry = next(item for item in place["points"] if item["point"] == opened.row)
        where = lines.index(place)
        return [*lines[:where], {"form": "point", "entry": entry}, *lines[where:]]

    def _point_item(self, row: CategoryRow, point: RiskPoint, number: int) -> dict[str, Any]:
        return {
            "point": point,
            "is_saved": self.saved == f"point-{point.pk}",
            "number": number,
            "is_first": number == 1,
            "is_last": number == len(row.points),
            "ruling": point.ruling,
            "change": self.difference.of_point(point.identity) if self.difference else None,
            "remarks": self.remarks.get(point.identity, []),
            "mark": self.returned.points.get(point.identity) if self.returned else None,
            "form": (self.assessment_forms or {}).get(point.pk),
            "contrasts": self.contrasts.get(point.pk, []),
            "marks": [mark for mark in self.all_marks if mark.point == point.identity],
            "problems": [finding for finding in self.problems if finding.anchor == f"point-{point.pk}"],
        }

    def _measure_items(self, row: CategoryRow, group: list[Measure]) -> list[dict[str, Any]]:
        return [
            {
                "measure": measure,
                "is_saved": self.saved == f"measure-{measure.pk}",
                "number": row.measures.index(measure) + 1,
                "is_first": place == 0,
                "is_last": place == len(group) - 1,
                "numbers": row.numbers_of(measure) if len(measure.points.all()) > 1 else "",
                "change": self.difference.of_measure(measure.identity) if self.difference else None,
                "mark": self.returned.measures.get(measure.identity) if self.returned else None,
            }
            for place, measure in enumerate(group)
        ]

    @cached_property
    def grid(self) -> list[dict[str, Any]]:
        """岗位 × 类别 with the number of points in each cell, so that gaps are seen (R58); none blocks."""
        levels_by_post = {item.post_id: item for item in self.content.post_levels}
        reasons = {exemption.post_id: exemption.reason for exemption in self.content.exemptions}
        return [
            {
                "post": post,
                "cells": [(row, sum(point.post_id == post.pk for point in row.points)) for row in self.content.rows],
                "is_saved": self.saved == f"post-{post.pk}",
                "level": levels_by_post[post.pk].level,
                "count": levels_by_post[post.pk].point_count,
                "reason": reasons.get(post.pk, ""),
            }
            for post in self.content.posts
        ]


def assessment_forms(sheet: Sheet, data: Any = None) -> dict[int, AssessmentForm]:
    """One form for each point: the level proposed, or confirmed before, is already chosen."""
    drafts = {remark.point_identity: remark.text for remark in sheet.version.remarks.filter(sent_at__isnull=True)}
    forms = {}
    for point in sheet.content.points:
        initial = {
            "level": point.confirmed_level or point.proposed_level,
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
    sheet = Sheet(version, request.user, **parts)
    if sheet.mode == "edit" and sheet.opened is None:
        sheet.saved = request.GET.get("saved", "")
        sheet.opened = open_form(version, sheet.content, request.GET.get("open", ""), request.GET.get("post", ""))
    if sheet.mode == "review" and sheet.assessment_forms is None:
        sheet.assessment_forms, sheet.review = assessment_forms(sheet), ReviewForm(initial={"lock": version.lock})
    if sheet.opened is not None and _is_gone(sheet.opened, sheet.content):
        sheet.opened.contrast_with(version, None)  # or the form would have no place, and what was typed would be lost
    context = {"sheet": sheet, "version": version, "opened": sheet.opened, "harm_guides": HARM_GUIDES}
    if sheet.opened is not None:
        context["form"] = sheet.opened.form
        if isinstance(sheet.opened.form, PointForm):
            context |= ruling_context(sheet.opened)
    response = render(request, f"riskpoints/tables/version_{sheet.mode}.html", context, status=status)
    if status != 200:
        # The address stays that of the page: the one that was posted to can't be opened again.
        response["HX-Push-Url"] = "false"
    return response
