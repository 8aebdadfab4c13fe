"""Answering the remarks of a return: 已改 with one press, or 说明 with a few words."""

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from departments.accounts.typed import keeps_typed
from riskpoints.content.content import load
from riskpoints.enums import RemarkAnswerKind
from riskpoints.forms.reviewing import RemarkAnswerForm
from riskpoints.models.table import FrozenError
from riskpoints.tables import editing, returned
from riskpoints.views.access import draft_for, only_posts
from riskpoints.views.editing import UNPROCESSABLE, show_frozen


def following(version, remark):
    """The anchor of the next remark that is still to be answered, after this one or before it; else of the list."""
    last = returned.returned(load(version))
    items = last.items if last else []
    here = next((place for place, item in enumerate(items) if item.remark == remark), 0)
    left = [item for item in [*items[here:], *items[:here]] if item.is_open]
    return f"remark-{left[0].remark.pk}" if left else "returned"


@keeps_typed
@only_posts
def answer(request, version_id, remark_id):
    """Keep an answer to one remark, and go on to the next one in the list."""
    version = draft_for(request.user, version_id)
    remark = get_object_or_404(version.remarks.filter(sent_at__isnull=False), pk=remark_id)
    form = RemarkAnswerForm(request.POST)
    try:
        editing.require_draft(version)
        if form.is_valid():
            values = form.cleaned_data
            returned.answer_remark(remark, values["kind"], values["text"], actor=request.user)
            return redirect(f"{reverse('riskpoints:version', args=[version.pk])}#{following(version, remark)}")
    except FrozenError as error:
        typed = form["text"].value() or RemarkAnswerKind.CHANGED.label
        return show_frozen(request, version, [("说明", typed)], error)
    except ValidationError as error:
        form.refuse(error)
    context = {"version": version, "remark": remark, "form": form}
    return render(request, "riskpoints/tables/remark_answer.html", context, status=UNPROCESSABLE)
