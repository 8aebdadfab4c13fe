"""从 Word 或 Excel 导入: paste a table or choose a file, see what it would add, add it; and the template to fill in."""

import hashlib

from django.contrib import messages
from django.http import QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from departments.accounts.typed import keeps_typed
from riskcontrol import audit
from riskcontrol.processes.confined import RefusedError
from riskcontrol.web.http import download
from riskpoints.forms.mending import Mending, Preview, lists_of
from riskpoints.forms.workbooks import PreviewForm, SourceForm
from riskpoints.importing import carrying, reading, saving, undoing
from riskpoints.importing.lines import FAULTY, digest
from riskpoints.importing.owning import refuse_foreign
from riskpoints.importing.plan import plan
from riskpoints.importing.template import template_xlsx
from riskpoints.models.table import FrozenError
from riskpoints.permissions import writes
from riskpoints.tables import editing, papers
from riskpoints.tables.refusal import WorkflowError
from riskpoints.verbs import RegisterVerb
from riskpoints.views.access import draft_for, only_posts
from riskpoints.views.editing import CONFLICT, UNPROCESSABLE, show_frozen

STALE = "预览已经过期，或不是为这张表做的。请重新上传文件。"
CHANGED = "预览有了变动，还没有导入。请看过新的预览，再点“导入到草稿”。"
NAME_LENGTH = 100
PASTED = "粘贴的表格"


@require_http_methods(["GET", "HEAD", "POST"])
def choose(request, version_id):
    """The page to paste or to choose on; what was sent is read, and what it would add is shown."""
    version = draft_for(request.user, version_id)
    try:
        editing.require_draft(version)
    except FrozenError as error:
        messages.error(request, str(error))
        return redirect("riskpoints:version", version.pk)
    form = SourceForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if request.method == "POST" and form.is_valid():
        try:
            return show_preview(request, version, read_source(**form.cleaned_data))
        except RefusedError as error:
            form.refuse(error)
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "riskpoints/importing/import.html", {"version": version, "form": form}, status=status)


def read_source(*, pasted, html, workbook):
    """The content of what was sent. RefusedError where it can't be read."""
    if not workbook:
        fingerprint = hashlib.sha256((html or pasted).encode(errors="replace")).hexdigest()
        return carrying.ReadFile(PASTED, fingerprint, reading.read_pasted(html, pasted))
    content = workbook.read()
    name = "".join(character for character in workbook.name if character.isprintable())[-NAME_LENGTH:]
    return carrying.ReadFile(name, hashlib.sha256(content).hexdigest(), reading.read_parts(content))


def show_preview(request, version, file, *, form=None, chosen=None, found=None, mending=None, status=200):
    """What a file would add to the draft, line by line; it is carried in the page, signed."""
    mending = mending or Mending(QueryDict())
    keys = mending.taken(file) if chosen is None else chosen
    found = found or planned(request.user, version, file.taken(keys), mending.orders)
    if form is None:
        rows = carrying.sealed(file, version, request.user)
        initial = {"rows": rows, "take": keys, "shown": ",".join(keys)}
        form = PreviewForm(file=file, initial=initial | {"seen": digest(found)})
    else:
        form.renew("seen", digest(found))
    preview = Preview(version, found, mending)
    context = {"version": version, "file": file, "plan": found, "form": form, "preview": preview}
    context |= {"lists": lists_of(file, keys)}
    return render(request, "riskpoints/importing/import_preview.html", context, status=status)


def planned(user, version, content, orders):
    """The plan as this person may carry it out."""
    found = plan(version, content, orders)
    if version.table.is_leaders:
        refuse_foreign(found, writes(user, version.table))
    return found


@keeps_typed
@only_posts
def save(request, version_id):
    """Add what the preview showed, all of it or nothing; what was mended in it is shown again first."""
    version = draft_for(request.user, version_id)
    file = carrying.opened(request.POST.get("rows", ""), version, request.user)
    if file is None:
        messages.error(request, STALE)
        return redirect("riskpoints:import", version.pk)
    mending = Mending(request.POST)
    file = file.with_columns(mending.columns)
    form = PreviewForm(request.POST, file=file)
    try:
        editing.require_draft(version)
        if not form.is_valid():
            return show_preview(request, version, file, form=form, mending=mending, status=UNPROCESSABLE)
        content = file.taken(form.taken)
        found = planned(request.user, version, content, mending.orders)
        if status := _why_shown_again(request, form, found, mending):
            return show_preview(request, version, file, chosen=form.taken, found=found, mending=mending, status=status)
        done = saving.save(
            version, content, mending.orders, file_name=file.name, sha256=file.sha256, actor=request.user
        )
    except saving.ImportRefusedError as error:
        messages.error(request, str(error))
        return show_preview(request, version, file, form=form, found=error.plan, mending=mending, status=CONFLICT)
    except FrozenError as error:
        return show_frozen(request, version, [(file.name, "文件的内容没有导入。")], error)
    counts = "，".join(f"{name} {count}" for name, count in done.counts.items())
    messages.success(
        request, f"已从“{file.name}”导入：{counts}。" if counts else "文件里的内容草稿里都有了，没有添加。"
    )
    return redirect("riskpoints:version", version.pk)


def _why_shown_again(request, form, found, mending):
    """The status with which the preview is shown once more: asked for, mended since it was shown, or still wrong."""
    if {"again", "open"} & request.POST.keys():
        return 200
    seen = form.cleaned_data["seen"]
    if not form.is_as_shown or (found.new and seen and seen != digest(found) and not found.wrong):
        messages.info(request, CHANGED)
        return 200
    # Where nothing was wrong when it was shown, and nothing was mended since, the draft has changed: save() says so.
    was_seen_wrong = seen.startswith(FAULTY) or bool(mending.edits)
    return UNPROCESSABLE if found.wrong and was_seen_wrong else None


@only_posts
def undo(request, version_id):
    """Take the last import into a draft back, until the next change."""
    version = draft_for(request.user, version_id)
    try:
        editing.require_draft(version)
        done = undoing.undo(version, actor=request.user)
    except (FrozenError, WorkflowError) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"已撤销从“{done.file_name}”的导入，草稿恢复到导入以前。")
    return redirect("riskpoints:version", version.pk)


@require_safe
def template(request, version_id, kind):
    """The import template of this table, empty or with what stands in the draft."""
    version = draft_for(request.user, version_id)
    words = {"blank": "空白", "draft": "草稿内容"}[kind]
    name = f"{version.owner_name}防控表导入模板（{words}）.xlsx"
    audit.record(RegisterVerb.TEMPLATE_DOWNLOAD, actor=request.user, target=version, detail={"文件": name})
    return download(template_xlsx(version, is_filled=kind == "draft"), name, papers.MEDIA_TYPES["xlsx"])
