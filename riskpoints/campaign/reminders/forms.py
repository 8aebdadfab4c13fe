"""The form of 催办."""

from django import forms

from riskpoints.forms.base import CrispyForm, area


class RemindForm(CrispyForm):
    """What is said besides the matter itself; nothing has to be."""

    text = forms.CharField(
        label="催办内容（可不写）",
        max_length=300,
        required=False,
        widget=area(3),
        help_text="不写就是“请尽快办理。”。对方在待办里看到，请不要写案情和个人情况。",
    )
