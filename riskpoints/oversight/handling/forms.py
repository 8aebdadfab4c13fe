"""The forms of findings and handlings: registering, deciding, drafting, and one for each act."""

import uuid

from crispy_forms.layout import Div, Layout
from django import forms
from django.utils import timezone

from departments.models import Department, Post, User
from riskcontrol import attachments
from riskcontrol.web.forms import RowsField
from riskpoints.content import content
from riskpoints.content.today import in_force_today
from riskpoints.forms.base import CrispyForm, area
from riskpoints.models import TableVersion
from riskpoints.oversight.enums import BY_ORGAN, LADDERS, TALKS, HandlingAct, HandlingKind, Nature, Source
from riskpoints.oversight.handling.drafting import Draft
from riskpoints.oversight.handling.findings import OF_NO_PERSON, Found
from riskpoints.oversight.models import Finding, Handling
from riskpoints.oversight.models.finding import LONGEST_OF_PERSON

NEUTRAL = "写事实，不写评价。涉及个人的不写案情、不写证件号、不写举报人，200 字以内。"
PEOPLE = "涉及个人的才填：有账号的在这里选，没有账号的写姓名。"


def token_field():
    """What tells one form that is sent again from a second row."""
    return forms.CharField(widget=forms.HiddenInput, max_length=64, required=False, initial=uuid.uuid4)


class FindingForm(CrispyForm):
    """A finding of one department, whose posts and points in force it offers."""

    token = token_field()
    nature = forms.ChoiceField(label="性质", choices=Nature.choices, widget=forms.RadioSelect)
    source = forms.ChoiceField(label="来源", choices=[("", "请选择"), *Source.choices])
    source_number = forms.CharField(
        label="来源编号", required=False, max_length=64, help_text="信访转办只写编号，不写内容和来信人。"
    )
    found_on = forms.DateField(label="发现日期")
    post = forms.ModelChoiceField(label="岗位", queryset=Post.objects.none(), required=False, empty_label="不限岗位")
    point = forms.ChoiceField(label="风险点", required=False)
    person = forms.ModelChoiceField(
        label="本人", queryset=User.objects.none(), required=False, empty_label="请选择", help_text=PEOPLE
    )
    person_name = forms.CharField(label="本人姓名（没有账号的）", required=False, max_length=64)
    text = forms.CharField(label="问题", max_length=300, widget=area(3), help_text=NEUTRAL)
    demands_revision = forms.BooleanField(
        label="要求部门修订防控表",
        required=False,
        help_text="部门负责人会收到待办；回应它的修订签字确定以后，这个问题才能销号。",
    )

    def __init__(self, data=None, *, department: Department, **kwargs):
        super().__init__(data, initial={"nature": Nature.DEPARTMENT, "found_on": timezone.localdate()}, **kwargs)
        self.department, self.points = department, dict(_points(department))
        self.fields["person"].queryset = User.objects.filter(is_active=True).order_by("pinyin", "staff_number")
        self.fields["post"].queryset = department.posts.order_by("order", "pk")
        self.fields["point"].choices = [("", "不限风险点"), *((key, said[:60]) for key, said in self.points.items())]

    def layout(self):
        return Layout(
            "token",
            "nature",
            Div("source", "source_number", "found_on", css_class="field-row"),
            Div("post", "point", css_class="field-row"),
            Div("person", "person_name", css_class="field-row"),
            "text",
            "demands_revision",
        )

    def clean(self):
        """Hold together what belongs together: a person with 个人, and nothing of a person without."""
        cleaned = super().clean() or self.cleaned_data
        is_personal = cleaned.get("nature") == Nature.PERSON
        named = cleaned.get("person") or cleaned.get("person_name")
        if not is_personal and named:
            self.add_error("nature", "写了本人，性质请选“个人”；部门问题不写个人，请清空本人。")
        if is_personal and cleaned.get("demands_revision"):
            self.add_error("demands_revision", OF_NO_PERSON)
        if is_personal and len(cleaned.get("text") or "") > LONGEST_OF_PERSON:
            self.add_error("text", f"涉及个人的请缩短到 {LONGEST_OF_PERSON} 字以内，现在有 {len(cleaned['text'])} 字。")
        return cleaned

    @property
    def found(self) -> Found:
        """What was typed, as it is registered."""
        data = self.cleaned_data
        key = data.get("point") or ""
        return Found(
            department=self.department,
            **{name: data[name] for name in ("source", "found_on", "text", "nature", "demands_revision")},
            source_number=data["source_number"] or "",
            post=data.get("post"),
            point=uuid.UUID(key) if key else None,
            point_text=self.points.get(key, ""),
            person=data["person"],
            person_name=data["person_name"] or "",
        )


