"""What is typed on the pages of powers: a draft with its steps, a chart, a reason, how something is filed."""

from collections.abc import Sequence
from dataclasses import asdict

from crispy_forms.layout import Div, Field, Layout
from django import forms

from departments.models import Department, Post
from riskcontrol.sizes import MEGABYTE
from riskcontrol.web.forms import JudgedElsewhere, PlainForm, RowsField
from riskcontrol.web.query import PLAIN_NUMBER
from riskpoints.forms.base import CrispyForm, NewRowForm, area
from riskpoints.forms.rows import offered_label
from riskpoints.forms.scans import ScanForm
from riskpoints.references.powers.drafting import Chart, StepInput
from riskpoints.references.powers.models import PowerRevision
from riskpoints.references.regulations import queries as regulations
from riskpoints.references.regulations.models import Regulation

CHART_MEGABYTES = 10
EMPTY_ROWS = 3
# More rows than a power may have steps: they are shown again with what is wrong, not cut off.
MOST_ROWS = 200
POWER_FIELDS = ("name", "content", "basis", "time_limit", "supervisor")


class PowerForm(JudgedElsewhere, NewRowForm, forms.ModelForm):
    """What a power is; how it runs stands in the steps below. Saved by the service, not by the form."""

    class Meta:
        model = PowerRevision
        fields = POWER_FIELDS
        widgets = {"content": area(4), "basis": area(2)}
        help_texts = {
            "name": "如“印章使用审批”“物资采购”。",
            "content": "权力的范围和内容：办什么、到什么程度、什么不归本岗位办。",
            "basis": "法律法规、上级文件或学校制度的名称和条款。",
            "time_limit": "如“5 个工作日”。",
        }

    posts = RowsField(
        label="办理岗位",
        queryset=Post.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="都不选，就是由部门办理。",
    )

    regulations = RowsField(
        label="引用制度",
        queryset=Regulation.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="从制度库里选；库里没有的，写在“实施依据”里。",
    )

    def __init__(self, *args, department: Department, leader: str, revision=None, given=None, **kwargs):
        initial = dict(given or {})
        if revision is not None:
            initial = {name: getattr(revision, name) for name in POWER_FIELDS} | {"lock": revision.lock}
            initial["posts"] = [post.pk for post in revision.posts.all()]
            initial["regulations"] = [regulation.pk for regulation in revision.regulations.all()]
        super().__init__(*args, initial=initial, **kwargs)
        used = initial.get("posts", [])
        posts = Post.objects.filter(department=department)
        self.fields["posts"].queryset = posts.filter(pk__in=[*posts.active_on().values_list("pk", flat=True), *used])
        self.fields["supervisor"].help_text = f"留空就是分管领导{f'：{leader}' if leader else '（现在没有指定）'}。"
        basis = revision.basis if revision is not None else ""
        offered = regulations.offered(cited=initial.get("regulations", []), basis=basis, department=department.pk)
        self.fields["regulations"].queryset = offered
        self.fields["regulations"].label_from_instance = offered_label
        self.drop(
            *([] if offered else ["regulations"]),
            *(["token"] if revision is not None else []),
            *([] if self.fields["posts"].queryset else ["posts"]),
        )

    def layout(self):
        posts = [Field("posts", wrapper_class="checks")] if "posts" in self.fields else []
        row = Div("time_limit", "supervisor", css_class="field-row roomy")
        cited = [Field("regulations", wrapper_class="stacked findable")] if "regulations" in self.fields else []
        return Layout(*self.carried, "name", "content", *posts, row, "basis", *cited)


def _cell(**attrs) -> forms.TextInput:
    return forms.TextInput(attrs={"class": "form-control", **attrs})


