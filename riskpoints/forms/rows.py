"""What a department fills in: the head, points and measures."""

from collections.abc import Mapping

from crispy_forms.layout import HTML, Div, Field, Layout
from django import forms

from departments.enums import Level
from departments.models import Post
from riskcontrol.web.forms import JudgedElsewhere, RowsField
from riskcontrol.web.query import PLAIN_NUMBER
from riskpoints import fields as declared
from riskpoints.enums import Category, DateMode, FindingMethod, Harm, Likelihood, Stage
from riskpoints.forms import presets
from riskpoints.forms.base import LockedForm, NewRowForm, area
from riskpoints.forms.names import NamesField
from riskpoints.forms.powers import PowerChoices
from riskpoints.forms.presets import MOST_MEASURES, ReferenceField, measure_names, preset_values
from riskpoints.models import Measure, RiskPoint, TableVersion
from riskpoints.references.library.models import TypicalRisk
from riskpoints.references.regulations.models import Regulation
from riskpoints.tables import editing
from riskpoints.wings import Preset

MISSING = ("missing_regulation", "missing_drafter", "missing_due")

# Typed fields of a point that are no field of its form: the page says the category, one choice gives power and step.
POINT_ELSEWHERE = ("category", "power_revision", "power_step")


class HeadForm(LockedForm):
    """业务工作职责（业务职能）, 负责人姓名 and 填表日期."""

    duties = forms.CharField(label="业务工作职责", max_length=2000, required=False, widget=area(4, autofocus=True))
    head_name = forms.CharField(label="负责人姓名", max_length=64, required=False)
    date_mode = forms.ChoiceField(label="填表日期", choices=DateMode.choices)
    filled_on = forms.DateField(
        label="填写的日期",
        required=False,
        help_text="选“印填写的日期”时填写。",
    )

    def __init__(self, *args, version: TableVersion, **kwargs):
        initial = {name: getattr(version, name) for name in editing.HEAD_FIELDS}
        initial["lock"] = editing.head_state(version)
        self.is_school = version.table.is_school
        super().__init__(*args, initial=initial | kwargs.pop("initial", {}), **kwargs)
        if self.is_school:
            self.fields["duties"].label = "业务职能"
            self.drop("head_name")

    def layout(self):
        names = [Field("date_mode"), Field("filled_on")]
        head = [] if self.is_school else [Field("head_name")]
        return Layout("lock", "duties", Div(*head, *names, css_class="field-row"))

    def clean(self):
        data = super().clean() or {}
        if data.get("date_mode") == DateMode.TYPED and not data.get("filled_on") and "filled_on" not in self.errors:
            self.add_error("filled_on", "请填写日期，或改选印提交日期、留空手写。")
        return data


class RowForm(JudgedElsewhere, NewRowForm, forms.ModelForm):
    """A row of the table: a field's label and length are those of its model, unless the form says another.

    Whether a row may be saved is judged where it is saved (tables/editing.py), so the form leaves its instance alone.
    """

    @property
    def others(self) -> list[str]:
        """The plain texts that have no place of their own: they stand at the end."""
        kind = declared.POINT if self._meta.model is RiskPoint else declared.MEASURE
        return [
            field.name for field in declared.plain(kind) if field.name in self.fields and not self.leads(field.name)
        ]

    def leads(self, name: str) -> bool:
        """Whether a plain text stands at the head of the form."""
        return False


