"""导出的文件: given at once where they are small, else led to the page that says how far they are."""

from contextlib import ExitStack

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from riskcontrol import turns
from riskcontrol.web.http import download, is_htmx
from riskcontrol.web.trouble import CrowdedError
from riskpoints.exports import orders, queue, shelf
from riskpoints.models.export import KEPT_FOR
from riskpoints.tables.papers import MEDIA_TYPES
from riskpoints.views.papers import give

NOT_THERE = f"这份文件已经不在了：导出的文件只保留 {KEPT_FOR.seconds // 60} 分钟。请重新导出。"


def give_or_queue(request, kind, asked, *, back):
    """The file, or the page of one's files where it will stand; `back` (an address) with why there is none."""
    try:
        order = orders.read(kind, asked, request.user)
    except orders.ExportError as error:
        messages.error(request, str(error))
        return redirect(back)
    with ExitStack() as turn:
        if order.is_quick and _comes_at_once(order, turn):
            return _given(request, order, back)
    try:
        queue.ask(kind, asked, order, actor=request.user)
    except orders.ExportError as error:
        messages.error(request, str(error))
    return redirect("riskpoints:exports")


def _comes_at_once(order, turn):
    """One small PDF at a time is printed in the web server of this machine, or pages would wait for sixteen of them."""
    if order.suffix != "pdf":
        return True
    try:
        turn.enter_context(turns.taken("quick-export", at_once=1, in_line=0, patience=0))
    except CrowdedError:
        return False
    return True


def _given(request, order, back):
    return give(
        request,
        lambda: order.make(orders.silent).content,
        order.name,
        verb=order.verb,
        back=back,
        target=order.target,
        detail=order.detail,
        inline=order.is_inline,
    )


@require_safe
def index(request):
    """One's own files: what waits, how far the one is that is being made, and what is ready."""
    queue.tend()
    exports = list(queue.of(request.user))
    context = {
        "exports": exports,
        "is_under_way": any(export.is_under_way for export in exports),
        "kept_minutes": KEPT_FOR.seconds // 60,
        "most_under_way": queue.MOST_UNDER_WAY,
    }
    template = "_exports.html" if is_htmx(request) else "exports.html"
    return render(request, f"riskpoints/exports/{template}", context)


@require_safe
def fetch(request, export_id):
    """The file itself."""
    export = shelf.finished(export_id, request.user)
    if export is None:
        messages.error(request, NOT_THERE)
        return redirect("riskpoints:exports")
    try:
        content = shelf.hand_out(export, actor=request.user)
    except orders.ExportError as error:
        messages.error(request, str(error))
        return redirect("riskpoints:exports")
    return download(content, export.name, MEDIA_TYPES[export.name.rpartition(".")[2]])


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request, export_id):
    """Take back what waits or is being made, remove what is ready. Who opens the address is led to the page."""
    if request.method == "POST":
        if queue.leave(export_id, actor=request.user):
            messages.success(request, "已取消并删除。")
        else:
            messages.error(request, NOT_THERE)
    return redirect("riskpoints:exports")
