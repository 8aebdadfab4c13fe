"""What waits in the wing for the boards and reminders: the tasks of menu.py, for everybody at once."""

from django.db.models import Count, Min
from django.urls import reverse

from departments.enums import Role
from riskpoints.dues import DueLine, Staff, day_of
from riskpoints.participation import menu
from riskpoints.participation.cooperation import lines as lines_of
from riskpoints.participation.cooperation import points_in_force
from riskpoints.participation.enums import FeedbackState, ObjectionState, ProposalState
from riskpoints.participation.models import Feedback, Objection, Proposal
from riskpoints.participation.permissions import ParticipationAction, can
from riskpoints.participation.queries import answer_days
from riskpoints.permissions import RegisterAction
from riskpoints.permissions import can as can_register
from riskpoints.tables import publicity

GROUP = "意见建议"


def lines(staff: Staff) -> list[DueLine]:
    """Proposals and opinions without an answer, objections, tables to be posted, petitions."""
    return [
        *_proposals(staff),
        *_opinions(staff),
        *_set_aside(staff),
        *_deferred(staff),
        *_objections(staff),
        *_unposted(staff),
        *_petitions(staff),
        *_cooperation(staff),
    ]


def _proposals(staff: Staff) -> list[DueLine]:
    waiting = list(Proposal.objects.filter(state=ProposalState.OPEN).select_related("department").order_by("pk"))
    if not waiting:
        return []
    due = answer_days(row.sent_at for row in waiting)
    return [
        DueLine(
            key=f"proposal:{row.pk}",
            group=GROUP,
            verb="答复建议",
            title=f"对{row.department}的建议（{row.get_method_display()}）",
            since=day_of(row.sent_at),
            due=due[day_of(row.sent_at)],
            address=reverse("participation:proposal", args=[row.pk]),
            people=staff.who(lambda person, row=row: can(person, ParticipationAction.DECIDE, row)),  # type: ignore[misc]
            department=row.department,
        )
        for row in waiting
    ]


def _opinions(staff: Staff) -> list[DueLine]:
    waiting = Feedback.objects.filter(state=FeedbackState.NEW, quarantine="").order_by("pk")
    people = staff.who(lambda person: can(person, ParticipationAction.ANSWER))
    return [
        DueLine(
            key=f"opinion:{row.pk}",
            group=GROUP,
            verb="答复意见",
            title=f"群众对{row.version.owner_name}防控表的意见",
            since=day_of(row.sent_at),
            address=reverse("participation:opinion", args=[row.pk]),
            people=people,
            department=row.version.table.department,
        )
        for row in waiting.select_related("version__table__department")
    ]


def _set_aside(staff: Staff) -> list[DueLine]:
    """One line for all that were set aside when they came."""
    waiting = Feedback.objects.filter(state=FeedbackState.NEW).exclude(quarantine="")
    said = waiting.aggregate(count=Count("id"), since=Min("sent_at"))
    if not said["count"]:
        return []
    return [
        DueLine(
            key="opinions.set_aside:all",
            group=GROUP,
            verb="查看搁置的意见",
            title=f"{said['count']} 条意见已搁置，等待查看",
            since=day_of(said["since"]),
            address=reverse("participation:opinions"),
            people=staff.who(lambda person: can(person, ParticipationAction.ANSWER)),
        )
    ]


def _deferred(staff: Staff) -> list[DueLine]:
    people = staff.who(lambda person: can(person, ParticipationAction.ANSWER))
    return [
        DueLine(
            key=f"objection.deferred:{row.pk}",
            group=GROUP,
            verb="修订学校表",
            title="公示期间对学校防控表的异议，列入下次修订",
            since=day_of(row.decided_at, day_of(row.raised_at)),
            address=reverse("participation:objection", args=[row.pk]),
            people=people,
        )
        for row in menu.deferred()
    ]


def _objections(staff: Staff) -> list[DueLine]:
    waiting = Objection.objects.filter(state=ObjectionState.OPEN).order_by("pk")
    people = ("feedback__version__authors", "feedback__version__proposers")
    rows = waiting.select_related("feedback__version__table__department", "feedback__version__table__cycle")
    return [
        DueLine(
            key=f"objection:{row.pk}",
            group=GROUP,
            verb="审核异议",
            title=f"公示期间对{row.feedback.version.owner_name}防控表的异议",
            since=day_of(row.raised_at),
            address=reverse("participation:objection", args=[row.pk]),
            people=staff.who(
                lambda person, row=row: can(person, ParticipationAction.DECIDE_OBJECTION, row)  # type: ignore[misc]
            ),
            department=row.feedback.version.table.department,
        )
        for row in rows.prefetch_related(*people)
    ]


def _unposted(staff: Staff) -> list[DueLine]:
    people = staff.who(lambda person: can_register(person, RegisterAction.POST))
    return [
        DueLine(
            key=f"version.post:{version.pk}",
            group=GROUP,
            verb="列入公示",
            title=f"{version.owner_name}防控表已审核，等待公示",
            since=day_of(version.reviewed_at, day_of(version.created_at)),
            address=reverse("participation:periods"),
            people=people,
            department=version.table.department,
        )
        for version in publicity.unposted()
    ]


def _cooperation(staff: Staff) -> list[DueLine]:
    """Points at which a department cooperates, and of which its head has still to say something (R55)."""
    return [
        DueLine(
            key=f"co_point:{line.point.identity}:{line.department.pk}",
            group=GROUP,
            verb="答复配合的风险点",
            title=f"{line.point.version.owner_name}的风险点由{line.department}配合",
            since=day_of(line.point.version.confirmed_at, day_of(line.point.version.created_at)),
            address=reverse("participation:co_point", args=[line.point.pk, line.department.pk]),
            people=staff.of(line.department.pk, Role.HEAD),
            department=line.department,
        )
        for line in lines_of(points_in_force())
        if line.waits
    ]


def _petitions(staff: Staff) -> list[DueLine]:
    """Opinions that name a person are the committee's alone: on no board, and in no words outside its inbox."""
    waiting = Feedback.objects.filter(state=FeedbackState.REFERRED, petition_number="").order_by("pk")
    return [
        DueLine(
            key=f"petition:{row.pk}",
            group=GROUP,
            verb="登记信访编号",
            title=f"第 {row.pk} 号意见",
            since=day_of(row.referred_at, day_of(row.sent_at)),
            address=reverse("participation:petition", args=[row.pk]),
            people=staff.who(lambda person, row=row: can(person, ParticipationAction.REGISTER, row)),  # type: ignore[misc]
            is_about_person=True,
        )
        for row in waiting
    ]
