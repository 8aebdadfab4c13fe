"""The school's own particulars: the names that its documents print."""

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse

from departments import services
from departments.accounts.typed import keeps_typed
from departments.forms.structure import SchoolForm
from departments.models import School
from departments.permissions import OrganisationAction
from departments.views.access import posted, requires, saved, show

LEAD = "两个名称就够开始了。党组织、发文代字、表的标题和全宗号，以后在这里随时可以补充、修改。"


@requires(OrganisationAction.VIEW)
def school(request):
    """The particulars, for reading."""
    found = School.objects.filter(pk=1).first()
    fields = [field for field in School._meta.fields if not field.primary_key]
    rows = [(field.verbose_name, getattr(found, field.name)) for field in fields] if found else []
    return show(request, "school", "school", rows=rows)


@keeps_typed
@requires(OrganisationAction.KEEP, holds=True)
def school_form(request):
    """Change the particulars; documents already decided keep what they printed."""
    row = School.objects.select_for_update().filter(pk=1).first() if request.method == "POST" else None
    row = row or School.objects.filter(pk=1).first() or School(pk=1)
    is_first, form = row._state.adding, SchoolForm(posted(request), instance=row)
    if request.method == "POST" and saved(form, lambda: services.save_record(row, actor=request.user)):
        messages.success(request, "已保存学校信息，今后打印的表按新的文字。")
        return redirect("riskpoints:set_up" if is_first else "departments:school")
    words = {"lead": LEAD} if is_first else {}
    title = "登记学校信息" if is_first else "修改学校信息"
    return show(request, "form", "school", form=form, title=title, back=reverse("departments:school"), **words)
