"""The form of a 复核."""

from django import forms

from riskcontrol.web.forms import JudgedElsewhere
from riskpoints.campaign.models import LookThrough
from riskpoints.forms.base import CrispyForm, area


class LookThroughForm(JudgedElsewhere, CrispyForm, forms.ModelForm):
    """What was looked at."""

    class Meta:
        model = LookThrough
        fields = ("note",)
        widgets = {"note": area(3)}
        help_texts = {"note": "对照了什么，为什么不用改。写进审计记录和本表的历次版本。"}
