"""A newer version of what a new year's draft was begun from: shown place by place, taken over or declined."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from riskcontrol.web.query import PLAIN_NUMBER
from riskpoints.models.table import FrozenError
from riskpoints.tables.drafts import NotOwnError
from riskpoints.tables.workflow import WorkflowError
from riskpoints.views.access import draft_for, only_posts
from riskpoints.views.sheet import VersionSheet
from riskpoints.years import taking


@require_safe
def index(request, version_id):
    """What the newer source offers; back to the table where nothing is left to choose about."""
    version = draft_for(request.user, version_id)
    sheet = VersionSheet(version, request.user)
    if sheet.offers is None:
        messages.info(request, "所本的现行表没有未处理的新版。")
        return redirect("riskpoints:version", version.pk)
    context = {"version": version, "sheet": sheet, "source": sheet.newer_source, "offers": sheet.offers}
    return render(request, "riskpoints/tables/carrying.html", context)


@only_posts
def choose(request, version_id):
    """One place, or all of them: taken over, or left as the draft has it."""
    version = draft_for(request.user, version_id)
    try:
        said = chosen(version, request.POST, request.user)
    except (WorkflowError, FrozenError, NotOwnError) as error:
        messages.error(request, str(error))
    except ValidationError as error:
        messages.error(request, "；".join(error.messages))
    else:
        messages.success(request, said)
    left = VersionSheet(draft_for(request.user, version.pk), request.user).offers
    return redirect("riskpoints:version" if left is None else "riskpoints:source", version.pk)


def chosen(version, sent, user):
    """Do what the pressed button says; returns what was done, in words."""
    source = sent.get("source", "")
    source_id = int(source) if PLAIN_NUMBER.fullmatch(source) else 0
    choice, key = sent.get("choice", ""), sent.get("key", "")
    if choice == "take_all":
        left = taking.take_all(version, source_id=source_id, actor=user)
        return f"已采纳新版，还有 {left} 处本稿也改过，请逐处选择。" if left else "已采纳新版的全部内容。"
    if choice == "keep_all":
        taking.keep_all(version, source_id=source_id, actor=user)
        return "已保留本稿，不再提示这一版。"
    write, word = (taking.take, "已采纳") if choice == "take" else (taking.keep_own, "已保留本稿，未采纳")
    offer = write(version, key, source_id=source_id, state=sent.get("state", ""), actor=user)
    return f"{word}“{offer.words}”。"
