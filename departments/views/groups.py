"""领导小组: its terms and the list of 附件1."""

from django.contrib import messages
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from departments import services
from departments.accounts.typed import keeps_typed
from departments.enums import GroupPosition
from departments.forms.group import GroupForm
from departments.models import LeadershipGroup, User
from departments.permissions import OrganisationAction
from departments.views.access import found, posted, requires, saved, show


@requires(OrganisationAction.VIEW)
def groups(request):
    """All terms, the latest first."""
    current = LeadershipGroup.on()
    rows = LeadershipGroup.objects.annotate(member_count=Count("members")).order_by("-since", "-id")
    return show(request, "groups", "groups", rows=rows, current=current)


@requires(OrganisationAction.VIEW)
def group(request, group_id):
    """One term's list as it is printed."""
    shown = get_object_or_404(LeadershipGroup.objects.select_related("office_director"), pk=group_id)
    members = list(shown.members.select_related("user"))
    lines = [(position.label, [row for row in members if row.position == position]) for position in GroupPosition]
    linked = [row for row in members if row.user]
    return show(request, "group", "groups", group=shown, lines=lines, linked=linked, total=len(members))


@keeps_typed
@requires(OrganisationAction.KEEP, holds=True)
def group_form(request, group_id=None):
    """Create a term or change its list."""
    row = found(request, LeadershipGroup.objects.all(), group_id) if group_id else LeadershipGroup()
    members = list(row.members.select_related("user")) if group_id else []
    form = GroupForm(posted(request), instance=row, members=members, people=User.objects.all())
    if request.method == "POST" and saved(form, lambda: _save_group(form, actor=request.user)):
        messages.success(request, f"已保存“{row}”，名单共 {len(form.rows)} 人。")
        return redirect("departments:group", row.pk)
    back = reverse("departments:group", args=[row.pk]) if group_id else reverse("departments:groups")
    title = "修改领导小组" if group_id else "新一届领导小组"
    return show(request, "form", "groups", form=form, title=title, back=back)


def _save_group(form, *, actor):
    services.save_group(form.instance, members=form.rows, director=form.cleaned_data["director"], actor=actor)