def _points(department):
    """The points in force of a department, by identity."""
    found = TableVersion.objects.filter(in_force_today(), table__department=department)
    version = found.select_related("table__cycle", "table__department").first()
    if version is None:
        return
    for point in content.load(version).points:
        yield str(point.identity), point.text


class DecisionForm(CrispyForm):
    """Dropping, passing on or closing a finding."""

    to_whom = forms.CharField(label="转给", max_length=64)
    text = forms.CharField(label="说明", max_length=500, required=False, widget=area(3))

    def __init__(self, *args, label, needs_whom=False, needs_text=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"].label, self.fields["text"].required = label, needs_text
        self.fields["text"].error_messages["required"] = f"请填写{label}。"
        if not needs_whom:
            self.drop("to_whom")


class AnswerForm(CrispyForm):
    """Why a revision is begun that answers a finding; nothing is asked where one is on its way."""

    reason = forms.CharField(label="修订原因", max_length=200, widget=area(2))


class DraftForm(CrispyForm):
    """A handling: about which findings, which step of the ladder, why, and what a department has to do."""

    token = token_field()
    findings = RowsField(label="问题", queryset=Finding.objects.none(), widget=forms.CheckboxSelectMultiple)
    kind = forms.TypedChoiceField(label="处置方式", coerce=int, widget=forms.RadioSelect)
    summary = forms.CharField(
        label="事由", max_length=200, widget=area(2), help_text="200 字以内的中性摘要，会印在文书上。"
    )
    demand = forms.CharField(
        label="要求",
        max_length=1000,
        required=False,
        widget=area(4),
        help_text="要求部门做什么、改成什么样，会印在通知书上。移交追究只登记，不写要求。",
    )
    asks_head = forms.BooleanField(
        label="请部门负责人配合整改", required=False, help_text="部门负责人只看到编号，看不到内容和本人是谁。"
    )
    text = forms.CharField(label="升级理由", max_length=500, widget=area(2))

    def __init__(self, data=None, *, about: Finding, offered, kinds=None, escalates=False, **kwargs):
        super().__init__(data, **kwargs)
        self.fields["findings"].queryset = offered
        self.fields["findings"].initial = [about.pk]
        self.fields["findings"].label_from_instance = lambda row: f"{row.number}　{row.text[:60]}"
        steps = kinds or LADDERS[Nature(about.nature)]
        self.fields["kind"].choices = [(int(kind), HandlingKind(kind).label) for kind in steps]
        self.drop(
            *(["demand"] if about.is_personal else ["asks_head"]),
            *(["findings"] if escalates else ["text"]),
        )

    def layout(self):
        order = ("token", "findings", "text", "kind", "summary", "demand", "asks_head")
        return Layout(*(name for name in order if name in self.fields))

    @property
    def draft(self) -> Draft:
        """What was typed, as it is drafted."""
        data = self.cleaned_data
        return Draft(data["kind"], data["summary"], data.get("demand") or "", bool(data.get("asks_head")))


def _file():
    return forms.FileField(
        label="附件",
        required=False,
        help_text=f"可以不传。几份材料请合并成一个文件。{attachments.HELP}",
        widget=forms.FileInput(attrs={"accept": attachments.ACCEPTED}),
    )


def _day(label, **more):
    return forms.DateField(label=label, **more)


def _line(label, longest=64, **more):
    return forms.CharField(label=label, max_length=longest, **more)


def _text(label, longest=1000, rows=4, **more):
    return forms.CharField(label=label, max_length=longest, widget=area(rows), **more)


SIGNED = "对方拒签的，写明“拒签”和在场两位见证人的姓名。"
ORGAN = "按干部管理权限作出决定的机关，如“某某市教育局党组”。"
# What each act asks for besides the words, by kind where that makes a difference.
WORDS = {
    HandlingAct.APPROVE: ("批准意见", False, ""),
    HandlingAct.WITHDRAW: ("撤销理由", True, ""),
    HandlingAct.RECORD_RECEIPT: ("说明", False, SIGNED),
    HandlingAct.ACCEPT: ("核查情况", True, "怎样核查的、看到什么。"),
    HandlingAct.REJECT: ("核查情况", True, "哪里没有改好，还要做什么。"),
    HandlingAct.ASK: ("延期理由", True, "一件处置只能申请一次延期。"),
    HandlingAct.GRANT: ("说明", False, ""),
    HandlingAct.REFUSE: ("不同意的理由", True, ""),
    HandlingAct.COMPLAINT: ("情况", True, "只写有反映这件事，不写是谁反映的。登记以后这件处置必须升级。"),
    HandlingAct.LEAVE: ("说明", True, "如“已于某日调离本校”。编号保留，处置到此结束。"),
}


def _needs(act, handling):
    """The fields of an act on this handling."""
    is_talk = handling.kind in TALKS
    if act == HandlingAct.APPROVE and handling.kind in BY_ORGAN:
        found = {
            "organ": _line("决定机关", help_text=ORGAN),
            "organ_on": _day("决定日期"),
            "minutes_number": _line("纪要编号"),
        }
        is_transfer = handling.kind == HandlingKind.TRANSFER
        return found | ({"receipt_number": _line("移交回执号")} if is_transfer else {})
    if act == HandlingAct.RECORD_RECEIPT:
        return {"received_on": _day("签收日期")}
    if act == HandlingAct.RECORD_TALK:
        names = {"talk_place": "谈话地点", "talker": "谈话人", "recorder": "记录人"}
        paper = {"paper_number": "纸质件编号", "keeping_place": "纸质件存放处"}
        return {"received_on": _day("谈话日期")} | {name: _line(title) for name, title in (names | paper).items()}
    if act in (HandlingAct.REPLY, HandlingAct.RECORD_REPLY):
        if is_talk:
            return {"keeping_place": _line("书面材料存放处", help_text="书面材料不上传，只登记交给谁、放在哪里。")}
        said = {
            "causes": _text("原因剖析"),
            "measures": _text("整改措施"),
            "responsible": _line("责任人"),
            "done_by": _day("完成时限"),
        }
        return said if handling.is_personal else said | {"file": _file()}
    if act in (HandlingAct.REJECT, HandlingAct.ASK):
        return {"new_due": _day("重新整改时限" if act == HandlingAct.REJECT else "申请延至")}
    return {}


class ActForm(CrispyForm):
    """One act on a handling: what it asks for, and words where it has them."""

    def __init__(self, data=None, files=None, *, act: HandlingAct, handling: Handling, is_last_round=False, **kwargs):
        super().__init__(data, files, **kwargs)
        for name, field in _needs(act, handling).items():
            if not (is_last_round and name == "new_due"):
                self.add(name, field)
        if act in WORDS:
            label, is_required, hint = WORDS[act]
            self.add("text", _text(label, 500, 3, required=is_required, help_text=hint))
        self.helper.layout = self.layout()

    @property
    def values(self):
        """The values of the act itself."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("text", "file")}

    @property
    def sent(self):
        """The file that was sent, with its name."""
        file = self.cleaned_data.get("file")
        return (file.name, file.read()) if file else None
