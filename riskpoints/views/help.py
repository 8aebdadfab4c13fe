"""帮助: what each role does, when and how; what concerns everybody without an account as well."""

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from riskpoints import wings
from riskpoints.desk import help as desk


@login_not_required
@require_safe
def index(request):
    """The pages, one's own first, and how one logs in."""
    context = {"own": desk.own_pages(request.user), "others": desk.other_pages(request.user)}
    return render(request, "riskpoints/help/index.html", context)


@login_not_required
@require_safe
def page(request, key):
    """One page of the help; but for that of the public, who reads them has logged in."""
    shown = desk.page_of(key)
    if shown is None:
        raise Http404("No such page of the help.")
    if key != desk.PUBLIC and not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    context = {
        "shown": shown,
        "own": desk.own_pages(request.user),
        "others": desk.other_pages(request.user),
        "sections": wings.help_sections(key),
    }
    return render(request, shown.template, context)