class PointForm(RowForm):
    """One 风险点; a new one can bring its first measures along: one, or as many as it was begun with."""

    class Meta:
        model = RiskPoint
        fields = [name for name in declared.typed(declared.POINT) if name not in POINT_ELSEWHERE]
        labels = {
            "proposed_reason": "理由",
            "finding_other": "其他方法（选了“其他”时写明）",
            "is_key_area": "属于重点领域、重点环节或关键岗位",
        }
        help_texts = {"manifestation": "写明怎样看得出来，如“先施工后补签证”。"}
        widgets = {"text": area(2, autofocus=True), "proposed_reason": area(2), "manifestation": area(2)}

    post = forms.ModelChoiceField(
        label="岗位", queryset=Post.objects.none(), required=False, empty_label="部门层面（不属于某一岗位）"
    )
    power = forms.ChoiceField(
        label="职权和环节", required=False, help_text="本部门已备案的职权；没有对应的就不选，在“管理事项”里写。"
    )
    likelihood = forms.TypedChoiceField(
        label="发生机率",
        choices=Likelihood.choices,
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    harm = forms.TypedChoiceField(
        label="危害程度", choices=Harm.choices, coerce=int, empty_value=None, required=False, widget=forms.RadioSelect
    )
    proposed_level = forms.TypedChoiceField(
        label="建议等级", choices=Level.choices, coerce=int, empty_value=None, required=False, widget=forms.RadioSelect
    )
    finding_methods = forms.MultipleChoiceField(
        label="查找方法", choices=FindingMethod.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    co_departments = NamesField(
        label="配合部门", help_text="和本部门一起防控这一风险点的部门，可以选几个；确定以后由它们答复知悉或有不同意见。"
    )
    is_latent = forms.TypedChoiceField(
        label="状态",
        choices=[("True", "潜在的风险"), ("False", "已存在的风险")],
        coerce=lambda value: value in (True, "True"),
        initial="True",
        required=False,
        empty_value=True,  # type: ignore[arg-type]  # what coerce gives
    )
    measure_text = forms.CharField(
        label="防范措施", max_length=2000, required=False, widget=area(2), help_text="可先写一条，保存后还能再加。"
    )
    measure_stage = forms.ChoiceField(label="措施阶段", choices=[("", "未分阶段"), *Stage.choices], required=False)
    measure_count = forms.IntegerField(widget=forms.HiddenInput, required=False)
    library_entry = ReferenceField(TypicalRisk.objects.all())

    def __init__(
        self,
        *args,
        version: TableVersion,
        posts,
        powers=(),
        departments=(),
        category: str = "",
        point: RiskPoint | None = None,
        preset: Preset | None = None,
        criteria: Mapping[Harm, str] | None = None,
        is_whole: bool = True,
        **kwargs,
    ):
        self.power_choices = PowerChoices(powers, point)
        self.point, self.is_school, self.preset = point, version.table.is_school, preset
        self.category = point.category if point is not None else category
        self.measure_places: list[int] = []
        initial = preset_values(preset) if preset is not None else {}
        if point is not None:
            attributes = declared.copied(declared.POINT)
            initial = {name.removesuffix("_id"): getattr(point, name) for name in attributes} | {"lock": point.lock}
            initial["post"], initial["is_latent"] = point.post_id, str(point.is_latent)
            initial["power"] = self.power_choices.initial
        super().__init__(*args, initial=initial | kwargs.pop("initial", {}), **kwargs)
        presets.offer_posts(self, posts, is_whole=is_whole)
        self.fields["power"].choices = self.power_choices.choices
        self.fields["harm"].help_text = "；".join(f"{harm.label}：{said}" for harm, said in (criteria or {}).items())
        self.fields["co_departments"].offer(departments, point.co_departments if point is not None else "")
        if point is None:
            self._add_measures()
        unused = ["measure_text", "measure_stage", "measure_count", "token"] if point is not None else []
        unused += [] if self.power_choices else ["power"]
        unused += [] if departments else ["co_departments"]
        if self.is_school:
            unused += ["post", "likelihood", "harm", "proposed_level", "proposed_reason"]
        self.drop(*unused)

    def layout(self):
        rest = Div(
            HTML('<details class="more"{% if form.opens_more %} open{% endif %}><summary>更多内容（选填）</summary>'),
            Div("manifestation", Div("matter", "finding_other"), css_class="two-columns"),
            Div("responsible", "is_latent", css_class="field-row"),
            "is_key_area",
            *(Field(name, wrapper_class="checks") if name == "co_departments" else name for name in self.others),
            HTML("</details>"),
        )
        first = [Div(*MISSING, css_class="field-row")] if self.leads(MISSING[0]) else []
        methods = Field("finding_methods", wrapper_class="checks")
        measure = [] if self.point is not None else [self._measure(place) for place in self.measure_places or [1]]
        if self.is_school:
            return Layout(*self.carried, *first, "text", *measure, methods, rest)
        scales = Div(Field("likelihood", wrapper_class="pick"), Field("harm", wrapper_class="pick"))
        ruling = HTML('{% include "riskpoints/tables/_ruling.html" %}')
        power = ["power"] if "power" in self.fields else []
        words, judgement = Div("text", "post", *power, *measure, methods), Div(scales, ruling)
        return Layout(*self.carried, *first, Div(words, judgement, css_class="two-columns"), rest)

    def leads(self, name: str) -> bool:
        """R21: a 制度机制 point is asked first for what is missing, who drafts it and by when."""
        return self.category == Category.INSTITUTION and name in MISSING

    def _add_measures(self):
        """The fields of as many measures as the form was begun with, each with its time."""
        said = self.data.get("measure_count", "") if self.is_bound else self.initial.get("measure_count", "")
        if not PLAIN_NUMBER.fullmatch(str(said)) or not int(said):
            return
        self.measure_places = list(range(1, min(int(said), MOST_MEASURES) + 1))
        longest = Measure._meta.get_field("timing").max_length
        stages = [("", "未分阶段"), *Stage.choices]
        for place in self.measure_places:
            text, stage, timing = measure_names(place)
            last = "不要的措施，把文字删去。" if place == self.measure_places[-1] else ""
            widget = area(2)
            label = f"防范措施 {place}"
            self.add(text, forms.CharField(label=label, max_length=2000, required=False, widget=widget, help_text=last))
            self.add(stage, forms.ChoiceField(label=f"措施 {place} 的阶段", choices=stages, required=False))
            self.add(timing, forms.CharField(label=f"措施 {place} 的时限或频次", max_length=longest, required=False))
        self.helper.layout = self.layout()

    def _measure(self, place):
        text, stage, timing = measure_names(place)
        if not self.measure_places:
            return Div(text, stage, css_class="with-measure")
        return Div(text, Div(stage, timing, css_class="field-row"))

    @property
    def carried(self):
        return [*super().carried, *(name for name in ("measure_count", "library_entry") if name in self.fields)]

    def clean(self):
        """The power that was chosen, as the point stores it; without the field it stays what it was."""
        data = super().clean() or {}
        return data | self.power_choices.values(data.pop("power")) if "power" in data else data

    @property
    def opens_more(self) -> bool:
        """Whether the folded part holds an error, so that it must be seen."""
        names = ("manifestation", "finding_other", "matter", "responsible", *self.others)
        return any(name in self.errors for name in names)


class MeasureForm(RowForm):
    """One 防范措施 and the points it answers."""

    class Meta:
        model = Measure
        fields = [name for name in declared.typed(declared.MEASURE) if name != "category"]
        widgets = {"text": area(3, autofocus=True)}

    stage = forms.ChoiceField(
        label="阶段", choices=[*Stage.choices, ("", "未分")], required=False, widget=forms.RadioSelect
    )
    points = RowsField(
        label="对应的风险点",
        queryset=RiskPoint.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="不选，就是对本类全部风险点的措施。",
    )

    regulations = RowsField(
        label="引用制度",
        queryset=Regulation.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="从制度库里选，可以选几项；库里没有的，写在“制度依据”里。",
    )

    def __init__(self, *args, points, regulations=None, measure: Measure | None = None, is_whole=True, **kwargs):
        initial = {}
        if measure is not None:
            initial = {name: getattr(measure, name) for name in editing.MEASURE_FIELDS} | {"lock": measure.lock}
            initial["points"] = [point.pk for point in measure.points.all()]
            initial["regulations"] = [regulation.pk for regulation in measure.regulations.all()]
        super().__init__(*args, initial=initial | kwargs.pop("initial", {}), **kwargs)
        presets.offer_points(self, points, is_whole=is_whole)
        numbers = {point.pk: number for number, point in enumerate(points, start=1)}
        # The rows are read again when the page is made: somebody may have added one since they were numbered.
        self.fields["points"].label_from_instance = lambda point: (
            f"{numbers.setdefault(point.pk, len(numbers) + 1)}. {point.text[:36]}{'…' if len(point.text) > 36 else ''}"
        )
        if regulations is not None:
            self.fields["regulations"].queryset = regulations
            self.fields["regulations"].label_from_instance = offered_label
        without = [] if points else ["points"]
        without += [] if regulations else ["regulations"]
        self.drop(*without, *(["token"] if measure is not None else []))

    def layout(self):
        cited = [Field("regulations", wrapper_class="stacked findable")] if "regulations" in self.fields else []
        rest = Div("responsible", "timing", css_class="field-row")
        points = [Field("points", wrapper_class="stacked")] if "points" in self.fields else []
        return Layout(
            *self.carried, "text", Field("stage", wrapper_class="pick"), *points, rest, "basis", *cited, *self.others
        )


def offered_label(regulation: Regulation) -> str:
    """A regulation as it is offered to be cited: one that the text names already says so, and one that ended."""
    if regulation.is_ended:
        return f"{regulation}（{regulation.get_state_display()}，请改引现行的制度）"
    return f"{regulation}（与制度依据同名）" if getattr(regulation, "is_named", False) else str(regulation)
