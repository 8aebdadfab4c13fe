"""Forms of accounts, for those who keep them: finding and creating them, roles."""

from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.db.models import QuerySet

from departments.enums import DEPARTMENT_ROLES, SCHOOL_ROLES, Role
from departments.forms.structure import offer, row
from departments.forms.watched import WatchedForm
from departments.models import Department, RoleGrant, User
from riskcontrol.web.forms import CodeField, PlainForm

MAIL_HELP = "可不填。填了的，到期提醒和催办同时发到这个邮箱（学校设有邮件服务器时）；邮件里不写涉及个人的内容。"


class AccountForm(WatchedForm, forms.ModelForm):
    class Meta:
        model = User
        fields = ["staff_number", "real_name", "email"]
        field_classes = {"staff_number": CodeField}
        help_texts = {"staff_number": "登录时用，全校唯一。", "email": MAIL_HELP}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout(row("staff_number", "real_name"), "email")
        if self.instance.pk is None:  # whoever wants mails says so later
            del self.fields["email"]
            self.helper.layout = Layout(row("staff_number", "real_name"))


class OwnMailForm(PlainForm, forms.ModelForm):
    """Where one's own reminders are sent as well."""

    class Meta:
        model = User
        fields = ["email"]
        help_texts = {"email": MAIL_HELP}


class GrantForm(PlainForm, forms.ModelForm):
    role = forms.ChoiceField(label="角色", choices=[("", "请选择"), *Role.choices])

    class Meta:
        model = RoleGrant
        fields = ["role", "department"]

    def __init__(self, *args: Any, departments: QuerySet[Department], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self.fields["department"], departments, empty="（全校）")
        self.fields[
            "department"
        ].help_text = "职工、部门负责人、填报员须选部门；分管领导选所分管的部门，选“（全校）”的分管所有部门。"
        self.helper.layout = Layout(row("role", "department"))

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        role, department = self.cleaned_data.get("role"), self.cleaned_data.get("department")
        if role in DEPARTMENT_ROLES and department is None:
            self.add_error("department", f"请选择部门：{Role(role).label}须属于一个部门。")
        if role in SCHOOL_ROLES and department is not None:
            self.add_error("department", f"请选“（全校）”：{Role(role).label}是全校的角色，不分部门。")
        return cleaned


class AccountFilterForm(PlainForm, forms.Form):
    """What the list of accounts can be narrowed to; nonsense in the address narrows nothing."""

    q = forms.CharField(label="工号或姓名", max_length=64, required=False)
    role = forms.ChoiceField(label="角色", choices=[("", "全部"), *Role.choices], required=False)
    state = forms.ChoiceField(
        label="状态", choices=[("", "全部"), ("active", "启用"), ("disabled", "已停用")], required=False
    )

    def wanted(self) -> dict[str, str]:
        """The valid parts of the query."""
        self.is_valid()
        return {name: self.cleaned_data.get(name, "") for name in self.fields}
