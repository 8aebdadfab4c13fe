"""What waits in the checks for the boards and reminders: the tasks of menu.py, for everybody at once."""

from django.urls import reverse

from departments.enums import Role
from riskpoints.dues import DueLine, Staff, day_of
from riskpoints.oversight import routing
from riskpoints.oversight.assessment import waiting as assessment
from riskpoints.oversight.enums import CheckKind
from riskpoints.oversight.handling.waiting import Waiting, everything, since_day
from riskpoints.oversight.monitoring import waiting
from riskpoints.oversight.monitoring.overview import Check, of_today

GROUP, MATTERS = "监控检查", "问题和处置"


def lines(staff: Staff) -> list[DueLine]:
    """The checks that departments owe in the periods that have begun, those handed in that wait for a review, and what
    waits in findings and handlings."""
    own = [one for one in of_today() if one.kind == CheckKind.SELF and one.is_expected]
    matters = map(_of_matter, everything(staff))
    return [*(_of_check(one, staff) for one in own), *_of_reviews(staff), *matters, *assessment.lines(staff)]


def _of_check(one: Check, staff: Staff) -> DueLine:
    index = f"{reverse('oversight:checks')}?year={one.cycle.year}"
    return DueLine(
        key=f"check.self:{one.cycle.year}:{one.department.pk}:{one.level}:{one.period.value}",
        group=GROUP,
        verb=waiting.VERBS[one.standing],
        title=f"{one.name}{one.title}",
        since=one.first,
        due=one.last,
        address=waiting.address_of(one),
        people=staff.of(one.department, Role.HEAD, Role.CLERK),
        department=one.department,
        read_at=reverse("oversight:sheet", args=[one.sheet.pk]) if one.sheet else index,
    )


def _of_matter(one: Waiting) -> DueLine:
    """Of a matter about a person no board and no mail tells anything."""
    is_personal = one.matter.is_personal
    return DueLine(
        key=one.key,
        group=MATTERS,
        verb=one.verb,
        title=one.title,
        since=since_day(one),
        due=one.due,
        address=one.address,
        people=one.people,
        department=None if is_personal else one.matter.department,
        read_at="" if is_personal else one.address,
        is_about_person=is_personal,
    )


def _of_reviews(staff: Staff) -> list[DueLine]:
    sheets = waiting.asked_for(waiting.handed_in())
    routes = routing.routes(sheets, staff)
    return [
        DueLine(
            key=f"check.review:{sheet.pk}",
            group=GROUP,
            verb=waiting.review_verb(sheet),
            title=f"{sheet}",
            since=day_of(sheet.submitted_at, day_of(sheet.started_at)),
            address=reverse("oversight:sheet", args=[sheet.pk]),
            people=routes[sheet.pk].people,
            department=sheet.department,
            read_at=reverse("oversight:sheet", args=[sheet.pk]),
        )
        for sheet in sheets
    ]
