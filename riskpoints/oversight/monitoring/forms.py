"""The forms of a check: of each measure, of the whole, of the committee's check, of a review, of evidence."""

import re
import unicodedata
from collections.abc import Sequence

from crispy_forms.layout import Div, Field, Layout
from django import forms
from django.utils.html import format_html

from departments.enums import Level
from departments.models import Department
from riskcontrol import attachments, audit
from riskpoints.forms.base import CrispyForm, LockedForm, area
from riskpoints.oversight.enums import FAULTS, Period, Result, Seen
from riskpoints.oversight.models import CheckLine, CheckMeasure, CheckSheet
from riskpoints.oversight.monitoring import filling
from riskpoints.oversight.monitoring.filling import Found, Head, Typed

SAMPLE = re.compile(r"(\d{1,6})\s*/\s*(\d{1,6})")
FOLDED = "检查方式、发现的问题及意见（部分落实、未落实必填）"
# What of 一级 is asked for a whole point as well.
OF_FIRST = ("seen", "sampled", "no_evidence")
HOW = "请写成“3/10”：抽查 3 份，共 10 份。"


class Folded(Div):
    """What few measures need: with it folded, each measure is one key and the next one Tab away."""

    def render(self, form, context, *args, **kwargs):
        fields = self.get_rendered_fields(form, context, *args, **kwargs)
        opened = " open" if form.opens_more else ""
        return format_html('<details class="more"{}><summary>{}</summary>{}</details>', opened, FOLDED, fields)


class FoundForm(LockedForm):
    """What the form of a measure and that of a point ask: the result, how it was seen, why there is no proof."""

    lock = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    result = forms.ChoiceField(label="落实情况", choices=Result.choices, required=False, widget=forms.RadioSelect)
    seen = forms.ChoiceField(label="检查方式", choices=[("", "请选择"), *Seen.choices], required=False)
    sampled = forms.CharField(label="抽查数／总数", required=False, max_length=20)
    no_evidence = forms.CharField(label="没有证据的原因", required=False, max_length=200)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["sampled"].widget.attrs["placeholder"] = "如 3/10"

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


def _asked(row: CheckMeasure) -> dict[str, str]:
    """What is saved about a measure, as the fields of a form hold it."""
    sampled = f"{row.sampled}/{row.sampled_of}" if row.seen == Seen.SAMPLE else ""
    return {"result": row.result, "seen": row.seen, "sampled": sampled, "no_evidence": row.no_evidence}


class PointForm(FoundForm):
    """One choice for the measures of a point: it stands for each of `standing` that has nothing of its own.

    Offered where these are several; of 一级 it asks how they were seen and for proof as well (R41).
    """

    def __init__(self, data=None, *, line: CheckLine, standing: Sequence[CheckMeasure], level: int, **kwargs):
        self.is_offered = len(standing) > 1
        said = [_asked(row) | ({} if row.by_point else {"result": ""}) for row in standing]
        initial = dict.fromkeys(("result", *OF_FIRST), "")
        for names in (("result",), ("seen", "sampled"), ("no_evidence",)):
            values = {tuple(one[name] for name in names) for one in said}
            if self.is_offered and len(values) == 1:
                initial |= dict(zip(names, values.pop(), strict=True))
        if level != Level.FIRST:
            initial |= dict.fromkeys(OF_FIRST, "")
        initial["lock"] = audit.sha256(audit.canonical_json(initial))[:16]
        super().__init__(data, initial=initial, prefix=f"p{line.pk}", **kwargs)
        self.fields["result"].label = "本点各项措施"
        self.fields["result"].help_text = "情况不同的措施，在下面展开单独填写，以单独填写的为准。"
        if level != Level.FIRST:
            self.drop(*OF_FIRST)

    def layout(self):
        more = [Div(*OF_FIRST, css_class="field-row")] if "seen" in self.fields else []
        return Layout("lock", Field("result", wrapper_class="pick"), *more)


class MeasureForm(FoundForm):
    """What was found about one measure; nothing is demanded before the sheet is handed in.

    Empty fields of a measure that was chosen by its point stand for what `point` says; where the measures of a point
    differ, the result that was chosen for this one is `kept` beside the choice.
    """

    kept = forms.CharField(widget=forms.HiddenInput, required=False, max_length=16)
    note = forms.CharField(label="发现的问题及意见", required=False, max_length=500, widget=area(1))

    def __init__(self, data=None, *, row: CheckMeasure, level: int, point: PointForm | None = None, **kwargs):
        self.row, self.level, self.point = row, level, point
        initial = _asked(row) | {"note": row.note, "lock": filling.mark(filling.found(row)), "kept": ""}
        if row.by_point:
            of_point = point.initial if point else {}
            initial["kept"] = "" if of_point.get("result") else row.result
            initial["result"] = ""
            initial |= {name: "" for name in OF_FIRST if initial[name] == of_point.get(name)}
        super().__init__(data, initial=initial, prefix=f"m{row.pk}", **kwargs)
        if level != Level.FIRST and not row.no_evidence:
            self.drop("no_evidence")

    def layout(self):
        more = ["no_evidence"] if "no_evidence" in self.fields else []
        row = Div("seen", "sampled", *more, css_class="field-row")
        return Layout("lock", "kept", Field("result", wrapper_class="pick"), Folded(row, "note"))

    @property
    def says_more(self):
        """Whether the folded part holds something, or something wrong, or is asked for by what was found."""
        names = [name for name in ("seen", "sampled", "note", "no_evidence") if name in self.fields]
        result = self["result"].value() or self["kept"].value() or (self.point and self.point["result"].value())
        return result in FAULTS or any(name in self.errors or self[name].value() for name in names)

    @property
    def opens_more(self):
        """Whether the folded part is to be seen."""
        return self.level == Level.FIRST or self.says_more

    def face(self, saved):
        """What stands for the point gives way to what somebody else found of this measure meanwhile."""
        if not self["result"].value():
            for name in ("result", "kept"):
                self.renew(name, saved.initial[name])
        super().face(saved)

    def clean_kept(self):
        """Only what may be a result."""
        kept = self.cleaned_data["kept"]
        return kept if kept in Result.values else ""

    @property
    def typed(self) -> Typed:
        """What was sent, as it is saved."""
        data, own = self.cleaned_data, self.cleaned_data.get("result") or ""
        point = self.point.cleaned_data if self.point else {}
        of_point = "" if own else point.get("result") or data["kept"]
        how = point if of_point and not data.get("seen") and point.get("seen") else data
        reason = data.get("no_evidence") or (point.get("no_evidence") if of_point else "") or ""
        sampled, of = how["counted"]
        found = Found(
            own or of_point, how.get("seen") or "", sampled, of, data.get("note") or "", reason, bool(of_point)
        )
        return Typed(found, data.get("lock") or "")


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
