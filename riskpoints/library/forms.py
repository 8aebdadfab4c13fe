"""Forms of the library: an entry with its measures, the questions of a category, a workbook."""

import re

from crispy_forms.layout import HTML, Div, Field, Layout
from django import forms

from departments.models import PostFunction
from riskcontrol.web.forms import RowsField
from riskpoints.enums import ALL_CATEGORIES, Harm, Likelihood, Stage
from riskpoints.forms import base
from riskpoints.forms.base import LockedForm
from riskpoints.references.library.models import TypicalMeasure, TypicalRisk
from riskpoints.references.library.services import FEWEST, MOST
from riskpoints.references.library.values import MeasureValues, RiskValues

YEARS = re.compile(r"[、，,;；\s]+")
FEWEST_ROWS, SPARE_ROWS = 4, 2


def years_of(text: str) -> tuple[int, ...]:
    """The years of a text such as 2025、2026. ValidationError."""
    found = [word.removesuffix("年") for word in YEARS.split(text) if word]
    if any(not re.fullmatch(r"20[0-9]{2}", word) for word in found):
        raise forms.ValidationError("请填写年份，如 2026；几个年份之间用顿号。")
    return tuple(sorted({int(word) for word in found}))


class RiskForm(LockedForm):
    """One entry. There is always an empty row for another measure."""

    area = forms.CharField(
        label="领域", max_length=32, widget=forms.TextInput(attrs={"list": "areas"}), help_text="如“采购”，可以写新的。"
    )
    category = forms.ChoiceField(label="风险类别", choices=ALL_CATEGORIES)
    text = forms.CharField(label="风险点", max_length=1000, widget=base.area(2))
    manifestation = forms.CharField(
        label="表现形式", max_length=1000, required=False, widget=base.area(2), help_text="怎样看得出来。"
    )
    likelihood = forms.TypedChoiceField(
        label="发生机率（建议）",
        choices=[*Likelihood.choices, ("", "不建议")],
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    harm = forms.TypedChoiceField(
        label="危害程度（建议）",
        choices=[*Harm.choices, ("", "不建议")],
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    functions = RowsField(
        label="适用的岗位职能",
        queryset=PostFunction.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="有这些职能的岗位，填报时先看到这一条，提交时也会提醒。不选，就是哪个岗位都可能有。",
    )
    hot_years = forms.CharField(
        label="当年重点", max_length=60, required=False, help_text="上级当年要求重点排查的，写年份，如 2026。"
    )
    source = forms.CharField(
        label="来源说明", max_length=200, required=False, help_text="出自哪个文件、哪次会议。不写个人，不写案件。"
    )

    def __init__(self, *args, risk: TypicalRisk | None = None, **kwargs):
        self.stored = list(risk.measures.all()) if risk is not None else []
        sent = args[0] if args else None
        self.count = max(FEWEST_ROWS, len(self.stored) + SPARE_ROWS)
        while sent is not None and f"measure{self.count + 1}" in sent and self.count < 40:
            self.count += 1
        super().__init__(*args, initial=self._initial(risk) | kwargs.pop("initial", {}), **kwargs)
        own = PostFunction.objects.filter(is_retired=False)
        if risk is not None:
            own = own | PostFunction.objects.filter(typical_risks=risk)
        self.fields["functions"].queryset = own.distinct()

    def _initial(self, risk):
        if risk is None:
            return {"category": ALL_CATEGORIES[0][0]}
        names = ("area", "category", "text", "manifestation", "likelihood", "harm", "source", "lock")
        initial = {name: getattr(risk, name) for name in names}
        initial["functions"] = [function.pk for function in risk.functions.all()]
        initial["hot_years"] = "、".join(str(year) for year in risk.hot_years)
        for place, measure in enumerate(self.stored, start=1):
            initial |= {
                f"measure{place}": measure.text,
                f"stage{place}": measure.stage,
                f"timing{place}": measure.timing,
            }
        return initial

    def layout(self):
        for place in range(1, self.count + 1):
            if f"measure{place}" not in self.fields:
                self._add_measure(place)
        rows = [
            Div(
                f"measure{place}",
                Div(f"stage{place}", f"timing{place}", css_class="field-row"),
                css_class="with-measure",
            )
            for place in range(1, self.count + 1)
        ]
        scales = Div(Field("likelihood", wrapper_class="pick"), Field("harm", wrapper_class="pick"))
        return Layout(
            "lock",
            Div("area", "category", css_class="field-row"),
            "text",
            "manifestation",
            scales,
            Field("functions", wrapper_class="checks"),
            HTML("<h2>防范措施</h2>"),
            *rows,
            Div("hot_years", "source", css_class="field-row"),
        )

    def _add_measure(self, place):
        longest = TypicalMeasure._meta.get_field("timing").max_length
        stages = [("", "未分阶段"), *Stage.choices]
        text = forms.CharField(label=f"措施 {place}", max_length=2000, required=False, widget=base.area(2))
        self.add(f"measure{place}", text)
        self.add(f"stage{place}", forms.ChoiceField(label=f"措施 {place} 的阶段", choices=stages, required=False))
        timing = forms.CharField(label=f"措施 {place} 的时限或频次", max_length=longest, required=False)
        self.add(f"timing{place}", timing)

    def clean_hot_years(self):
        """The years as numbers."""
        return years_of(self.cleaned_data["hot_years"])

    def clean(self):
        data = super().clean() or {}
        for place in range(1, self.count + 1):
            if data.get(f"timing{place}") and not data.get(f"measure{place}") and f"measure{place}" not in self.errors:
                self.add_error(f"measure{place}", "写了时限，请写明措施；不要这一条，请把时限也删去。")
        return data

    @property
    def values(self) -> RiskValues:
        """What was typed."""
        data = self.cleaned_data
        rows = [
            MeasureValues(data[f"stage{place}"], data[f"measure{place}"], data[f"timing{place}"])
            for place in range(1, self.count + 1)
            if data[f"measure{place}"]
        ]
        names = ("area", "category", "text", "manifestation", "likelihood", "harm", "hot_years", "source")
        return RiskValues(
            **{name: data[name] for name in names},
            functions=frozenset(function.name for function in data["functions"]),
            measures=tuple(rows),
        )


class QuestionsForm(LockedForm):
    """The questions of one category, one a line."""

    questions = forms.CharField(
        label="引导问题",
        max_length=2000,
        widget=base.area(8),
        help_text=f"{FEWEST} 至 {MOST} 个，一行一个。",
    )
    lock = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean_questions(self):
        """One text a line."""
        lines = [line.strip() for line in self.cleaned_data["questions"].splitlines() if line.strip()]
        if long := next((line for line in lines if len(line) > 200), ""):
            raise forms.ValidationError(f"“{long[:20]}…”请缩短到 200 字以内。")
        return lines
