"""What a department states instead of points."""

from django import forms

from riskpoints.forms.base import CrispyForm, area
from riskpoints.models import PostExemption


class ExemptionForm(CrispyForm):
    """Why a post has no risk point."""

    reason = forms.CharField(
        label="没有风险点的原因",
        max_length=PostExemption._meta.get_field("reason").max_length,
        widget=area(2, autofocus=True),
        help_text="例如：该岗位暂缺人员，职责由某岗位代行，风险点列在该岗位。",
    )
