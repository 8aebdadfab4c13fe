"""Forms of the school, its departments, posts with their holders, and the functions of posts."""

from typing import Any, cast

from crispy_forms.layout import Div, Field, Layout
from django import forms
from django.db.models import Q, QuerySet

from departments.enums import Level, Role
from departments.forms.watched import LOCK, WatchedForm
from departments.models import Appointment, Department, Post, PostFunction, School, User
from riskcontrol.web.contrasts import Contrast
from riskcontrol.web.forms import CodeField, PlainForm, RowsField


def row(*names: str) -> Div:
    """Fields side by side where there is room."""
    return Div(*names, css_class="field-row")


def person_label(user: User) -> str:
    """姓名（工号）: names repeat, staff numbers do not."""
    return f"{user.real_name}（{user.staff_number}）"


def offer(field: forms.Field, rows: QuerySet[Any], *, empty: str | None = None) -> None:
    """Let a field choose from these rows; `empty` is what no choice is called."""
    choice = cast(forms.ModelChoiceField, field)
    choice.queryset = rows
    if empty is not None:
        choice.empty_label = empty


class PersonField(forms.ModelChoiceField):
    """One of the accounts passed in."""

    def label_from_instance(self, obj: Any) -> str:
        return person_label(obj)


# What a school starts with; everything else has a default or may stay blank until it is needed.
AT_FIRST = {"full_name", "short_name", "business_function"}
TITLE = "廉政风险点防控表"
LONGEST_TITLE = 64


