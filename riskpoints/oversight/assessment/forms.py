"""The forms of assessments: the indicators, the self-assessment, the scores, the meeting, the veto."""

from crispy_forms.layout import Div, Layout
from django import forms

from departments.models import Department
from riskcontrol import attachments
from riskcontrol.web.forms import RowsField
from riskpoints.forms.base import CrispyForm, LockedForm, area
from riskpoints.oversight.assessment import formulas
from riskpoints.oversight.assessment.acting import Given
from riskpoints.oversight.assessment.defaults import Row
from riskpoints.oversight.assessment.filling import Said
from riskpoints.oversight.assessment.vetoes import Case, Corrected
from riskpoints.oversight.enums import Formula
from riskpoints.oversight.models import Assessment

BLANK_ROWS, MOST_ROWS = 3, 60
ROW = ("group", "text", "weight", "formula", "guide")
BY_HAND = "人工评分"


class ScoreInput(forms.NumberInput):
    """A score with two places at most."""

    def __init__(self, weight: int) -> None:
        super().__init__(attrs={"step": "0.01", "min": 0, "max": weight, "inputmode": "decimal"})


def score_field(weight: int, label: str) -> forms.DecimalField:
    """A score between nothing and the weight."""
    wrong = f"请填 0 到 {weight} 分，最多两位小数。"
    return forms.DecimalField(
        label=label,
        required=False,
        min_value=0,
        max_value=weight,
        decimal_places=2,
        widget=ScoreInput(weight),
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value", "max_digits", "max_decimal_places", "max_whole_digits"), wrong
        ),
    )


class IndicatorsForm(LockedForm):
    """All indicators of a draft on one page; a row that is emptied is gone, three blank ones are for more."""

    def __init__(self, data=None, *, rows, lock, **kwargs):
        self.count = self._sent(data) if data is not None else len(rows) + BLANK_ROWS
        initial = {"lock": lock}
        for place, row in enumerate(rows):
            initial |= {f"{name}-{place}": getattr(row, name) for name in ROW}
        super().__init__(data, initial=initial, **kwargs)
        for name, field in self._fields():
            self.add(name, field)

    @staticmethod
    def _sent(data):
        places = [int(name[5:]) for name in data if name.startswith("text-") and name[5:].isdecimal()]
        return min(MOST_ROWS, max(places, default=-1) + 1)

    def _fields(self):
        kinds = [("", BY_HAND), *Formula.choices]
        for place in range(self.count):
            yield from {
                f"group-{place}": forms.CharField(label="项目", required=False, max_length=40),
                f"text-{place}": forms.CharField(label="考核内容", required=False, max_length=200, widget=area(1)),
                f"weight-{place}": forms.IntegerField(label="分值", required=False, min_value=1, max_value=100),
                f"formula-{place}": forms.ChoiceField(label="评分方式", required=False, choices=kinds),
                f"guide-{place}": forms.CharField(label="评分标准", required=False, max_length=500, widget=area(1)),
            }.items()

    def layout(self):
        return Layout(
            "lock",
            *(
                Div(
                    Div(*(f"{name}-{place}" for name in ROW[:1] + ROW[2:4]), css_class="field-row"),
                    Div(f"text-{place}", f"guide-{place}", css_class="field-row roomy"),
                    css_class="edit-box",
                )
                for place in range(self.count)
            ),
        )

    def clean(self):
        """A row is whole or empty; a formula stands once."""
        cleaned = super().clean() or self.cleaned_data
        seen = set()
        for place in self._written():
            for name, words in (("group", "项目"), ("text", "考核内容"), ("weight", "分值")):
                field = f"{name}-{place}"
                if not cleaned.get(field) and field not in self.errors:
                    self.add_error(field, f"请填写{words}；不要这一行的，把各格清空。")
            formula = cleaned.get(f"formula-{place}")
            if formula and formula in seen:
                self.add_error(f"formula-{place}", "这种计算方法上面已经用过，一种只能用一次。")
            seen.add(formula)
        return cleaned

    def _written(self):
        names = ("group", "text", "weight", "guide")
        return [place for place in range(self.count) if any(self[f"{name}-{place}"].value() for name in names)]

    @property
    def rows(self) -> list[Row]:
        """What was sent, as it is saved."""
        data = self.cleaned_data
        typed = ({name: data[f"{name}-{place}"] for name in ROW} for place in self._written())
        return [Row(**row) for row in typed]


class SelfForm(LockedForm):
    """What the head says of each manual indicator; nothing is demanded before it is handed in."""

    def __init__(self, data=None, files=None, *, items, lock, **kwargs):
        self.items = [item for item in items if not item.indicator.is_automatic]
        initial: dict = {"lock": lock}
        fields: dict = {}
        for item in self.items:
            where = f"第 {item.indicator.order} 项"
            own = None if item.self_score is None else formulas.plain(item.self_score)
            initial |= {f"score-{item.pk}": own, f"evidence-{item.pk}": item.evidence}
            fields |= {
                f"score-{item.pk}": score_field(item.indicator.weight, f"{where}自评分"),
                f"evidence-{item.pk}": forms.CharField(
                    label=f"{where}自评说明", required=False, max_length=1000, widget=area(2)
                ),
                f"file-{item.pk}": forms.FileField(
                    label=f"{where}备查材料",
                    required=False,
                    widget=forms.FileInput(attrs={"accept": attachments.ACCEPTED}),
                ),
            }
        super().__init__(data, files, initial=initial, **kwargs)
        for name, field in fields.items():
            self.add(name, field)

    def fields_of(self, item):
        """The fields of one item, for the page."""
        return [self[f"{name}-{item.pk}"] for name in ("score", "evidence", "file")]

    @property
    def said(self) -> dict[int, Said]:
        """What was sent, as it is saved."""
        found = {}
        for item in self.items:
            score, evidence, file = (
                self.cleaned_data.get(f"{name}-{item.pk}") for name in ("score", "evidence", "file")
            )
            found[item.pk] = Said(score, evidence or "", (file.name, file.read()) if file else None)
        return found


