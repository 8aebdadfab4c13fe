"""The forms of the table: each one part of 附件4 or 附件2, filled in where it stands."""

import uuid

from crispy_forms.layout import HTML, Div, Field, Layout
from django import forms
from django.utils import timezone

from departments.enums import Level
from departments.forms.proof import ProofForm
from departments.models import Post
from riskcontrol.paper import scan_reading
from riskcontrol.processes.confined import SCAN, SCAN_LIMITS, RefusedError, confined
from riskcontrol.sizes import SCAN_BYTES, SCAN_MEGABYTES
from riskcontrol.templatetags.ui import cn_date
from riskcontrol.text import stripped
from riskcontrol.web.forms import PlainForm, RowsField
from riskpoints.enums import DateMode, FindingMethod, Harm, Likelihood, RemarkAnswerKind, Stage
from riskpoints.models import Measure, PostExemption, RiskPoint, TableVersion
from riskpoints.tables import editing, signing

WORKBOOK_LIMIT = 5 * 1024 * 1024


def area(rows: int = 2, **attrs) -> forms.Textarea:
    """A text area that grows with its text."""
    return forms.Textarea(attrs={"rows": rows, **attrs})


class CrispyForm(PlainForm, forms.Form):
    """A form whose tag, token and buttons stand in the template."""

    use_required_attribute = False

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper.layout = self.layout()

    def drop(self, *names: str) -> None:
        """Do without these fields: the layout names none that the form does not have."""
        for name in names:
            del self.fields[name]
        self.helper.layout = self.layout()

    def layout(self) -> Layout:
        return Layout(*self.fields)


class LockedForm(CrispyForm):
    """A form that carries the state its writer saw, to notice that somebody else saved in between."""

    lock = forms.IntegerField(widget=forms.HiddenInput, required=False)


class NewRowForm(LockedForm):
    """A form that may add a row: the token tells one that is sent again from a second row."""

    token = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False, initial=uuid.uuid4)

    @property
    def carried(self) -> list[str]:
        """The hidden fields."""
        return [name for name in ("lock", "token") if name in self.fields]


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


