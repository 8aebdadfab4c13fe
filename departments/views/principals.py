"""主要负责人: who was 单位主要负责人 from when to when, which says whose signature counts on a day."""

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse

from departments import queries, services
from departments.forms.principals import TermForm
from departments.models import PrincipalTerm, User
from departments.permissions import OrganisationAction
from departments.views.access import found, posted, requires, saved, show


@requires(OrganisationAction.VIEW)
def terms(request):
    """All terms, the present one first."""
    return show(request, "terms", "terms", rows=queries.principal_terms())


@requires(OrganisationAction.KEEP, holds=True)
def term_form(request, term_id=None):
    """Correct the days of a term, or add one from before the register was used."""
    row = found(request, PrincipalTerm.objects.all(), term_id) if term_id else PrincipalTerm()
    now = next((term.user_id for term in queries.principal_terms() if term.until is None), None)
    people = User.objects.order_by("pinyin", "staff_number")
    form = TermForm(posted(request), instance=row, people=people, initial={} if term_id else {"user": now})
    if request.method == "POST" and saved(form, lambda: services.save_term(form.instance, actor=request.user)):
        messages.success(request, f"已保存{row.user}的任期。")
        return redirect("departments:terms")
    title = "修改任期" if term_id else "补登任期"
    return show(request, "form", "terms", form=form, title=title, back=reverse("departments:terms"))
