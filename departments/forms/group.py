"""Form of the leadership group: 附件1 as it is printed, one person a line."""

import re
from collections.abc import Iterable
from typing import Any

from crispy_forms.layout import Layout
from django import forms

from departments.enums import GroupPosition
from departments.forms.structure import row
from departments.forms.watched import WatchedForm
from departments.models import GroupMember, LeadershipGroup, User
from riskcontrol.text import name_problem, plain_code, stripped

STAFF_NUMBER_AT_END = re.compile(
    r"^(?P<name>.+?)[\s（(]+(?P<number>[A-Za-zＡ-Ｚａ-ｚ]*[0-9０-９][A-Za-zＡ-Ｚａ-ｚ0-9０-９_.\-－]*)[)）]?$"
)


def plain_name(text: str) -> str:
    """A name without the blanks that pad two characters to three (T16: 于 梅)."""
    parts = text.split()
    return "".join(parts) if all(len(part) == 1 for part in parts) else " ".join(parts)


class GroupForm(WatchedForm, forms.ModelForm):
    """附件1 as three lists in printed order; a staff number after a name links the account."""

    chief = forms.CharField(label="组长", widget=forms.Textarea(attrs={"rows": 1}), max_length=2000)
    deputy = forms.CharField(label="副组长", widget=forms.Textarea(attrs={"rows": 2}), max_length=2000, required=False)
    member = forms.CharField(label="成员", widget=forms.Textarea(attrs={"rows": 12}), max_length=8000, required=False)
    director = forms.CharField(
        label="办公室主任", max_length=64, required=False, help_text="名单中的一人，可以同时是成员。"
    )

    class Meta:
        model = LeadershipGroup
        fields = ["name", "since", "until", "heading", "title", "office_sentence"]

    def __init__(self, *args: Any, people: Iterable[User], members: Iterable[GroupMember], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {user.staff_number: user for user in people}
        self.rows: list[GroupMember] = []
        listed = list(members)
        for position in GroupPosition:
            lines = [
                f"{row.person_name}{f' {row.user.staff_number}' if row.user else ''}"
                for row in listed
                if row.position == position
            ]
            self.initial.setdefault(position.value, "\n".join(lines))
        if self.instance.pk and self.instance.office_director_id:
            held = next((row for row in listed if row.pk == self.instance.office_director_id), None)
            self.initial.setdefault("director", held.person_name if held else "")
        self.fields[
            "member"
        ].help_text = (
            "三栏都是每行一人，按打印的先后；要在系统中办理审核的，在姓名后空一格写工号，如“副组长某某 1002”。"
        )
        self.helper.layout = Layout(
            row("name", "since", "until"),
            row("heading", "title"),
            row("chief", "deputy"),
            "member",
            "director",
            "office_sentence",
        )

    def _listed(self, position: GroupPosition) -> list[GroupMember]:
        rows = []
        for number, line in enumerate(self.cleaned_data.get(position.value, "").splitlines(), start=1):
            text = stripped(line)
            if not text:
                continue
            found = STAFF_NUMBER_AT_END.match(text)
            name, user = plain_name(found["name"] if found else text), None
            if found:
                staff_number = plain_code(found["number"])
                user = self.people.get(staff_number)
                if user is None:
                    self.add_error(position.value, f"第 {number} 行：没有工号为 {staff_number} 的账号，请核对。")
            if len(name) > 64:
                self.add_error(position.value, f"第 {number} 行太长，请每行只写一人。")
            if problem := name_problem(name):
                self.add_error(position.value, f"第 {number} 行：{problem}")
            rows.append(GroupMember(position=position, person_name=name, user=user))
        return rows

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        self.rows = [row for position in GroupPosition for row in self._listed(position)]
        seen: set[str] = set()
        for row_ in self.rows:
            if row_.person_name in seen:
                self.add_error(row_.position, f"“{row_.person_name}”在名单中出现了两次，请只保留一处。")
            seen.add(row_.person_name)
        director = plain_name(self.cleaned_data.get("director") or "")
        if director and director not in seen:
            self.add_error("director", f"“{director}”不在名单里，请先写入上面的名单，或改写姓名。")
        self.cleaned_data["director"] = director
        return cleaned
