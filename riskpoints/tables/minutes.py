"""What the minutes of a meeting say about the posts of the 校领导班子, and what of it can't have been so (R53)."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils import timezone

from departments.enums import GroupPosition
from departments.models import Appointment, GroupMember, LeadershipGroup
from riskcontrol.paper.pdf import unprintable
from riskcontrol.paper.texts import UNPRINTABLE
from riskcontrol.templatetags.ui import cn_date
from riskcontrol.text import name_problem, stripped
from riskpoints.content import content
from riskpoints.models import MeetingDecision, PostDecision, TableVersion

# A meeting, and not one person: whoever presides and at least one more are left when the others withdrew.
LEAST_LEFT = 2
LONGEST_NAME = 64
SEPARATORS = str.maketrans(dict.fromkeys("，,;；/\n\r", "、"))
CHANGED = "表里的岗位有了变动。请刷新页面，逐个岗位重新登记。"
TOO_FEW = "请写全参会人员的姓名，至少两人，用顿号或换行分开。"


@dataclass(frozen=True)
class PostMinutes:
    """What the minutes say of one post: who withdrew, who presided, and by what right if neither 组长 nor 副组长."""

    post: int
    withdrew: tuple[str, ...]
    presided_by: str
    presided_note: str = ""


@dataclass(frozen=True)
class Meeting:
    """What the office records of a meeting, with the scan of its minutes."""

    name: str
    held_on: datetime.date
    minutes_number: str
    attendees: tuple[str, ...]
    posts: tuple[PostMinutes, ...]
    scan: bytes = b""
    scan_suffix: str = ""
    # The key of the meeting that was recorded when the form was opened (0: none); None where nobody looked at one.
    seen: int | None = None

    @property
    def signed_on(self) -> datetime.date:
        """The day of the decision, as a signature has one."""
        return self.held_on


@dataclass(frozen=True)
class DecidedPost:
    """A post that is decided about: its level, and what each of its holders on a day may be called, the last name
    first."""

    post: int
    name: str
    level: int | None
    holders: tuple[tuple[str, ...], ...]

    @property
    def holder_names(self) -> tuple[str, ...]:
        return tuple(names[0] for names in self.holders)


def posts_of(version: TableVersion, day: datetime.date) -> list[DecidedPost]:
    """The posts of a table in their order, with whoever holds them on a day."""
    levels = content.load(version).post_levels
    held = appointments([item.post_id for item in levels], day)
    return [
        DecidedPost(
            item.post_id,
            item.name,
            item.level,
            tuple(_names(row, day) for row in held if row.post_id == item.post_id),
        )
        for item in levels
    ]


def appointments(posts: Iterable[int], day: datetime.date) -> list[Appointment]:
    """Who held these posts on a day, in the order in which they came."""
    found = Appointment.objects.filter(post__in=list(posts), since__lte=day).select_related("user", "post")
    return [row for row in found.order_by("since", "pk") if row.until is None or row.until >= day]


def _names(held: Appointment, day: datetime.date) -> tuple[str, ...]:
    known = held.user.names_on(day) if held.user else []
    return tuple(dict.fromkeys([*known, held.holder_name]))


def presiders(day: datetime.date) -> dict[str, GroupPosition]:
    """组长 and 副组长 of the group in office on a day, by their names: they preside by right."""
    group = LeadershipGroup.on(day)
    rows = GroupMember.objects.filter(group=group).select_related("user") if group else []
    found: dict[str, GroupPosition] = {}
    for row in rows:
        if row.position != GroupPosition.MEMBER:
            for name in (row.person_name, *(row.user.names_on(day) if row.user else ())):
                found.setdefault(name, GroupPosition(row.position))
    return found


def names_in(text: str) -> tuple[str, ...]:
    """The names of a list as it is typed: parted by 、 commas, semicolons or line breaks; 于　梅 is 于梅."""
    parts = (stripped(part) for part in text.translate(SEPARATORS).split("、"))
    return tuple(part if part.isascii() else part.replace(" ", "").replace("\u3000", "") for part in parts if part)


def problems(version: TableVersion, meeting: Meeting) -> dict[str, str]:
    """What doesn't fit, by the names of the form's fields (`withdrew-KEY` of a post); empty where all does."""
    found = _heading_problems(version, meeting)
    if "held_on" in found or "attendees" in found:
        return found
    said = {row.post: row for row in meeting.posts}
    decided = posts_of(version, meeting.held_on)
    if said.keys() != {item.post for item in decided}:
        return found | {"": CHANGED}
    by_right = presiders(meeting.held_on)
    for item in decided:
        found |= _withdrawal_problems(item, said[item.post], meeting.attendees)
        found |= _presider_problems(item, said[item.post], meeting.attendees, by_right)
    return found


def _heading_problems(version: TableVersion, meeting: Meeting) -> dict[str, str]:
    found: dict[str, str] = {}
    row = MeetingDecision(name=meeting.name, held_on=meeting.held_on, minutes_number=meeting.minutes_number)
    try:
        row.clean_fields(exclude=["version", "attendees", "recorded_by", "recorded_by_name", "recorded_at"])
    except ValidationError as error:
        found |= {name: "；".join(texts) for name, texts in error.message_dict.items()}
    if day := _day_problem(version, meeting.held_on):
        found["held_on"] = day
    if wrong := _wrong_names(meeting.attendees) or ("" if len(meeting.attendees) >= LEAST_LEFT else TOO_FEW):
        found["attendees"] = wrong
    return found


def _day_problem(version: TableVersion, day: datetime.date) -> str:
    if day > timezone.localdate():
        return "会议日期不能晚于今天。"
    reviewed = timezone.localdate(version.reviewed_at) if version.reviewed_at else None
    if reviewed is not None and day < reviewed:
        return f"会议日期不能早于纪委审核日期（{cn_date(reviewed)}）。"
    if version.publish_until is not None and day <= version.publish_until:
        return f"公示到{cn_date(version.publish_until)}，会议应在期满以后召开。"
    return ""


def _wrong_names(names: Sequence[str]) -> str:
    """What is wrong with a list of names, or an empty text."""
    for name in names:
        if len(name) > LONGEST_NAME:
            return f"“{name[:10]}……”太长，姓名之间请用顿号或换行分开。"
        if problem := name_problem(name):
            return f"“{name}”：{problem}"
        if names.count(name) > 1:
            return f"“{name}”写了两次，请删去一个；同名的两人请加注，如“{name}（教务）”。"
    odd = unprintable("".join(names))
    return UNPRINTABLE.format("”“".join(odd)) if odd else ""


def _withdrawal_problems(item: DecidedPost, said: PostMinutes, attendees: Sequence[str]) -> dict[str, str]:
    """Whoever holds the post withdraws while it is decided, and still a meeting is left."""
    field = f"withdrew-{item.post}"
    missing = [names[0] for names in item.holders if not set(names) & set(said.withdrew)]
    if wrong := _wrong_names(said.withdrew):
        return {field: wrong}
    if missing:
        return {field: f"{'、'.join(missing)}当日任{item.name}，决定本岗位时须回避，请写进回避人员。"}
    if len([name for name in attendees if name not in said.withdrew]) < LEAST_LEFT:
        return {field: f"回避以后参加决定的不足 {LEAST_LEFT} 人，请核对参会人员和回避人员。"}
    return {}


def _presider_problems(
    item: DecidedPost, said: PostMinutes, attendees: Sequence[str], by_right: Mapping[str, GroupPosition]
) -> dict[str, str]:
    """组长 or 副组长 presides, or whom the meeting named: never who withdrew, and so never the holder of the post."""
    field, name = f"presided-{item.post}", said.presided_by
    if not name:
        return {field: "请写明决定这个岗位时由谁主持。"}
    if any(name in names for names in item.holders):
        if by_right.get(name) == GroupPosition.CHIEF:
            return {field: f"这是组长{name}本人的岗位，请写副组长或会议指定的主持人。"}
        return {field: f"{name}任{item.name}，不能主持决定本岗位，请写另一位主持人。"}
    if name in said.withdrew:
        return {field: f"{name}回避了这个岗位的决定，不能主持，请核对。"}
    if name not in attendees:
        return {field: f"{name}不在参会人员里，请核对姓名。"}
    field = f"note-{item.post}"
    if name not in by_right and not said.presided_note:
        return {field: f"{name}不是组长、副组长，请写明由谁指定主持，如“会议推举”。"}
    row = PostDecision(presided_note=said.presided_note)
    try:
        row.clean_fields(exclude=[own.name for own in row._meta.concrete_fields if own.name != "presided_note"])
    except ValidationError as error:
        return {field: "；".join(error.messages)}
    return {}
