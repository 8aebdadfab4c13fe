"""What goes with an act: an opinion, a reason, a signature, the own confirmation."""

from crispy_forms.layout import Layout
from django import forms
from django.utils import timezone

from departments.forms.proof import ProofForm
from riskcontrol.templatetags.ui import cn_date
from riskcontrol.text import stripped
from riskpoints.forms.base import CrispyForm, area
from riskpoints.forms.scans import ScanForm
from riskpoints.tables import signing


class CommentForm(CrispyForm):
    """The opinion that goes with an act."""

    comment = forms.CharField(label="意见", max_length=2000, widget=area(4, autofocus=True))


class UnwalkedForm(CrispyForm):
    """Why a renewal is handed in although not all of its points were gone through."""

    reason = forms.CharField(
        label="没有逐条核对的原因",
        max_length=500,
        widget=area(2),
        error_messages={"required": "请先逐条核对，或写明原因再提交。"},
    )


class ReviseForm(CrispyForm):
    """Why a version in force is revised (R34)."""

    reason = forms.CharField(
        label="修订原因",
        max_length=500,
        widget=area(3, autofocus=True),
        help_text="例如：岗位调整、流程变化、检查中发现漏洞、公示中收到意见。",
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
        several = self._several()
        self.fields["deputy"].choices = [
            own,
            *((name, f"{name}（当日的单位主要负责人）") for name in several),
            *((name, f"{name}（主持工作，代签）") for name in deputies if name not in several),
        ]
        self.fields["scan"].required = is_noted
        if not is_noted:
            self.fields["scan"].help_text += "暂时没有的，可以先登记签字；补上扫描件以后，本表才是现行版。"

    def _several(self):
        """The principals of the day of the signature where there are two: the one who left, and the one who came."""
        given = self.data.get("signed_on") if self.is_bound else self.initial.get("signed_on")
        try:
            names = self.principals_on(self.fields["signed_on"].clean(given))
        except forms.ValidationError:
            return []
        return names if len(names) > 1 else []

    def layout(self):
        return Layout("signed_on", "deputy", "deputy_reason", "scan", "comment")

    def clean_signed_on(self):
        day = self.cleaned_data["signed_on"]
        if problem := signing.day_problem(day, self.submitted_on):
            raise forms.ValidationError(problem)
        return day

    def clean(self):
        data = super().clean()
        day, self.signer_name = self.cleaned_data.get("signed_on"), self.cleaned_data.get("deputy", "")
        reason = stripped(self.cleaned_data.get("deputy_reason", ""))
        if self.signer_name and self.signer_name in self._several() and not reason:
            return data
        if self.signer_name and not reason and "deputy_reason" not in self.errors:
            self.add_error("deputy_reason", "副职代签的，请写明原因。")
        if reason and not self.signer_name and "deputy" not in self.errors:
            self.add_error("deputy", "写了代签原因，请选代签的人；单位主要负责人本人签字的，请清空代签原因。")
        if day is not None and not self.signer_name:
            names = self.principals_on(day)
            self.signer_name = names[0] if names else ""
            if len(names) > 1 and not reason:
                said = "、".join(names)
                self.add_error("deputy", f"{cn_date(day)}的单位主要负责人有{said}，请选是谁签的。")
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
        return Layout(*(name for name in ("agree", "comment", "code", "password") if name in self.fields))


class ConfirmSeveralForm(ConfirmForm):
    """The same for several tables, each ticked by itself; an opinion belongs to one table and is given there."""

    comment = None  # type: ignore[assignment]  # Django's way to do without a field
    agree = forms.BooleanField(
        label="我已逐张审阅以上各表，同意审核意见，确定各表的风险等级。",
        error_messages={"required": "请勾选后再确定；有不同意的，请返回去掉勾选，另行退回修改。"},
    )