class ScoresForm(CrispyForm):
    """What one of the committee gives for each manual indicator."""

    def __init__(self, data=None, *, items, by, **kwargs):
        self.items = [item for item in items if not item.indicator.is_automatic]
        initial: dict = {}
        fields: dict = {}
        for item in self.items:
            known = next((one for one in item.scores.all() if one.by_id == by.pk), None)
            where = f"第 {item.indicator.order} 项"
            if known is not None:
                initial |= {f"score-{item.pk}": formulas.plain(known.score), f"reason-{item.pk}": known.reason}
            fields |= {
                f"score-{item.pk}": score_field(item.indicator.weight, f"{where}核分"),
                f"reason-{item.pk}": forms.CharField(
                    label=f"{where}理由", required=False, max_length=300, widget=area(1)
                ),
            }
        super().__init__(data, initial=initial, **kwargs)
        for name, field in fields.items():
            self.add(name, field)

    def fields_of(self, item):
        """The fields of one item, for the page."""
        return [self[f"{name}-{item.pk}"] for name in ("score", "reason")]

    @property
    def given(self) -> dict[int, Given]:
        """What was sent, as it is saved."""
        data = self.cleaned_data
        return {item.pk: Given(data[f"score-{item.pk}"], data[f"reason-{item.pk}"] or "") for item in self.items}


class ReturnForm(CrispyForm):
    """Why a self-assessment goes back."""

    text = forms.CharField(
        label="退回的理由", max_length=500, widget=area(3), help_text="写明要补充或更正什么。已核的分重新核。"
    )


class DecideForm(CrispyForm):
    """What a meeting decided: about which departments, when, in which minutes."""

    departments = RowsField(label="审定的部门", queryset=Assessment.objects.none(), widget=forms.CheckboxSelectMultiple)
    decided_on = forms.DateField(label="会议日期")
    minutes_number = forms.CharField(label="会议纪要编号", max_length=64)

    def __init__(self, data=None, *, scored, **kwargs):
        super().__init__(data, **kwargs)
        field = self.fields["departments"]
        field.queryset = Assessment.objects.filter(pk__in=[row.pk for row in scored])
        whose = {row.pk: f"{row.department_name}{row.head_name if row.is_part else ''}" for row in scored}
        words = {row.pk: f"{whose[row.pk]}（核准 {formulas.plain(row.reviewed_score)} 分）" for row in scored}
        field.label_from_instance = lambda row: words[row.pk]
        field.initial = [row.pk for row in scored]

    def layout(self):
        return Layout("departments", Div("decided_on", "minutes_number", css_class="field-row"))


class VetoForm(CrispyForm):
    """Both conditions of a veto, each with its paper."""

    department = forms.ModelChoiceField(label="部门", queryset=Department.objects.none(), empty_label="请选择")
    head_name = forms.CharField(
        label="当时的部门负责人",
        max_length=64,
        required=False,
        help_text="不填就是作出决定那天的部门负责人；不是的，写当时的姓名。",
    )
    violation_number = forms.CharField(label="处分或处理决定编号", max_length=64, required=False)
    violation_organ = forms.CharField(label="作出决定的机关", max_length=64, required=False)
    violation_on = forms.DateField(label="决定日期", required=False)
    violation_paper = forms.CharField(label="决定的存放处", max_length=120, required=False)
    impact_source = forms.CharField(
        label="恶劣影响的依据", max_length=120, required=False, help_text="如上级通报、媒体报道的名称，不写案情。"
    )
    impact_on = forms.DateField(label="依据的日期", required=False)
    impact_paper = forms.CharField(label="依据的存放处", max_length=120, required=False)

    def __init__(self, data=None, *, departments, **kwargs):
        super().__init__(data, **kwargs)
        self.fields["department"].queryset = departments

    def layout(self):
        pairs = (
            ("department", "head_name"),
            ("violation_number", "violation_organ"),
            ("violation_on", "violation_paper"),
            ("impact_source",),
            ("impact_on", "impact_paper"),
        )
        return Layout(*(Div(*pair, css_class="field-row roomy") for pair in pairs))

    @property
    def case(self) -> Case:
        """What was sent, as it is saved."""
        return Case(**{name: self.cleaned_data[name] for name in Case.__dataclass_fields__})


class ConfirmForm(CrispyForm):
    """Letting a veto take effect; where 优秀 is decided already, why it is corrected."""

    text = forms.CharField(
        label="更正的理由",
        max_length=300,
        required=False,
        widget=area(2),
        help_text="这一年的考核已经审定为“优秀”的必填；不写案情。",
    )


class WithdrawForm(CrispyForm):
    """Why a proposal is taken back."""

    text = forms.CharField(label="撤销的理由", max_length=300, widget=area(2))


class LiftForm(CrispyForm):
    """By which decision the case was corrected, and why the veto is lifted."""

    decision_number = forms.CharField(label="纠正原案的决定编号", max_length=64)
    decision_organ = forms.CharField(label="作出纠正决定的机关", max_length=64)
    decision_on = forms.DateField(label="纠正决定日期")
    text = forms.CharField(label="解除的理由", max_length=300, widget=area(2), help_text="不写案情。")

    @property
    def corrected(self) -> Corrected:
        """What was sent, as it is saved."""
        return Corrected(**{name: self.cleaned_data[name] for name in Corrected.__dataclass_fields__})
