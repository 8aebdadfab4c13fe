"""Adding, changing and retiring entries; the questions of each category."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments.accounts.typed import keeps_typed
from riskcontrol.web.http import next_url
from riskpoints.enums import ALL_CATEGORIES, CATEGORY_GUIDES
from riskpoints.library import queries
from riskpoints.library.forms import QuestionsForm, RiskForm
from riskpoints.library.views.access import CONFLICT, UNPROCESSABLE, requires
from riskpoints.references.library import services
from riskpoints.references.library.models import TypicalRisk
from riskpoints.references.library.permissions import LibraryAction, can


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
@requires(LibraryAction.KEEP)
def add(request):
    """A new entry."""
    return _edit(request, None)


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
@requires(LibraryAction.KEEP)
def change(request, risk_id):
    """Change an entry."""
    return _edit(request, _found(risk_id))


def _found(risk_id):
    return get_object_or_404(TypicalRisk.objects.prefetch_related("functions", "measures"), pk=risk_id)


def _edit(request, risk):
    form, status = RiskForm(*([request.POST] if request.method == "POST" else []), risk=risk), 200
    if request.method == "POST":
        status = UNPROCESSABLE
        try:
            if form.is_valid():
                lock = form.cleaned_data["lock"]
                saved = services.save_risk(form.values, risk=risk, lock=lock, actor=request.user)
                messages.success(request, f"已保存 {saved.key}。")
                return redirect(f"{reverse('library:index')}#risk-{saved.pk}")
        except ValidationError as error:
            form.refuse(error)
        except services.ConflictError:
            status = CONFLICT
            form.face(RiskForm(risk=_found(risk.pk)))
    context = {"form": form, "risk": risk, "areas": queries.choices().areas}
    return render(request, "library/form.html", context | {"is_conflict": status == CONFLICT}, status=status)


@require_POST
@requires(LibraryAction.KEEP)
def activate(request, risk_id):
    """Retire an entry, or bring it back."""
    risk = get_object_or_404(TypicalRisk, pk=risk_id)
    wanted = request.POST.get("active") == "1"
    try:
        services.set_active(risk, wanted, actor=request.user)
    except ValidationError as error:
        messages.error(request, "；".join(error.messages))
    else:
        said = f"已恢复 {risk.key}。" if wanted else f"已停用 {risk.key}，以前引用它的风险点不受影响。"
        messages.success(request, said)
    return redirect(next_url(request, reverse("library:index")))


@require_safe
@requires(LibraryAction.READ)
def questions(request):
    """The questions of all categories."""
    rows = [(value, label, services.questions_of(value)) for value, label in ALL_CATEGORIES]
    return render(request, "library/questions.html", {"rows": rows, "may_keep": can(request.user, LibraryAction.KEEP)})


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
@requires(LibraryAction.KEEP)
def question_form(request, category):
    """Change the questions of a category."""
    label = dict(ALL_CATEGORIES).get(category)
    if label is None:
        raise Http404("No such category.")
    form = _questions(category, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            services.set_questions(category, data["questions"], seen=data["lock"], actor=request.user)
        except ValidationError as error:
            form.refuse(error)
            form.face(_questions(category))
        else:
            messages.success(request, f"已保存{label}的引导问题。")
            return redirect("library:questions")
    context = {"form": form, "label": label, "guide": CATEGORY_GUIDES.get(category, "")}
    return render(request, "library/question_form.html", context, status=UNPROCESSABLE if form.is_bound else 200)


def _questions(category, data=None):
    initial = {"questions": "\n".join(services.questions_of(category)), "lock": services.state_of(category)}
    return QuestionsForm(data, initial=initial)
