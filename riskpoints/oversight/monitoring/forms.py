"""The forms of a check: of each measure, of the whole, of the committee's check, of a review, of evidence."""

import re
import unicodedata

from crispy_forms.layout import Div, Field, Layout
from django import forms
from django.utils.html import format_html

from departments.enums import Level
from departments.models import Department
from riskcontrol import attachments
from riskpoints.forms.base import CrispyForm, LockedForm, area
from riskpoints.oversight.enums import FAULTS, Period, Result, Seen
from riskpoints.oversight.models import CheckMeasure, CheckSheet
from riskpoints.oversight.monitoring import filling
from riskpoints.oversight.monitoring.filling import Found, Head, Typed

SAMPLE = re.compile(r"(\d{1,6})\s*/\s*(\d{1,6})")
FOLDED = "检查方式、发现的问题及意见（部分落实、未落实必填）"
HOW = "请写成“3/10”：抽查 3 份，共 10 份。"


class Folded(Div):
    """What few measures need: with it folded, each measure is one key and the next one Tab away."""

    def render(self, form, context, *args, **kwargs):
        fields = self.get_rendered_fields(form, context, *args, **kwargs)
        opened = " open" if form.opens_more else ""
        return format_html('<details class="more"{}><summary>{}</summary>{}</details>', opened, FOLDED, fields)


class MeasureForm(LockedForm):
    """What was found about one measure; nothing is demanded before the sheet is handed in."""

    lock = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    result = forms.ChoiceField(label="落实情况", choices=Result.choices, required=False, widget=forms.RadioSelect)
    seen = forms.ChoiceField(label="检查方式", choices=[("", "请选择"), *Seen.choices], required=False)
    sampled = forms.CharField(label="抽查数／总数", required=False, max_length=20)
    note = forms.CharField(label="发现的问题及意见", required=False, max_length=500, widget=area(1))
    no_evidence = forms.CharField(label="没有证据的原因", required=False, max_length=200)

    def __init__(self, data=None, *, row: CheckMeasure, level: int, **kwargs):
        self.row, self.level = row, level
        saved = filling.found(row)
        initial = vars(saved) | {"lock": filling.mark(saved)}
        initial["sampled"] = f"{row.sampled}/{row.sampled_of}" if row.seen == Seen.SAMPLE else ""
        super().__init__(data, initial=initial, prefix=f"m{row.pk}", **kwargs)
        self.fields["sampled"].widget.attrs["placeholder"] = "如 3/10"
        if level != Level.FIRST and not row.no_evidence:
            self.drop("no_evidence")

    def layout(self):
        more = ["no_evidence"] if "no_evidence" in self.fields else []
        row = Div("seen", "sampled", *more, css_class="field-row")
        return Layout("lock", Field("result", wrapper_class="pick"), Folded(row, "note"))

    @property
    def opens_more(self):
        """Whether the folded part is to be seen: it is asked for, holds something, or is wrong."""
        names = ("seen", "sampled", "note", "no_evidence")
        said = any(name in self.errors or self[name].value() for name in names if name in self.fields)
        return said or self.level == Level.FIRST or self["result"].value() in FAULTS

    def clean(self):
        """Read 3/10, and hold it together with how it was seen."""
        cleaned = super().clean() or self.cleaned_data
        text, seen = cleaned.get("sampled") or "", cleaned.get("seen") or ""
        cleaned["counted"] = (None, None)
        match = SAMPLE.fullmatch(unicodedata.normalize("NFKC", text).strip())
        if not text:
            if seen == Seen.SAMPLE:
                self.add_error("sampled", f"请写明抽查了多少。{HOW}")
        elif match is None or not 0 < int(match[1]) <= int(match[2]):
            self.add_error("sampled", HOW)
        elif seen not in ("", Seen.SAMPLE):
            self.add_error("seen", "写了抽查数，检查方式请选“抽查”；不是抽查的，请删去抽查数。")
        else:
            cleaned["seen"], cleaned["counted"] = Seen.SAMPLE.value, (int(match[1]), int(match[2]))
        return cleaned

    @property
    def typed(self) -> Typed:
        """What was sent, as it is saved."""
        data = self.cleaned_data
        plain = {name: data.get(name) or "" for name in ("result", "seen", "note", "no_evidence")}
        sampled, of = data["counted"]
        return Typed(Found(**plain, sampled=sampled, sampled_of=of), data.get("lock") or "")


class HeadForm(LockedForm):
    """Who looked, who wrote it down, and what is to be said about the whole."""

    lock = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    checker = forms.CharField(label="检查人", required=False, max_length=64, help_text="几个人的，用顿号隔开。")
    recorder = forms.CharField(label="记录人", required=False, max_length=64)
    opinion = forms.CharField(label="总的情况和意见", required=False, max_length=1000, widget=area(2))

    def __init__(self, data=None, *, sheet: CheckSheet, **kwargs):
        saved = filling.head(sheet)
        super().__init__(data, initial=vars(saved) | {"lock": filling.mark(saved)}, prefix="head", **kwargs)

    def layout(self):
        return Layout("lock", Div("checker", "recorder", css_class="field-row"), "opinion")

    @property
    def typed(self) -> Typed:
        """What was sent, as it is saved."""
        data = self.cleaned_data
        return Typed(Head(*(data.get(name) or "" for name in ("checker", "recorder", "opinion"))), data["lock"] or "")


class SuperviseForm(CrispyForm):
    """Which check the committee begins, and who makes it."""

    department = forms.ModelChoiceField(label="部门", queryset=Department.objects.none(), empty_label="请选择")
    level = forms.TypedChoiceField(label="等级", choices=Level.choices, coerce=int)
    period = forms.ChoiceField(label="检查时段", choices=Period.choices)
    checker = forms.CharField(label="检查人", max_length=64, help_text="几个人的，用顿号隔开。")
    recorder = forms.CharField(label="记录人", max_length=64)

    def __init__(self, data=None, *, departments, begun, name, **kwargs):
        super().__init__(data, initial={"checker": name}, **kwargs)
        self.fields["department"].queryset = departments
        self.fields["period"].choices = [("", "请选择"), *((one.value, one.label) for one in begun)]

    def layout(self):
        pairs = (("department", "level", "period"), ("checker", "recorder"))
        return Layout(*(Div(*pair, css_class="field-row") for pair in pairs))


class ReviewForm(CrispyForm):
    """What whoever reviews says: to go with it, or why it goes back."""

    text = forms.CharField(
        label="复核意见", required=False, max_length=500, widget=area(3), help_text="退回时必须写明要补充或更正什么。"
    )


class EvidenceForm(CrispyForm):
    """One more file: a photograph from a phone, or a scan."""

    # The kinds of picture by name, so that a phone offers its camera and sends what can be read.
    file = forms.FileField(
        label="证据",
        help_text=f"手机可以直接拍照。{attachments.HELP}",
        widget=forms.FileInput(attrs={"accept": f"{attachments.ACCEPTED},image/jpeg,image/png"}),
        error_messages={"required": "请先选择文件或拍照。"},
    )