class StepForm(PlainForm, forms.Form):
    """One step in its row of the table; a row in which nothing stands is none."""

    identity = forms.CharField(widget=forms.HiddenInput, required=False, max_length=36)
    name = forms.CharField(label="环节", max_length=32, required=False, widget=_cell())
    post_name = forms.CharField(
        label="岗位", max_length=64, required=False, widget=_cell(list="known-posts", autocomplete="off")
    )
    time_limit = forms.CharField(label="时限", max_length=64, required=False, widget=_cell())
    is_risk_node = forms.BooleanField(
        label="风险节点", required=False, widget=forms.CheckboxInput(attrs={"class": "form-check-input"})
    )
    note = forms.CharField(label="说明", max_length=200, required=False, widget=_cell())

    use_required_attribute = False

    def clean(self):
        data = super().clean() or {}
        written = [data.get(name) for name in ("post_name", "time_limit", "note", "is_risk_node")]
        if not data.get("name") and any(written) and "name" not in self.errors:
            self.add_error("name", "请填写环节的名称，或清空这一行。")
        return data

    @property
    def step(self) -> StepInput:
        return StepInput(**{name: self.cleaned_data.get(name) or "" for name in STEP_FIELDS} | self._ticked)

    @property
    def _ticked(self) -> dict:
        return {"is_risk_node": bool(self.cleaned_data.get("is_risk_node"))}


STEP_FIELDS = tuple(asdict(StepInput("")))


class StepRows:
    """The rows of the steps: read from what was sent, moved by its buttons, shown again; everything typed stays."""

    def __init__(self, data=None, *, steps: Sequence[StepInput] = ()):
        if data is None:
            self.rows = [StepForm(prefix=f"step-{place}", initial=asdict(step)) for place, step in enumerate(steps)]
            self.rows += self._empty(len(self.rows), EMPTY_ROWS if len(steps) < 2 else 1)
        else:
            count = data.get("steps", "")
            number = min(int(count), MOST_ROWS) if PLAIN_NUMBER.fullmatch(count) else 0
            self.rows = [StepForm(data, prefix=f"step-{place}") for place in range(number)]

    @staticmethod
    def _empty(first: int, count: int) -> list[StepForm]:
        return [StepForm(prefix=f"step-{first + place}") for place in range(count)]

    @property
    def is_valid(self) -> bool:
        judged = [row.is_valid() for row in self.rows]  # each of them, so that each shows what is wrong with it
        return all(judged)

    @property
    def written(self) -> list[StepInput]:
        """The rows in which something stands; a wrong one with what of it could be read."""
        read = [row.step for row in self.rows if row.is_valid() or row.cleaned_data]
        return [step for step in read if any((step.name, step.post_name, step.time_limit, step.note))]

    def moved(self, order: str) -> "StepRows":
        """The same rows after one of their buttons: add, or up-3, down-3, remove-3 (from 0)."""
        values = [{name: row.data.get(f"{row.prefix}-{name}", "") for name in STEP_FIELDS} for row in self.rows]
        for value in values:
            value["is_risk_node"] = bool(value["is_risk_node"])
        verb, _, place = order.partition("-")
        here = int(place) if PLAIN_NUMBER.fullmatch(place) and int(place) < len(values) else None
        if verb == "add" or here is None:
            values.append(asdict(StepInput("")))
        elif verb == "remove":
            values.pop(here)
        else:
            there = here + (1 if verb == "down" else -1)
            if 0 <= there < len(values):
                values[here], values[there] = values[there], values[here]
        found = StepRows(steps=())
        found.rows = [StepForm(prefix=f"step-{place}", initial=value) for place, value in enumerate(values)]
        return found


class ChartForm(ScanForm):
    """A chart that was drawn elsewhere; what it is, is judged by its content, which is read whole."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["scan"]
        field.label = "流程图文件"
        field.help_text = f"PDF、PNG 或 JPG，不超过 {CHART_MEGABYTES} MB。"
        field.error_messages["required"] = "请先选择流程图文件。"

    def clean_scan(self):
        scan = self.cleaned_data.get("scan")
        if scan and scan.size > CHART_MEGABYTES * MEGABYTE:
            raise forms.ValidationError(f"文件超过 {CHART_MEGABYTES} MB，请缩小后再上传。")
        return super().clean_scan()

    @property
    def chart(self) -> Chart:
        scan = self.cleaned_data["scan"]
        return Chart(scan.read(), scan.name.rpartition(".")[2])


class ReasonForm(CrispyForm):
    """Why something is returned or retired."""

    reason = forms.CharField(label="理由", max_length=500, widget=area(3))


class FilingForm(CrispyForm):
    """Filing, and whether everybody may read it."""

    is_public = forms.BooleanField(label="对外公开：公示页上人人可以看", required=False)
