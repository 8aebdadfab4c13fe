"""权限变动: what an administrator changed of accounts and roles, for those who see the organisation."""

from django.core.paginator import Paginator
from django.views.decorators.http import require_safe

from departments import rights
from departments.permissions import OrganisationAction
from departments.views.access import requires, show

PAGE_SIZE = 30


@require_safe
@requires(OrganisationAction.VIEW)
def changes(request):
    """The changes, the latest first."""
    page = Paginator(rights.entries(), PAGE_SIZE).get_page(request.GET.get("page"))
    return show(request, "rights", "rights", page=page, changes=[rights.told(entry) for entry in page.object_list])