class PointForm(NewRowForm):
    """One 风险点; a new one can bring its first measure along."""

    text = forms.CharField(label="风险点", max_length=1000, widget=area(2, autofocus=True))
    post = forms.ModelChoiceField(
        label="岗位", queryset=Post.objects.none(), required=False, empty_label="部门层面（不属于某一岗位）"
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
    proposed_reason = forms.CharField(label="理由", max_length=500, required=False, widget=area(2))
    finding_methods = forms.MultipleChoiceField(
        label="查找方法", choices=FindingMethod.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    finding_other = forms.CharField(label="其他方法（选了“其他”时写明）", max_length=200, required=False)
    manifestation = forms.CharField(
        label="表现形式",
        max_length=1000,
        required=False,
        widget=area(2),
        help_text="写明怎样看得出来，如“先施工后补签证”。",
    )
    matter = forms.CharField(label="管理事项或流程环节", max_length=200, required=False)
    responsible = forms.CharField(label="责任人", max_length=64, required=False)
    is_latent = forms.TypedChoiceField(
        label="状态",
        choices=[("True", "潜在的风险"), ("False", "已存在的风险")],
        coerce=lambda value: value in (True, "True"),
        initial="True",
        required=False,
        empty_value=True,  # type: ignore[arg-type]  # what coerce gives
    )
    is_key_area = forms.BooleanField(label="属于重点领域、重点环节或关键岗位", required=False)
    measure_text = forms.CharField(
        label="防范措施", max_length=2000, required=False, widget=area(2), help_text="可先写一条，保存后还能再加。"
    )
    measure_stage = forms.ChoiceField(label="措施阶段", choices=[("", "未分阶段"), *Stage.choices], required=False)

    def __init__(self, *args, version: TableVersion, posts, point: RiskPoint | None = None, **kwargs):
        self.point, self.is_school = point, version.table.is_school
        initial = {}
        if point is not None:
            initial = {name: getattr(point, name) for name in editing.POINT_FIELDS} | {"lock": point.lock}
            initial["post"], initial["is_latent"] = point.post_id, str(point.is_latent)
        super().__init__(*args, initial=initial | kwargs.pop("initial", {}), **kwargs)
        self.fields["post"].queryset = posts
        unused = ["measure_text", "measure_stage", "token"] if point is not None else []
        if self.is_school:
            unused += ["post", "likelihood", "harm", "proposed_level", "proposed_reason"]
        self.drop(*unused)

    def layout(self):
        rest = Div(
            HTML('<details class="more"{% if form.opens_more %} open{% endif %}><summary>更多内容（选填）</summary>'),
            Div("manifestation", Div("matter", "finding_other"), css_class="two-columns"),
            Div("responsible", "is_latent", css_class="field-row"),
            "is_key_area",
            HTML("</details>"),
        )
        methods = Field("finding_methods", wrapper_class="checks")
        measure = [] if self.point is not None else [Div("measure_text", "measure_stage", css_class="with-measure")]
        if self.is_school:
            return Layout(*self.carried, "text", *measure, methods, rest)
        scales = Div(Field("likelihood", wrapper_class="pick"), Field("harm", wrapper_class="pick"))
        ruling = HTML('{% include "riskpoints/tables/_ruling.html" %}')
        words, judgement = Div("text", "post", *measure, methods), Div(scales, ruling)
        return Layout(*self.carried, Div(words, judgement, css_class="two-columns"), rest)

    @property
    def opens_more(self) -> bool:
        """Whether the folded part holds an error, so that it must be seen."""
        names = ("manifestation", "finding_other", "matter", "responsible")
        return any(name in self.errors for name in names)


class MeasureForm(NewRowForm):
    """One 防范措施 and the points it answers."""

    text = forms.CharField(label="防范措施", max_length=2000, widget=area(3, autofocus=True))
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
    responsible = forms.CharField(label="责任人", max_length=64, required=False)
    timing = forms.CharField(label="时限或频次", max_length=64, required=False)
    basis = forms.CharField(label="制度依据", max_length=200, required=False)

    def __init__(self, *args, points, measure: Measure | None = None, **kwargs):
        initial = {}
        if measure is not None:
            initial = {name: getattr(measure, name) for name in editing.MEASURE_FIELDS} | {"lock": measure.lock}
            initial["points"] = [point.pk for point in measure.points.all()]
        super().__init__(*args, initial=initial | kwargs.pop("initial", {}), **kwargs)
        self.fields["points"].queryset = points
        numbers = {point.pk: number for number, point in enumerate(points, start=1)}
        # The rows are read again when the page is made: somebody may have added one since they were numbered.
        self.fields["points"].label_from_instance = lambda point: (
            f"{numbers.setdefault(point.pk, len(numbers) + 1)}. {point.text[:36]}{'…' if len(point.text) > 36 else ''}"
        )
        self.drop(*([] if points else ["points"]), *(["token"] if measure is not None else []))

    def layout(self):
        rest = Div("responsible", "timing", css_class="field-row")
        points = [Field("points", wrapper_class="stacked")] if "points" in self.fields else []
        return Layout(*self.carried, "text", Field("stage", wrapper_class="pick"), *points, rest, "basis")


class ExemptionForm(CrispyForm):
    """Why a post has no risk point."""

    reason = forms.CharField(
        label="没有风险点的原因",
        max_length=PostExemption._meta.get_field("reason").max_length,
        widget=area(2, autofocus=True),
        help_text="例如：该岗位暂缺人员，职责由某岗位代行，风险点列在该岗位。",
    )


class AssessmentForm(CrispyForm):
    """The reviewer's level, reason and remark of one point."""

    level = forms.TypedChoiceField(
        label="核定等级", choices=Level.choices, coerce=int, empty_value=None, required=False
    )
    reason = forms.CharField(label="理由", max_length=500, required=False, widget=area(1))
    remark = forms.CharField(label="给部门的意见", max_length=1000, required=False, widget=area(1))


class ReviewForm(LockedForm):
    """The reviewer's opinion of the whole table."""

    comment = forms.CharField(label="意见（退回时必填）", max_length=2000, required=False, widget=area(3))


class CommentForm(CrispyForm):
    """The opinion that goes with an act."""

    comment = forms.CharField(label="意见", max_length=2000, widget=area(4, autofocus=True))


class ReviseForm(CrispyForm):
    """Why a version in force is revised (R34)."""

    reason = forms.CharField(
        label="修订原因",
        max_length=500,
        widget=area(3, autofocus=True),
        help_text="例如：岗位调整、流程变化、检查中发现漏洞、公示中收到意见。",
    )


class ScanForm(CrispyForm):
    """One scanned sheet; what it is, is judged by its content, which is read whole."""

    scan = forms.FileField(
        label="签字盖章后的扫描件",
        help_text=f"PDF、JPG 或 PNG，不超过 {SCAN_MEGABYTES} MB。",
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
        error_messages={"required": "请先选择扫描件。", "empty": scan_reading.EMPTY},
    )

    def clean_scan(self):
        scan = self.cleaned_data.get("scan")
        if not scan:
            return None
        if scan.size > SCAN_BYTES:
            raise forms.ValidationError(f"文件超过 {SCAN_MEGABYTES} MB，请降低扫描分辨率后再上传。")
        content = scan.read()
        scan.seek(0)
        try:
            read = confined(scan_reading.read_scan, content, limits=SCAN_LIMITS, words=SCAN)
        except RefusedError as error:
            raise forms.ValidationError(str(error)) from error
        scan.name = f"scan.{read['kind']}"
        return scan


class WorkbookForm(CrispyForm):
    """A workbook to import; what is in it is read in a confined process."""

    workbook = forms.FileField(
        label="Excel 文件",
        help_text=".xlsx，不超过 5 MB。",
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        error_messages={"required": "请先选择 Excel 文件。"},
    )

    def clean_workbook(self):
        workbook = self.cleaned_data["workbook"]
        if workbook.size > WORKBOOK_LIMIT:
            raise forms.ValidationError("文件超过 5 MB。请删去图片和多余的工作表，另存后再上传。")
        return workbook


class PreviewForm(CrispyForm):
    """What was read from a workbook, signed, on its way from the preview to the draft; and what of it is taken."""

    rows = forms.CharField(widget=forms.HiddenInput)
    shown = forms.CharField(widget=forms.HiddenInput, required=False)
    take = forms.MultipleChoiceField(label="导入哪些", required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args, file, **kwargs):
        super().__init__(*args, **kwargs)
        choices = file.choices
        self.fields["take"].choices = [(choice.key, f"{choice.label}：{choice.counts}") for choice in choices]
        self.is_choosing = len(choices) > 1 or not all(choice.is_chosen for choice in choices)
        if not self.is_choosing:
            del self.fields["take"]
            self.helper.layout = Layout("rows")

    @property
    def taken(self):
        """The keys of what is to be taken, None where there was nothing to choose."""
        return self.cleaned_data["take"] if self.is_choosing else None

    @property
    def is_as_shown(self):
        """Whether the ticks are still those whose preview was on the page: nothing is saved unseen."""
        return not self.is_choosing or self.cleaned_data["shown"] == ",".join(self.cleaned_data["take"])


class RemarkAnswerForm(CrispyForm):
    """The department's answer to one remark of the reviewer's."""

    text = forms.CharField(label="说明", max_length=500, required=False, widget=area(3))
    kind = forms.ChoiceField(choices=RemarkAnswerKind.choices, widget=forms.HiddenInput)


class ReplaceScanForm(ScanForm):
    """Another scan in the place of a wrong one."""

    reason = forms.CharField(
        label="更换原因",
        max_length=200,
        widget=area(2),
        help_text="例如：扫描成了另一张表、漏了盖章的一页、看不清。原来的扫描件保留，标为“已更换”。",
    )


class SignatureForm(ScanForm):
    """What the office records of the signed and sealed paper. Who signed follows from the day; only a deputy is chosen.

    `principals_on(day)` gives the names of those who were 单位主要负责人 on a day, `deputies` who may sign for them.
    """

    signed_on = forms.DateField(label="签字日期")
    deputy = forms.ChoiceField(label="签字人", required=False)
    deputy_reason = forms.CharField(
        label="代签原因（副职代签时必填）",
        max_length=200,
        required=False,
        help_text="写明为什么由他主持工作，如“校长外出学习，党委会议决定由其主持工作”。",
    )
    comment = forms.CharField(label="备注", max_length=2000, required=False, widget=area(2))

    def __init__(self, *args, submitted_on, principals_on, deputies, is_noted=False, **kwargs):
        self.submitted_on, self.principals_on, self.signer_name = submitted_on, principals_on, ""
        super().__init__(*args, **kwargs)
        now = "、".join(principals_on(timezone.localdate())) or "没有登记"
        own = ("", f"单位主要负责人（按签字日期自动记录，现任：{now}）")
        self.fields["deputy"].choices = [own, *((name, f"{name}（主持工作，代签）") for name in deputies)]
        self.fields["scan"].required = is_noted
        if not is_noted:
            self.fields["scan"].help_text += "暂时没有的，可以先登记签字；补上扫描件以后，本表才是现行版。"

    def layout(self):
        return Layout("signed_on", "deputy", "deputy_reason", "scan", "comment")

    def clean_signed_on(self):
        day = self.cleaned_data["signed_on"]
        if day > timezone.localdate():
            raise forms.ValidationError("签字日期不能晚于今天。")
        if self.submitted_on is not None and day < self.submitted_on:
            raise forms.ValidationError(f"签字日期不能早于提交日期（{cn_date(self.submitted_on)}）。")
        return day

    def clean(self):
        data = super().clean()
        day, self.signer_name = self.cleaned_data.get("signed_on"), self.cleaned_data.get("deputy", "")
        reason = stripped(self.cleaned_data.get("deputy_reason", ""))
        if self.signer_name and not reason and "deputy_reason" not in self.errors:
            self.add_error("deputy_reason", "副职代签的，请写明原因。")
        if reason and not self.signer_name and "deputy" not in self.errors:
            self.add_error("deputy", "写了代签原因，请选代签的人；单位主要负责人本人签字的，请清空代签原因。")
        if day is not None and not self.signer_name:
            names = self.principals_on(day)
            self.signer_name = names[0] if names else ""
            if not names:
                self.add_error("signed_on", signing.signer_problem("", day, ""))
        return data


class ConfirmForm(ProofForm, CrispyForm):
    """The principal's own confirmation in the browser."""

    agree = forms.BooleanField(
        label="我已审阅本表，同意审核意见，确定上述风险等级。",
        error_messages={"required": "请勾选后再确定；如不同意，请退回修改并写明意见。"},
    )
    comment = forms.CharField(label="意见（选填）", max_length=2000, required=False, widget=area(2))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.drop("password" if self.asks_code else "code")

    def layout(self):
        return Layout("agree", "comment", *(name for name in ("code", "password") if name in self.fields))
