"""Addresses of the organisation."""

from django.urls import path

from departments.views import accounts, functions, groups, importing, principals, rights, school, structure

app_name = "departments"
ACCOUNT = "accounts/<int:account_id>/"

urlpatterns = [
    path("", structure.index, name="index"),
    path("departments/new/", structure.department_form, name="department_new"),
    path("departments/<int:department_id>/", structure.department, name="department"),
    path("departments/<int:department_id>/edit/", structure.department_form, name="department_edit"),
    path("departments/<int:department_id>/close/", structure.close, name="department_close"),
    path("departments/<int:department_id>/posts/new/", structure.post_form, name="post_new"),
    path("posts/<int:post_id>/", structure.post_form, name="post_edit"),
    path("school/", school.school, name="school"),
    path("school/edit/", school.school_form, name="school_edit"),
    path("functions/", functions.functions, name="functions"),
    path("functions/new/", functions.function_form, name="function_new"),
    path("functions/posts/", functions.posts, name="post_functions"),
    path("functions/posts/<int:department_id>/", functions.department_posts, name="post_functions_edit"),
    path("functions/<int:function_id>/", functions.function_form, name="function_edit"),
    path("accounts/", accounts.accounts, name="accounts"),
    path("accounts/slips/", importing.new_slips, name="new_slips"),
    path("accounts/new/", accounts.account_new, name="account_new"),
    path(ACCOUNT, accounts.account, name="account"),
    path(f"{ACCOUNT}roles/", accounts.grant, name="grant"),
    path(f"{ACCOUNT}roles/<int:grant_id>/revoke/", accounts.revoke, name="revoke"),
    path(f"{ACCOUNT}active/", accounts.set_active, name="set_active"),
    path(f"{ACCOUNT}password/", accounts.reset_password, name="reset_password"),
    path(f"{ACCOUNT}code/", accounts.remove_code, name="remove_code"),
    path("import/", importing.choose, name="import"),
    path("import/save/", importing.save, name="import_save"),
    path("import/blank.xlsx", importing.template, {"kind": "blank"}, name="import_blank"),
    path("import/existing.xlsx", importing.template, {"kind": "existing"}, name="import_existing"),
    path("principals/", principals.terms, name="terms"),
    path("principals/new/", principals.term_form, name="term_new"),
    path("principals/<int:term_id>/", principals.term_form, name="term_edit"),
    path("rights/", rights.changes, name="rights"),
    path("groups/", groups.groups, name="groups"),
    path("groups/new/", groups.group_form, name="group_new"),
    path("groups/<int:group_id>/", groups.group, name="group"),
    path("groups/<int:group_id>/edit/", groups.group_form, name="group_edit"),
]