class SchoolForm(WatchedForm, forms.ModelForm):
    class Meta:
        model = School
        fields = [
            "full_name",
            "short_name",
            "party_body",
            "document_prefix",
            "superior",
            "copied_to",
            "business_function",
            "form_title",
            "department_form_title",
            "fonds_code",
        ]
        field_classes = {"fonds_code": CodeField}
        widgets = {"business_function": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Who opened the first form when somebody else was faster sends no more than that either.
        if self.instance._state.adding or (self.is_bound and "form_title" not in self.data):
            for name in set(self.fields) - AT_FIRST - {LOCK}:
                del self.fields[name]
            self.helper.layout = Layout(row("full_name", "short_name"), "business_function")
            return
        self.helper.layout = Layout(
            row("full_name", "short_name"),
            row("party_body", "document_prefix"),
            row("superior", "copied_to"),
            "business_function",
            row("form_title", "department_form_title"),
            "fonds_code",
        )

    def clean(self) -> dict[str, Any] | None:
        """附件2 is headed as the document's own until another title is given: the school's name and what it is."""
        cleaned = super().clean()
        if self.instance._state.adding:
            title = f"{self.cleaned_data.get('full_name', '')}{TITLE}"
            self.instance.form_title = title if len(title) <= LONGEST_TITLE else TITLE
        return cleaned


TAKEN_OVER = "本部门的现行风险点会提供给接管部门，由它在填报时逐条采纳。"


class DepartmentForm(WatchedForm, forms.ModelForm):
    head = PersonField(label="部门负责人", queryset=None, required=False, empty_label="（暂缺）")
    leader = PersonField(label="分管领导", queryset=None, required=False, empty_label="（未定）")

    class Meta:
        model = Department
        fields = ["name", "kind", "parent", "order", "duties", "is_discipline_office"]
        fields += ["active_from", "active_to", "successor"]
        widgets = {"duties": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "order": "数字小的排在前面。",
            "duties": "印在防控表“业务工作职责”一栏；部门填表时也可以修改本年度的文字。",
            "is_discipline_office": "它的防控表由领导小组副组长审核，本部门的人不能审核。",
            "successor": TAKEN_OVER,
        }

    def __init__(
        self, *args: Any, people: QuerySet[User], parents: QuerySet[Department], leader_of_all: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        department = self.instance
        if department.pk:
            self.initial.update(head=department.head, leader=department.leader_in_charge)
        offer(self.fields["parent"], parents, empty="（无，直属学校）")
        for name in ("head", "leader"):
            offer(self.fields[name], people)
        if leader_of_all:
            cast(forms.ModelChoiceField, self.fields["leader"]).empty_label = f"（{leader_of_all}分管全校）"
        if department.active_to is None:
            # A department in use is closed on a page of its own, its posts with it, which asks who takes over.
            del self.fields["active_to"], self.fields["successor"]
        else:
            others = Department.objects.filter(Q(pk=department.successor_id) | Q(pk__in=parents))
            offer(self.fields["successor"], others.exclude(pk=department.pk), empty="（没有部门接管）")
        self.helper.layout = Layout(
            row("name", "kind", "order"),
            "parent",
            row("head", "leader"),
            "duties",
            "is_discipline_office",
            row("active_from", *(name for name in ("active_to", "successor") if name in self.fields)),
        )

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.cleaned_data.get("successor") and not self.cleaned_data.get("active_to"):
            self.add_error("successor", "恢复在用的部门没有接管部门，请留空；仍然停用的，请填写停用日期。")
        return cleaned

    def holders(self) -> dict[Role, User | None]:
        """Who holds the two roles that belong to a department."""
        return {Role.HEAD: self.cleaned_data["head"], Role.LEADER: self.cleaned_data["leader"]}


class CloseForm(PlainForm, forms.Form):
    on = forms.DateField(label="停用日期", help_text="这一天是最后一天；本部门的在用岗位同日停用。")
    successor: forms.ModelChoiceField = forms.ModelChoiceField(
        label="接管部门",
        queryset=None,
        required=False,
        empty_label="（没有部门接管）",
        help_text=TAKEN_OVER,
    )

    def __init__(self, *args: Any, department: Department, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.department = department
        others = Department.objects.active_on().exclude(pk=department.pk)
        cast(forms.ModelChoiceField, self.fields["successor"]).queryset = others

    def clean_on(self) -> Any:
        on, start = self.cleaned_data["on"], self.department.active_from
        if start and on < start:
            raise forms.ValidationError(f"停用日期不能早于启用日期（{start:%Y-%m-%d}）。")
        return on


class FunctionChoices(RowsField):
    """岗位职能 with the floor that each one sets."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name}：不低于{Level(obj.floor).label}{'（已停用）' if obj.is_retired else ''}"


class PostForm(WatchedForm, forms.ModelForm):
    functions = FunctionChoices(
        label="岗位职能",
        queryset=None,
        required=False,
        help_text="职能决定本岗位风险等级的下限，请如实勾选；一项都没有的，按机率和危害程度定级。"
        "取消已勾选的职能，纪委会收到通知。",
    )

    class Meta:
        model = Post
        fields = ["name", "order", "duties", "functions", "is_key", "active_from", "active_to"]
        widgets = {"duties": forms.Textarea(attrs={"rows": 2})}
        help_texts = {
            "order": "数字小的排在前面。",
            "active_to": "填写后，从次日起不再要求本岗位填报风险点；历年的表不受影响。",
        }

    def __init__(self, *args: Any, functions: QuerySet[PostFunction], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self.fields["functions"], functions)
        self.helper.layout = Layout(
            row("name", "order"),
            "duties",
            Field("functions", wrapper_class="checks"),
            "is_key",
            row("active_from", "active_to"),
        )

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        start, end = self.cleaned_data.get("active_from"), self.cleaned_data.get("active_to")
        if start and end and end < start:
            self.add_error("active_to", "停用日期不能早于启用日期。")
        return cleaned


class AppointmentForm(PlainForm, forms.ModelForm):
    user = PersonField(label="账号", queryset=None, required=False, empty_label="（没有账号）")
    holder_name = forms.CharField(label="任职人", max_length=64, required=False)

    class Meta:
        model = Appointment
        fields = ["holder_name", "user", "since", "until"]

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self.fields["user"], people)

    def clean(self) -> dict[str, Any] | None:
        """The account's name stands for an empty one, so that it need not be typed twice."""
        cleaned = super().clean()
        user = self.cleaned_data.get("user")
        if not self.cleaned_data.get("holder_name"):
            if user is None:
                self.add_error("holder_name", "请填写任职人姓名，或选择账号。")
            else:
                self.cleaned_data["holder_name"] = user.real_name
        return cleaned


AppointmentFormSet = forms.inlineformset_factory(
    Post, Appointment, form=AppointmentForm, extra=1, can_delete=False, max_num=60, absolute_max=60, validate_max=True
)


def held_by(post: Post, appointments: Any) -> Contrast:
    """任职 of a post as it is saved, and as the form has it: one a line."""
    lines = [_holding(row.holder_name, row.since, row.until) for row in post.appointments.all()] if post.pk else []
    typed = [
        _holding(form["holder_name"].value(), form["since"].value(), form["until"].value())
        for form in appointments
        if form["holder_name"].value()
    ]
    return Contrast("任职", "\n".join(sorted(lines)), "\n".join(sorted(typed)))


def _holding(name: str, since: Any, until: Any) -> str:
    return f"{name}：{since or '？'} 起{f'，{until} 止' if until else ''}"


class FunctionForm(WatchedForm, forms.ModelForm):
    class Meta:
        model = PostFunction
        fields = ["name", "floor", "order", "basis", "is_retired"]
        widgets = {"basis": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "is_retired": "停用后不能再勾选；已经勾选的岗位不受影响，下限仍然有效，直到在岗位中取消。",
            "order": "数字小的排在前面。",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["floor"].help_text = "有这项职能的岗位，风险等级不得低于它。"
        if self.instance.pk is None:
            del self.fields["is_retired"]
        names = ["is_retired"] if "is_retired" in self.fields else []
        self.helper.layout = Layout(row("name", "floor", "order"), "basis", *names)
