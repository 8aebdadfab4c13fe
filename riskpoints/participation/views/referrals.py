"""An opinion that names a person: passed on to the committee, whose reviewer writes down the number of the paper."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from departments.accounts.typed import keeps_typed
from riskpoints.participation import forms, opinions
from riskpoints.participation.enums import FeedbackState
from riskpoints.participation.permissions import ParticipationAction, can
from riskpoints.participation.services import ParticipationError
from riskpoints.participation.views.lists import UNPROCESSABLE
from riskpoints.participation.views.opinions import readable


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def refer(request, feedback_id):
    """Pass it on; from then on only the committee sees it."""
    found = readable(request, feedback_id)
    if not can(request.user, ParticipationAction.REFER, found):
        raise PermissionDenied("涉及个人的意见由领导小组办公室或纪委转办。")
    if request.method != "POST" and found.state != FeedbackState.NEW:
        return done_already(request, found)
    form = forms.ReferForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            opinions.refer(found, to=form.cleaned_data["to"], actor=request.user)
        except ParticipationError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "已转纪委，以后只有纪委能看到这条意见。")
            return redirect("participation:opinions")
    lead = "转出以后，办公室、单位主要负责人和其他人都看不到这条意见；提意见的人会看到检举控告渠道。"
    return show(request, found, form, title="涉及个人，转纪委", lead=lead, act="转纪委")


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def petition(request, feedback_id):
    """Write down the number of the paper; the text is blanked."""
    found = readable(request, feedback_id)
    if not can(request.user, ParticipationAction.REGISTER, found):
        raise PermissionDenied("信访编号由办理的纪委审核员登记。")
    if request.method != "POST" and (found.state != FeedbackState.REFERRED or found.petition_number):
        return done_already(request, found)
    form = forms.PetitionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            opinions.register_petition(found, form.cleaned_data["number"], actor=request.user)
        except ParticipationError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "已登记编号，意见内容已清除。")
            return redirect("participation:opinion", found.pk)
    lead = "办理在纸面上进行，系统里只留编号、时间和经办人。"
    return show(request, found, form, title="登记信访编号", lead=lead, act="登记并清除内容")


def done_already(request, found):
    """Where somebody else was faster there is nothing to fill in; the opinion's page says what was done."""
    messages.info(request, "这条意见已经办理，办理情况见下。")
    return redirect("participation:opinion", found.pk)


def show(request, found, form, **words):
    """The page of one of the two forms."""
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "participation/referral.html", words | {"feedback": found, "form": form}, status=status)
