"""The reviewer's levels, remarks and opinion, and the department's answers."""

from django import forms

from departments.enums import Level
from riskpoints.enums import RemarkAnswerKind
from riskpoints.forms.base import CrispyForm, LockedForm, area


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


class RemarkAnswerForm(CrispyForm):
    """The department's answer to one remark of the reviewer's."""

    text = forms.CharField(label="说明", max_length=500, required=False, widget=area(3))
    kind = forms.ChoiceField(choices=RemarkAnswerKind.choices, widget=forms.HiddenInput)
