"""What the office records of the meeting that decides about the table of the 校领导班子 (R53)."""

import datetime

from crispy_forms.layout import Div, Layout
from django import forms
from django.utils import timezone

from departments.enums import GroupPosition, Level
from riskpoints.forms.base import area
from riskpoints.forms.scans import ScanForm
from riskpoints.models import MeetingDecision, TableVersion
from riskpoints.tables import minutes
from riskpoints.tables.minutes import DecidedPost, Meeting, PostMinutes

NAME = "领导小组会议"
NAMES_HELP = "姓名用顿号或换行分开，照会议纪要写全。"


class MeetingForm(ScanForm):
    """The meeting, and of each post who withdrew and who presided. `last` is what was recorded before its scan."""

    name = forms.CharField(label="会议名称", max_length=64, help_text="照会议纪要写，如“领导小组会议”“党委会议”。")
    held_on = forms.DateField(label="会议日期")
    minutes_number = forms.CharField(label="会议纪要编号", max_length=64)
    attendees = forms.CharField(label="参会人员", max_length=2000, widget=area(2), help_text=NAMES_HELP)
    comment = forms.CharField(label="备注", max_length=2000, required=False, widget=area(2))
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, version: TableVersion, last: MeetingDecision | None, **kwargs):
        self.version = version
        day = last.held_on if last else timezone.localdate()
        self.posts = minutes.posts_of(version, day)
        super().__init__(*args, initial=_initial(self.posts, day, last), **kwargs)
        for item in self.posts:
            self._add_post(item)
        self.fields["scan"].label = "会议纪要或决定表的扫描件"
        self.fields["scan"].required = last is not None
        if last is None:
            self.fields["scan"].help_text += "暂时没有的，可以先登记会议决定；补上扫描件以后，本表才是现行版。"
        self.helper.layout = self.layout()

    def _add_post(self, item: DecidedPost) -> None:
        level = Level(item.level).label if item.level else "没有风险点"
        said = f"任职人：{'、'.join(item.holder_names) or '空缺'}；{level}。任职人须回避。"
        withdrew = forms.CharField(label=f"{item.name}：回避人员", max_length=500, required=False, help_text=said)
        presided = forms.CharField(label=f"{item.name}：主持人", max_length=64, required=False)
        note = forms.CharField(
            label=f"{item.name}：主持的依据",
            max_length=100,
            required=False,
            help_text="会议另行指定主持人的，写明由谁指定。",
        )
        for kind, field in (("withdrew", withdrew), ("presided", presided), ("note", note)):
            self.add(f"{kind}-{item.post}", field)

    def layout(self):
        rows = [
            Div(*(f"{kind}-{item.post}" for kind in ("withdrew", "presided", "note")), css_class="field-row")
            for item in self.posts
            if f"note-{item.post}" in self.fields
        ]
        heading = Div("held_on", "minutes_number", css_class="field-row")
        return Layout("seen", "name", heading, "attendees", *rows, "scan", "comment")

    def clean(self):
        """Everything that doesn't fit, each beside its field."""
        data = super().clean() or {}
        if any(name not in self.cleaned_data for name in ("name", "held_on", "minutes_number", "attendees")):
            return data
        for name, message in minutes.problems(self.version, self.recorded()).items():
            if name not in self.errors:
                self.add_error(name if name in self.fields else None, message)
        return data

    def recorded(self) -> Meeting:
        """What was typed, as it is recorded."""
        data, scan = self.cleaned_data, self.cleaned_data.get("scan")
        if scan:
            scan.seek(0)
        return Meeting(
            name=data["name"],
            held_on=data["held_on"],
            minutes_number=data["minutes_number"],
            attendees=minutes.names_in(data["attendees"]),
            posts=tuple(map(self._minutes, self.posts)),
            scan=scan.read() if scan else b"",
            scan_suffix=scan.name.rpartition(".")[2] if scan else "",
            seen=data.get("seen") or 0,
        )

    def _minutes(self, item: DecidedPost) -> PostMinutes:
        withdrew, presided, note = (
            self.cleaned_data.get(f"{kind}-{item.post}", "") for kind in ("withdrew", "presided", "note")
        )
        return PostMinutes(item.post, minutes.names_in(withdrew), "".join(minutes.names_in(presided)), note)

    def look_again(self, last: MeetingDecision | None) -> None:
        """Somebody recorded meanwhile: what is typed stays, and the next time it is sent it counts."""
        data = self.data.copy()
        data["seen"] = str(last.pk if last else 0)
        self.data = data


def _initial(posts: list[DecidedPost], day: datetime.date, last: MeetingDecision | None) -> dict[str, object]:
    """What was recorded before; else who has to withdraw, and the 组长 wherever the post is not his own."""
    if last is None:
        chiefs = [name for name, place in minutes.presiders(day).items() if place == GroupPosition.CHIEF][:1]
        found: dict[str, object] = {"name": NAME, "held_on": day, "seen": 0}
        for item in posts:
            free = [name for name in chiefs if not any(name in names for names in item.holders)]
            found |= {f"withdrew-{item.post}": "、".join(item.holder_names), f"presided-{item.post}": "".join(free)}
        return found
    found = {name: getattr(last, name) for name in ("name", "held_on", "minutes_number")}
    found |= {"attendees": "、".join(last.names), "seen": last.pk}
    for post in last.posts.all():
        found |= {f"withdrew-{post.post_id}": "、".join(post.withdrew), f"presided-{post.post_id}": post.presided_by}
        found[f"note-{post.post_id}"] = post.presided_note
    return found
