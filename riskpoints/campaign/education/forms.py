"""The form of a record of education, and that of its files."""

import uuid

from crispy_forms.layout import HTML, Div, Field, Layout
from django import forms
from django.core.exceptions import ValidationError

from departments.enums import Level, Role
from departments.models import Department, Post
from riskcontrol import attachments
from riskcontrol.web.forms import JudgedElsewhere, RowsField
from riskpoints.campaign.education.queries import fulfillable
from riskpoints.campaign.education.services import PLAIN, Absent
from riskpoints.campaign.enums import EducationKind
from riskpoints.campaign.models import Absence, EducationRecord
from riskpoints.forms.base import CrispyForm, LockedForm, area

# Who is taught besides whole departments; roles of accounts that mean no people of a kind are left out.
AUDIENCES = [(role.value, role.label) for role in (Role.HEAD, Role.CLERK, Role.STAFF, Role.LEADER, Role.PRINCIPAL)]
WHOLE_SCHOOL = "school"


def clock():
    """The browser's own choice of a time."""
    return forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class PlaceField(RowsField):
    """Posts under the names of their departments."""

    def label_from_instance(self, post):
        return f"{post.department.name}／{post.name}"


class EducationForm(JudgedElsewhere, LockedForm, forms.ModelForm):
    """What was taught. Labels and lengths are those of the model."""

    class Meta:
        model = EducationRecord
        fields = [name for name in PLAIN if name not in ("levels", "roles")] + ["makeup_of"]
        widgets = {"content": area(5), "begins_at": clock(), "ends_at": clock()}
        help_texts = {
            "content": "讲了什么、形成什么要求。请不要写个人隐私和案情细节。",
            "expected": "应参加的人数。",
            "makeup_of": "给缺席人员补课时，选原来的那一次。",
        }

    token = forms.CharField(widget=forms.HiddenInput, max_length=64, initial=uuid.uuid4)
    host_department = forms.ChoiceField(label="组织部门")
    departments = RowsField(
        label="应参加的部门", queryset=Department.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    roles = forms.MultipleChoiceField(
        label="应参加的人员",
        choices=AUDIENCES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="不选，就是这些部门的全体人员。",
    )
    levels = forms.TypedMultipleChoiceField(
        label="针对的等级", choices=Level.choices, coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    posts = PlaceField(
        label="针对的岗位", queryset=Post.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    absent = forms.CharField(
        label="缺席人员",
        required=False,
        max_length=4000,
        widget=area(3),
        help_text="可以不写。一行一人：姓名，空格，原因，如“周红 出差”。",
    )
    measures = forms.MultipleChoiceField(
        label="落实了哪些措施",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="现行表里“前期预防”阶段的措施。选了，记录和记录表里写明这次教育落实了它。",
    )

    def __init__(self, *args, hosts, may_school, record=None, **kwargs):
        self.record = record
        own = {} if may_school else {"departments": [row.pk for row in hosts]}
        super().__init__(*args, initial=own | _initial(record) | kwargs.pop("initial", {}), **kwargs)
        whole = [(WHOLE_SCHOOL, "全校（领导小组办公室或纪委组织）")] if may_school else []
        self.fields["host_department"].choices = whole + [(str(row.pk), row.name) for row in hosts]
        if record is not None:
            self.drop("host_department", "token")
        self.fields["departments"].queryset = Department.objects.active_on()
        ordered = ("department__order", "department__pinyin", "department_id", "order", "pinyin", "id")
        self.fields["posts"].queryset = Post.objects.active_on().select_related("department").order_by(*ordered)
        self.fields["measures"].choices = _grouped_measures(record, None if may_school else [row.pk for row in hosts])
        self.fields["kind"].choices = [("", "请选择"), *EducationKind.choices]
        earlier = EducationRecord.objects.order_by("-held_on", "-id")
        self.fields["makeup_of"].queryset = earlier.exclude(pk=record.pk) if record else earlier
        self.fields["makeup_of"].empty_label = "不是补课"

    def layout(self):
        carried = [name for name in ("token", "lock", "host_department") if name in self.fields]
        return Layout(
            *carried,
            Div("theme", "kind", css_class="field-row"),
            Div("held_on", "begins_at", "ends_at", css_class="field-row"),
            Div("place", "host", css_class="field-row"),
            Div("speaker", "recorder", css_class="field-row"),
            Field("departments", wrapper_class="checks"),
            Field("roles", wrapper_class="checks"),
            Div("expected", "present", css_class="field-row"),
            "absent",
            "content",
            HTML('<details class="more"{% if form.opens_more %} open{% endif %}><summary>更多内容（选填）</summary>'),
            Field("levels", wrapper_class="checks"),
            Field("posts", wrapper_class="checks scrolled"),
            Field("measures", wrapper_class="stacked scrolled"),
            "makeup_of",
            HTML("</details>"),
        )

    @property
    def opens_more(self):
        """Whether the folded part holds an error or something chosen, so that it must be seen."""
        names = ("levels", "posts", "measures", "makeup_of")
        return any(name in self.errors or self[name].value() for name in names)

    @property
    def host(self):
        """The chosen department; None for the school."""
        chosen = self.cleaned_data["host_department"]
        return None if chosen == WHOLE_SCHOOL else Department.objects.get(pk=chosen)

    def clean_absent(self):
        """One person a line; each line that is wrong is named."""
        found, wrong = [], []
        for number, line in enumerate(self.cleaned_data["absent"].splitlines(), start=1):
            name, _, reason = line.strip().replace("\u3000", " ").partition(" ")
            if not name:
                continue
            try:
                Absence(name=name, reason=reason.strip()).clean_fields(exclude=["record"])
            except ValidationError as error:
                wrong.append(f"第 {number} 行“{line.strip()[:20]}”：{' '.join(error.messages)}")
            found.append(Absent(name, reason.strip()))
        if wrong:
            raise ValidationError(wrong)
        return found


def _initial(record):
    if record is None:
        return {}
    values = {name: getattr(record, name) for name in PLAIN}
    return values | {
        "lock": record.lock,
        "makeup_of": record.makeup_of_id,
        "departments": [row.pk for row in record.departments.all()],
        "posts": [row.pk for row in record.posts.all()],
        "absent": "\n".join(str(absence) for absence in record.absences.all()),
        "measures": [str(row.identity) for row in record.measures.all()],
    }


def _grouped_measures(record, departments):
    """Measures (of these departments) under the names of their owners; those that were chosen and are no more in force
    stay."""
    groups: dict[str, dict[str, str]] = {}
    for measure in fulfillable():
        if departments is not None and measure.version.table.department_id not in departments:
            continue
        groups.setdefault(measure.version.owner_name, {})[str(measure.identity)] = measure.text[:60]
    for row in record.measures.all() if record else ():
        known = any(str(row.identity) in rows for rows in groups.values())
        if not known:
            groups.setdefault(f"{row.department_name}（已不在现行表）", {})[str(row.identity)] = row.text[:60]
    return [(owner, list(rows.items())) for owner, rows in groups.items()]


class MaterialForm(CrispyForm):
    """One file that belongs to a record; what it is, is judged by its content."""

    file = forms.FileField(
        label="材料",
        help_text=f"签到表、讲稿等。{attachments.HELP}",
        widget=forms.FileInput(attrs={"accept": attachments.ACCEPTED}),
        error_messages={"required": "请先选择文件。"},
    )


class TaughtForm(CrispyForm):
    """Which measures are education. It carries which were marked when it was opened: what somebody else marks or takes
    away meanwhile stays as it is."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    measures = forms.MultipleChoiceField(
        label="教育类措施",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="现行表里前期预防阶段的措施。",
    )

    def __init__(self, *args, rows, marked, **kwargs):
        own = [str(row.identity) for row in rows if row.identity in marked]
        super().__init__(*args, initial={"measures": own, "seen": ",".join(own)}, **kwargs)
        groups: dict[str, list[tuple[str, str]]] = {}
        for row in rows:
            groups.setdefault(row.version.owner_name, []).append((str(row.identity), row.text[:80]))
        self.fields["measures"].choices = list(groups.items())
        self.known = {str(row.identity) for row in rows}

    def layout(self):
        return Layout("seen", Field("measures", wrapper_class="stacked"))

    @property
    def changes(self):
        """What was ticked since the form was opened, and what was unticked."""
        before = set(self.cleaned_data["seen"].split(",")) & self.known
        now = set(self.cleaned_data["measures"])
        return [{uuid.UUID(key) for key in keys} for keys in (now - before, before - now)]
