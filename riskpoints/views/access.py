"""Swapping an id in an address for an object this person may see."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect

from departments.models import User
from riskpoints.content.versions import versions_with_decisions
from riskpoints.enums import Action
from riskpoints.models import ControlTable, TableVersion
from riskpoints.permissions import RegisterAction, can, fills, visible_versions

REFUSALS = {
    RegisterAction.VIEW_PROGRESS: "全校进度由领导小组办公室、纪委审核员、分管领导和单位主要负责人查看。",
    RegisterAction.VIEW_CHARGE: "分管工作由分管领导和单位主要负责人查看。",
    RegisterAction.COMPARE_YEARS: "年度对照由领导小组办公室、纪委审核员、单位主要负责人、分管领导和部门负责人查看。",
    RegisterAction.VIEW_REGISTER: "您的角色不能查看风险点登记册。已公示的内容请看“公示”。",
    RegisterAction.OPEN_YEAR: "年度由领导小组办公室开启和维护。",
    RegisterAction.BUILD_ARCHIVE: "年度档案由系统管理员生成和下载。",
    RegisterAction.CLOSE_YEAR: "年度由领导小组办公室关闭。",
    RegisterAction.VIEW_SIGNATURES: "签字与扫描件由领导小组办公室、纪委审核员、单位主要负责人和审计员查看。",
    RegisterAction.SORT_SCANS: "签字扫描件由领导小组办公室上传和登记。",
    RegisterAction.VIEW_AUDIT: "审计记录只由审计员查看。",
}


def requires(*actions: RegisterAction) -> Callable:
    """Let in who may do one of the actions; 403 with the reason for everybody else."""

    def decorate(view: Callable) -> Callable:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not any(can(request.user, action) for action in actions):
                raise PermissionDenied(REFUSALS[actions[0]])
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def only_posts(view: Callable) -> Callable:
    """For an address that only forms are sent to. Who opens it otherwise (a reload after an error, the way back from
    the login page) is led to the page that has the form."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST":
            return view(request, *args, **kwargs)
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["POST"])
        version_id = kwargs.get("version_id")
        return redirect("riskpoints:version", version_id) if version_id else redirect("riskpoints:mine")

    return guarded


def version_for(user: User, version_id: int) -> TableVersion:
    """The version, if it exists for this person, else Http404."""
    versions = versions_with_decisions(visible_versions(user)).select_related("table__in_force", "base")
    return get_object_or_404(versions, pk=version_id)


def draft_for(user: User, version_id: int) -> TableVersion:
    """The version, if this person may fill it in: Http404 where it doesn't exist for them, else PermissionDenied."""
    version = version_for(user, version_id)
    if not can(user, Action.EDIT, version):
        raise PermissionDenied("您没有填写这张表的权限。")
    return version


def table_filled_by(user: User, table_id: int) -> ControlTable:
    """The table, if this person fills it in, else Http404."""
    table = get_object_or_404(ControlTable.objects.select_related("cycle", "department"), pk=table_id)
    if not fills(user, table):
        raise Http404("No such table.")
    return table
