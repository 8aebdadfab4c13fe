"""The forms of 制度库."""

import uuid

from crispy_forms.layout import Div, Layout
from django import forms
from django.utils import timezone

from departments.forms.watched import WatchedForm
from riskcontrol.web.forms import JudgedElsewhere, PlainForm
from riskpoints.forms.base import area
from riskpoints.references.regulations import files
from riskpoints.references.regulations.enums import Executed, Kind, Plan, State
from riskpoints.references.regulations.models import Regulation
from riskpoints.references.regulations.services import FIELDS

BEGUN = [(State.IN_FORCE, "已经施行"), (State.DRAFTING, "还在拟订")]
HELP = {
    "title": "不用写书名号。",
    "summary": "管什么、怎么管，几句话。",
    "issuer": "如“某某市教育局”“学校党委”。",
}


class RegulationForm(JudgedElsewhere, WatchedForm, forms.ModelForm):
    """What is said of a regulation; a new one says whether it is valid already."""

    class Meta:
        model = Regulation
        fields = FIELDS
        widgets = {"summary": area(3), "kind": forms.RadioSelect}
        help_texts = HELP

    begun = forms.ChoiceField(label="现在的状态", choices=BEGUN, widget=forms.RadioSelect, initial=State.IN_FORCE)
    token = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False, initial=uuid.uuid4)

    def __init__(self, *args, kinds, departments, may_adopt, **kwargs):
        super().__init__(*args, **kwargs)
        kept = [self.instance.kind] if self.instance.pk else []
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in Kind if kind in [*kinds, *kept]]
        if not self.instance.pk:
            self.fields["kind"].initial = kinds[0] if len(kinds) == 1 else Kind.SCHOOL
        self.fields["department"].queryset = departments
        self.fields["department"].empty_label = "学校（不属于某一部门）" if Kind.SCHOOL in kinds else "请选择"
        if self.instance.pk:
            del self.fields["begun"], self.fields["token"]
        elif not may_adopt:
            self.fields["begun"].choices = BEGUN[1:]
            self.fields["begun"].initial = State.DRAFTING
        self.helper.layout = self.layout()

    def layout(self):
        new = ["begun"] if "begun" in self.fields else []
        carried = [name for name in ("token", "lock") if name in self.fields]
        return Layout(
            *carried,
            "title",
            Div("document_number", "issuer", css_class="field-row"),
            Div("kind", "department", *new, css_class="field-row"),
            Div("adopted_on", "effective_on", "next_review_on", css_class="field-row"),
            "summary",
        )


ACTS = ("replaced_by", "document_number", "adopted_on", "effective_on", "ended_on", "next_review_on", "reason")


class ActForm(JudgedElsewhere, PlainForm, forms.ModelForm):
    """What one act asks for."""

    class Meta:
        model = Regulation
        fields = (
            "replaced_by",
            "document_number",
            "adopted_on",
            "effective_on",
            "ended_on",
            "next_review_on",
            "reason",
        )
        widgets = {"reason": area(3)}

    def __init__(self, *args, transition, successors, **kwargs):
        super().__init__(*args, **kwargs)
        for name in [name for name in self.fields if name not in transition.asks]:
            del self.fields[name]
        for name, field in self.fields.items():
            field.required = name in transition.needs
        if "replaced_by" in self.fields:
            self.fields["replaced_by"].queryset = successors
            self.fields["replaced_by"].empty_label = "请选新的制度"
        if "ended_on" in self.fields:
            self.fields["ended_on"].initial = timezone.localdate()
        self.initial.pop("reason", None)  # that of the act before
        self.initial.pop("ended_on", None)


def years_of(first):
    """A choice among years."""
    return [(str(year), f"{year} 年度") for year in range(first, first + 2)]


class PlanForm(PlainForm, forms.Form):
    """废改立意见 of one year."""

    year = forms.TypedChoiceField(label="年度", coerce=int)
    decision = forms.ChoiceField(label="处理意见", widget=forms.RadioSelect)
    due = forms.DateField(label="计划完成时间", required=False, help_text="保留的不用填。")
    note = forms.CharField(label="说明", max_length=200, required=False, widget=area(2))

    def __init__(self, *args, regulation, **kwargs):
        super().__init__(*args, **kwargs)
        year = timezone.localdate().year
        self.fields["year"].choices = years_of(year)
        is_new = regulation.state == State.DRAFTING
        self.fields["decision"].choices = [(p.value, p.label) for p in Plan if (p == Plan.NEW) == is_new]
        if is_new:
            self.fields["decision"].initial = Plan.NEW


class CheckForm(PlainForm, forms.Form):
    """制度执行检查 of one year (R59)."""

    year = forms.TypedChoiceField(label="年度", coerce=int)
    executed = forms.ChoiceField(label="是否执行", choices=Executed.choices, widget=forms.RadioSelect)
    problems = forms.CharField(label="执行中的问题", max_length=1000, required=False, widget=area(3))
    suggestion = forms.CharField(label="修订建议", max_length=500, required=False, widget=area(2))
    checked_on = forms.DateField(label="检查日期")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        year = timezone.localdate().year
        self.fields["year"].choices = years_of(year - 1)
        self.fields["year"].initial = year
        self.fields["checked_on"].initial = timezone.localdate()


class FileForm(PlainForm, forms.Form):
    """A file of a regulation; what it is, is judged by its content where it is kept."""

    file = forms.FileField(
        label="文件",
        help_text=files.HELP,
        widget=forms.FileInput(attrs={"accept": files.ACCEPTED}),
        error_messages={"required": "请先选择文件。"},
    )


class ReplaceForm(FileForm):
    """Another file in the place of an earlier one."""

    reason = forms.CharField(
        label="更换原因", max_length=200, widget=area(2), help_text="如“2026 年修订”。原来的文件保留，标为“已更换”。"
    )
