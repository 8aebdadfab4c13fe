"""The forms of proposals and of what cooperating departments say."""

from crispy_forms.layout import HTML, Div, Field, Layout
from django import forms

from departments.enums import Level
from departments.models import Department, Post
from riskcontrol.web.forms import PlainForm
from riskpoints.forms.names import NamesField
from riskpoints.participation.enums import CoReply, ProposalKind
from riskpoints.participation.forms.base import PointForm, RefusingForm, area
from riskpoints.participation.models import PREPARED
from riskpoints.participation.services import prepared_mark


class ProposalForm(PointForm):
    """A proposal to a department."""

    department = forms.ModelChoiceField(label="部门", queryset=Department.objects.none(), empty_label="请选择部门")
    reason = forms.CharField(label="理由", max_length=500, required=False, help_text="在哪里看到、为什么算风险。")
    co_departments = NamesField(label="配合部门", help_text="需要几个部门一起防控的，可以选。")
    field_order = ["department", "category", "post", "text", "measure", "reason", "co_departments"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        departments = Department.objects.active_on()
        self.fields["department"].queryset = departments
        shown = "{% if form.co_departments.errors %} open{% endif %}"
        fold = HTML(f'<details class="more"{shown}><summary>配合部门（选填）</summary>')
        names = Field("co_departments", wrapper_class="checks")
        self.helper.layout = Layout(
            Div("department", "post", css_class="field-row"),
            Field("category", wrapper_class="pick"),
            *("text", "measure"),
            Div("reason", Div(fold, names, HTML("</details>")), css_class="field-row"),
        )
        self.fields["co_departments"].offer([row.name for row in departments], "")
        posts = Post.objects.active_on().filter(department__in=departments)
        self.fields["post"].offer(
            posts.order_by("department__order", "department__pinyin", "department_id", "order", "pinyin", "id")
        )


class ForPointForm(RefusingForm):
    """A measure for a risk point in force, or an opinion on its level; `points` are those of the department."""

    target_point = forms.ChoiceField(label="针对哪个风险点")
    level = forms.TypedChoiceField(
        label="您认为应定的等级", choices=Level.choices, coerce=int, empty_value=None, widget=forms.RadioSelect
    )
    text = forms.CharField(label="建议的防范措施", max_length=1000, widget=area(3), help_text="请不要写个人姓名。")
    reason = forms.CharField(label="理由", max_length=500, required=False, help_text="在哪里看到、为什么需要。")

    def __init__(self, *args, kind, points, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [(str(point.identity), f"{number}. {_short(point)}") for number, point in enumerate(points, start=1)]
        self.fields["target_point"].choices = [("", "请选择风险点"), *choices]
        if kind == ProposalKind.LEVEL:
            self.fields["text"].label = "理由"
            self.fields["text"].help_text = "从发生机率和危害程度说明。请不要写个人姓名。"
            del self.fields["reason"]
        else:
            del self.fields["level"]
        names = [Field(name, wrapper_class="pick") if name == "level" else name for name in self.fields]
        self.helper.layout = Layout(*names)


def _short(point):
    text = point.text if len(point.text) <= 60 else f"{point.text[:60]}…"
    return f"{text}（{Level(point.level).label}）" if point.level else text


class AcceptForm(RefusingForm):
    """The answer with which a proposal is taken over."""

    answer = forms.CharField(label="答复（可以不填）", max_length=500, required=False, widget=area(2))

    def __init__(self, *args, proposal, **kwargs):
        prepared = proposal.prepared_answer if proposal.prepared_state == "accepted" else ""
        super().__init__(*args, initial={"answer": prepared}, **kwargs)


class DeclineForm(PlainForm, forms.Form):
    """Why a proposal is not taken over; with an opinion on a level the answer, whatever it is."""

    reason = forms.CharField(label="不采纳的理由", max_length=500, widget=area(3), help_text="提出人会看到。")

    def __init__(self, *args, proposal, **kwargs):
        answer = proposal.prepared_answer if proposal.is_level or proposal.prepared_state == "declined" else ""
        super().__init__(*args, initial={"reason": answer}, **kwargs)
        if proposal.is_level:
            self.fields["reason"].label = "答复"
            self.fields["reason"].help_text = "提出人和审核人会看到。"


class PrepareForm(RefusingForm):
    """A clerk's answer, for the head to send."""

    prepared_state = forms.ChoiceField(label="建议的结果", choices=PREPARED, widget=forms.RadioSelect)
    prepared_answer = forms.CharField(
        label="答复", max_length=500, required=False, widget=area(3), help_text="不采纳的，写明理由。由部门负责人送出。"
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, proposal, **kwargs):
        names = ("prepared_state", "prepared_answer")
        initial = {name: getattr(proposal, name) for name in names} | {"seen": prepared_mark(proposal)}
        super().__init__(*args, initial=initial, **kwargs)
        self.helper.layout = Layout("seen", Field("prepared_state", wrapper_class="pick"), "prepared_answer")


class CoAnswerForm(RefusingForm):
    """What a department that cooperates at a point says of it."""

    reply = forms.ChoiceField(label="答复", choices=CoReply.choices, widget=forms.RadioSelect)
    reason = forms.CharField(
        label="不同意见",
        max_length=500,
        required=False,
        widget=area(3),
        help_text="有不同意见时写明。请不要写个人姓名。",
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout("seen", Field("reply", wrapper_class="pick"), "reason")

    def clean(self):
        data = super().clean() or {}
        if data.get("reply") == CoReply.DIFFERS and not data.get("reason") and "reason" not in self.errors:
            self.add_error("reason", "请写明有什么不同意见。")
        return data
