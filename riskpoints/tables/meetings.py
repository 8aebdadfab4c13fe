"""The meeting that decides about the table of the 校领导班子, recorded (R53): nobody confirms the own level."""

import datetime
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from departments.models import Actor, Post, User
from riskcontrol import audit, watched
from riskpoints.enums import ConfirmationRule, ConfirmedBy
from riskpoints.models import MeetingDecision, PostDecision, TableVersion
from riskpoints.tables import minutes
from riskpoints.tables.minutes import DecidedPost, Meeting, PostMinutes
from riskpoints.tables.refusal import WorkflowError
from riskpoints.verbs import RegisterFact, RegisterVerb

OWN_POST = "会议决定由领导小组办公室没有担任校领导班子岗位的人登记；{}在会议当日任{}。"
UNSIGNED = "校领导班子的表由会议逐岗位决定，请登记会议决定，不登记签字。"
RECORDED = "您填写期间，另一位同事登记过会议决定（见“会议决定”一栏）。您填写的还在，请对照后再办理。"
OF_OTHERS = "只有校领导班子的表由会议决定，这张表请登记签字。"


def confirmed(version: TableVersion, actor: Actor, meeting: Meeting) -> dict[str, Any]:
    """What putting in force writes, once the meeting is kept; WorkflowError where something doesn't fit or the scan
    is missing."""
    if not meeting.scan:
        raise WorkflowError("请上传会议纪要或决定表的扫描件；暂时没有的，先登记会议决定，以后再补。")
    return noted(version, actor, meeting)


def noted(version: TableVersion, actor: Actor, meeting: Meeting) -> dict[str, Any]:
    """Keep the meeting as it was recorded, and give what the version says of it; WorkflowError where it doesn't fit."""
    if not version.table.is_leaders:
        raise WorkflowError(OF_OTHERS)
    if found := minutes.problems(version, meeting):
        raise WorkflowError(f"会议决定没有登记：{''.join(dict.fromkeys(found.values()))}")
    _require_other_hand(version, actor, meeting)
    _keep(version, actor, meeting)
    return {
        "confirmed_at": timezone.now(),
        "confirmed_by": actor,
        "confirmed_how": ConfirmedBy.MEETING,
        "signer_name": meeting.name,
        "signed_on": meeting.held_on,
        "minutes_number": meeting.minutes_number,
        "confirmation_rule": ConfirmationRule.PRESENT,
    }


def _require_other_hand(version: TableVersion, actor: Actor, meeting: Meeting) -> None:
    """PermissionDenied where whoever records held one of these posts on the day of the meeting."""
    posts = Post.objects.filter(department=version.table.department_id).values_list("pk", flat=True)
    for held in minutes.appointments(posts, meeting.held_on):
        if held.user_id == actor.pk or (held.user_id is None and held.holder_name == actor.real_name):
            raise PermissionDenied(OWN_POST.format(actor.real_name, held.post.name))


def last_of(version: TableVersion) -> MeetingDecision | None:
    """The meeting that decided about a version, or that is noted for one whose scan is missing; None for others."""
    if not version.is_decided_at_meeting:
        return None
    return version.meetings.prefetch_related("posts").order_by("-id").first()


def _keep(version: TableVersion, actor: Actor, meeting: Meeting) -> None:
    """Write it down once: what was noted before and is said again unchanged is not written anew."""
    row = MeetingDecision(
        version=version,
        name=meeting.name,
        held_on=meeting.held_on,
        minutes_number=meeting.minutes_number,
        attendees=_numbered(meeting.attendees, meeting.held_on),
        recorded_by=actor,
        recorded_by_name=actor.real_name,
        recorded_at=timezone.now(),
    )
    posts, last = _posts(version, meeting), last_of(version)
    if meeting.seen is not None and meeting.seen != (last.pk if last else 0):
        raise WorkflowError(RECORDED)
    if last is not None and last.said() == row.heading() | {"posts": [post.said() for post in posts]}:
        return
    row.full_clean(exclude=["version", "recorded_by"])
    row.save()
    for post in posts:
        post.meeting = row
        post.full_clean(exclude=["meeting", "post"])
        post.save()
    decided = [f"{post}；回避：{'、'.join(post.withdrew) or '无'}；主持：{post.presided_by}" for post in posts]
    detail = {RegisterFact.MEETING_HASH: row.digest(), "会议": str(row), "参会人员": row.names, "逐岗位决定": decided}
    marks = watched.values(row)
    audit.record(RegisterVerb.RECORD_MEETING, actor=actor, target=version, detail=detail, marks=marks)


def _posts(version: TableVersion, meeting: Meeting) -> list[PostDecision]:
    said = {item.post: item for item in meeting.posts}
    return [
        PostDecision(
            post_id=item.post,
            post_name=item.name,
            order=order,
            level=item.level,
            holders=_as_written(item, said[item.post]),
            withdrew=list(said[item.post].withdrew),
            presided_by=said[item.post].presided_by,
            presided_note=said[item.post].presided_note,
        )
        for order, item in enumerate(minutes.posts_of(version, meeting.held_on), start=1)
    ]


def _as_written(item: DecidedPost, said: PostMinutes) -> list[str]:
    """The holders under the names that the minutes call them by."""
    return [next((name for name in names if name in said.withdrew), names[0]) for names in item.holders]


def _numbered(names: Sequence[str], day: datetime.date) -> list[list[str]]:
    """Each name with the staff number of the only account that had it on the day; an empty text where it can't be
    told."""
    numbers: dict[str, list[str]] = {name: [] for name in names}
    for user in User.objects.filter(is_active=True):
        for name in set(user.names_on(day)) & numbers.keys():
            numbers[name].append(user.staff_number)
    return [[name, numbers[name][0] if len(numbers[name]) == 1 else ""] for name in names]
