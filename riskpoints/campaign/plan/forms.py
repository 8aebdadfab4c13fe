"""The forms of the year's plan."""

import uuid

from crispy_forms.layout import Div, Field, Layout
from django import forms

from departments.models import Department
from riskcontrol import attachments
from riskcontrol.web.forms import JudgedElsewhere, RowsField
from riskpoints.campaign.models import Milestone, PlanTask, Supervision
from riskpoints.campaign.plan.planning import MILESTONE, TASK
from riskpoints.forms.base import CrispyForm, LockedForm, area


class MilestoneForm(JudgedElsewhere, LockedForm, forms.ModelForm):
    """A milestone."""

    class Meta:
        model = Milestone
        fields = MILESTONE

    def __init__(self, *args, milestone=None, **kwargs):
        saved = {name: getattr(milestone, name) for name in (*MILESTONE, "lock")} if milestone else {}
        super().__init__(*args, initial=saved, **kwargs)

    def layout(self):
        return Layout("lock", "title", Div("phase", "due", css_class="field-row"))


class TaskForm(JudgedElsewhere, LockedForm, forms.ModelForm):
    """A task, under one of the year's milestones."""

    class Meta:
        model = PlanTask
        fields = ("milestone", *TASK, "lead_department", "co_departments")
        widgets = {"title": area(2), "measures": area(3)}

    token = forms.CharField(widget=forms.HiddenInput, max_length=64, initial=uuid.uuid4, required=False)
    milestone = forms.ModelChoiceField(label="节点", queryset=Milestone.objects.none(), empty_label="请选择")
    lead_department = forms.ModelChoiceField(label="牵头部门", queryset=Department.objects.none(), empty_label="请选择")
    co_departments = RowsField(
        label="协作部门", queryset=Department.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, cycle, task=None, **kwargs):
        initial = {}
        if task is not None:
            initial = {name: getattr(task, name) for name in TASK} | {"lock": task.lock}
            initial |= {"milestone": task.milestone_id, "lead_department": task.lead_department_id}
            initial["co_departments"] = [row.pk for row in task.co_departments.all()]
        super().__init__(*args, initial=initial | kwargs.pop("initial", {}), **kwargs)
        self.fields["milestone"].queryset = Milestone.objects.filter(cycle=cycle)
        active = Department.objects.active_on()
        self.fields["co_departments"].queryset = active
        kept = Department.objects.filter(pk=task.lead_department_id) if task else Department.objects.none()
        self.fields["lead_department"].queryset = (active | kept).distinct()

    def layout(self):
        return Layout(
            "lock",
            "token",
            Div("milestone", "due", css_class="field-row"),
            "title",
            Div("lead_department", "lead_leader", "responsible", css_class="field-row"),
            Field("co_departments", wrapper_class="checks"),
            "measures",
            "deliverable",
        )


class ActForm(CrispyForm):
    """What is said with an act; `fields` beside the text only where the act has them."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    text = forms.CharField(label="说明", max_length=1000, widget=area(3))
    new_due = forms.DateField(label="申请延至")
    file = forms.FileField(
        label="附件",
        required=False,
        help_text=f"可以不传。{attachments.HELP}",
        widget=forms.FileInput(attrs={"accept": attachments.ACCEPTED}),
    )

    def __init__(self, *args, label, required=True, has_day=False, has_file=False, **kwargs):
        super().__init__(*args, **kwargs)
        text = self.fields["text"]
        text.label, text.required, text.error_messages["required"] = label, required, f"请填写{label}。"
        self.drop(*([] if has_day else ["new_due"]), *([] if has_file else ["file"]))


class IssueForm(JudgedElsewhere, CrispyForm, forms.ModelForm):
    """督办单."""

    class Meta:
        model = Supervision
        fields = ("demand", "reply_due")
        widgets = {"demand": area(3)}


class ReplyForm(CrispyForm):
    """办复."""

    reply = forms.CharField(
        label="办复", max_length=1000, widget=area(3), help_text="没有按时完成的原因、现在的进展、什么时候完成。"
    )
