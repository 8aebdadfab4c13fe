"""配合的风险点 (R55): the points of others at which a department cooperates, and what its head says of each."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from departments.accounts.typed import keeps_typed
from riskpoints.participation import cooperation, forms
from riskpoints.participation.permissions import ParticipationAction, can
from riskpoints.participation.services import ParticipationError
from riskpoints.participation.views.lists import PAGE_SIZE, UNPROCESSABLE, tabs_of


@require_safe
def index(request):
    """All such points of the person's departments; of all departments for those who organise and check."""
    tabs, lines = tabs_of(request.user)
    if "cooperation" not in {tab.key for tab in tabs}:
        raise PermissionDenied("配合的风险点由配合部门的人员查看。")
    context = {
        "tabs": tabs,
        "tab": "cooperation",
        "page": Paginator(lines, PAGE_SIZE).get_page(request.GET.get("page")),
        "may_propose": can(request.user, ParticipationAction.PROPOSE),
        "reads_opinions": can(request.user, ParticipationAction.READ_OPINIONS),
        "reads_figures": can(request.user, ParticipationAction.VIEW_FIGURES),
    }
    return render(request, "participation/list.html", context)


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def point(request, point_id, department_id):
    """One point, as a department that cooperates at it reads it; its head answers."""
    line = cooperation.line_of(request.user, point_id, department_id)
    if line is None:
        raise Http404("No such point, or not for this person.")
    is_head = can(request.user, ParticipationAction.CO_ANSWER, line.department)
    if request.method == "POST" and not is_head:
        raise PermissionDenied("配合的风险点由配合部门负责人答复。")
    said = line.answer if line.is_current else None
    initial = {"seen": line.asked.said, "reply": said.reply if said else "", "reason": said.reason if said else ""}
    form = forms.CoAnswerForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            cooperation.answer(line, **form.cleaned_data, actor=request.user)
        except ParticipationError as error:
            form.add_error(None, str(error))
            form.renew("seen", line.asked.said)
        else:
            messages.success(request, "已答复。主管部门负责人、纪委和办公室能看到。")
            return redirect("participation:cooperation")
    context = {"line": line, "form": form, "may_answer": line.is_asked and is_head}
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "participation/co_point.html", context, status=status)
