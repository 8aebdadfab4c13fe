"""The form in which the office writes down that a department had another head before."""

from typing import Any, cast

from crispy_forms.layout import Div, Layout
from django import forms
from django.db.models import QuerySet

from departments.models import Department, User
from riskpoints.forms.base import CrispyForm


class HeadsForm(CrispyForm):
    """Which department, who was head before, and since when the present one is."""

    department = forms.ModelChoiceField(label="部门", queryset=Department.objects.none(), empty_label="请选择")
    former = forms.ModelChoiceField(
        label="前任负责人",
        queryset=User.objects.none(),
        empty_label="请选择",
        help_text="已经离校的也在这里选；没有账号的，请系统管理员先补上账号。",
    )
    on = forms.DateField(label="现任到任日期", help_text="前任考核到这一天的前一天。")

    def __init__(self, data: Any = None, *, departments: QuerySet[Department], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        asked = {"department": departments, "former": User.objects.order_by("pinyin", "staff_number")}
        for name, rows in asked.items():
            cast(forms.ModelChoiceField, self.fields[name]).queryset = rows

    def layout(self) -> Layout:
        return Layout(Div("department", "former", "on", css_class="field-row roomy"))
