"""从 Excel 导入组织机构: choose a workbook, preview and mend, save; the workbook to fill in; slips."""

import base64

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments import services
from departments.accounts import passwords
from departments.accounts.hashing import hash_one_time
from departments.accounts.typed import keeps_typed
from departments.forms.importing import PreviewForm, WorkbookForm
from departments.importing import reading, saving, slips
from departments.importing.book import sealed
from departments.importing.columns import SHEETS
from departments.importing.lines import State
from departments.importing.template import choices, template_xlsx
from departments.importing.work import Orders
from departments.permissions import OrganisationAction
from departments.verbs import OrganisationVerb
from departments.views.access import CONFLICT, UNPROCESSABLE, requires, tabs_of
from riskcontrol import audit
from riskcontrol.paper.pdf import DocumentError
from riskcontrol.processes.confined import RefusedError
from riskcontrol.web.http import download

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
STALE = "预览已经过期，或不是您上传的。请重新上传文件。"


def _page(request, template, status=200, **context):
    context |= {"tab": "departments", "tabs": tabs_of(request.user)}
    return render(request, f"departments/importing/{template}.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(OrganisationAction.KEEP)
def choose(request):
    """The page to choose a workbook on; a chosen one is read, and what it would do is shown."""
    form = WorkbookForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if request.method == "POST" and form.is_valid():
        workbook = form.cleaned_data["workbook"]
        try:
            book = reading.read(workbook.read(), workbook.name)
        except RefusedError as error:
            form.add_error("workbook", str(error))
        else:
            return _preview(request, saving.rehearse(book, Orders(), actor=request.user))
    status = UNPROCESSABLE if form.is_bound else 200
    return _page(request, "import", status, form=form, sheets=SHEETS)


def _preview(request, work, status=200, form=None):
    carried = {"rows": sealed(work.book, request.user), "seen": saving.digest(work)}
    return _page(
        request,
        "import_preview",
        status,
        work=work,
        form=form,
        carried=carried,
        lists=choices(),
        most=saving.MOST_ACCOUNTS,
        counts={state.name.lower(): work.count(state) for state in State},
    )


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
@requires(OrganisationAction.KEEP)
def save(request):
    """Do what the preview showed, all of it or nothing; what was mended in it is shown again first."""
    if request.method != "POST":
        return redirect("departments:import")
    form = PreviewForm(request.POST)
    book, orders = form.book(request.user), form.orders()
    if book is None:
        messages.error(request, STALE)
        return redirect("departments:import")
    if not form.is_valid():
        return _preview(request, saving.rehearse(book, orders, actor=request.user), UNPROCESSABLE, form)
    address = request.build_absolute_uri(reverse("login"))
    try:
        done = saving.save(
            book,
            orders,
            seen=form.cleaned_data["seen"],
            actor=request.user,
            paper=lambda issued: slips.slips_pdf(issued, address=address),
        )
    except saving.ImportRefusedError as error:
        if error.message:
            messages.error(request, error.message)
        return _preview(request, error.work, CONFLICT if error.message else UNPROCESSABLE, form)
    except DocumentError as error:
        messages.error(request, f"密码条印不出来，什么都没有导入。{error}")
        return _preview(request, saving.rehearse(book, orders, actor=request.user), CONFLICT)
    return _done(request, *done)


def _done(request, work, printed):
    taken = sum(work.is_taken(line) for sheet in work.sheets for line in sheet.lines)
    return _handed_out(
        request,
        printed,
        title="已导入",
        work=work,
        new=[(sheet.kind.title, len(sheet.new)) for sheet in work.sheets if sheet.new],
        taken=taken,
        count=len(work.created),
    )


def _handed_out(request, printed, **context):
    """The answer with the slips in it: nowhere else are they kept."""
    data = base64.b64encode(printed).decode() if printed else ""
    name = f"{slips.TITLE} {timezone.localdate():%Y-%m-%d}.pdf"
    response = _page(request, "imported", data=data, file_name=name, until=passwords.one_time_until(), **context)
    response["Cache-Control"] = "no-store, private"
    return response


@require_safe
@requires(OrganisationAction.KEEP)
def template(request, kind):
    """The workbook to fill in: empty, or with the organisation as it is."""
    name = {"blank": "组织机构导入模板.xlsx", "existing": f"组织机构 {timezone.localdate():%Y-%m-%d}.xlsx"}[kind]
    audit.record(OrganisationVerb.DOWNLOAD_SHEET, actor=request.user, label=name, detail={"文件": name})
    return download(template_xlsx(is_filled=kind == "existing"), name, XLSX)


@require_POST
@requires(OrganisationAction.KEEP)
def new_slips(request):
    """New one-time passwords, as slips, for those who never logged in: for slips that were lost or ran out."""
    waiting = list(services.never_logged_in().exclude(pk=request.user.pk)[: saving.MOST_ACCOUNTS])
    if not waiting:
        messages.info(request, "没有从未登录的账号，不需要密码条。")
        return redirect("departments:accounts")
    issued = [slips.issued_to(user, services.one_time_password()) for user in waiting]
    hashes = {user: hash_one_time(slip.password) for user, slip in zip(waiting, issued, strict=True)}
    printed = slips.slips_pdf(issued, address=request.build_absolute_uri(reverse("login")))
    done = services.reissue_passwords(hashes, actor=request.user)
    return _handed_out(request, printed, title="密码条已重新生成", count=len(done))
