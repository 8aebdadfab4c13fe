"""公示: what everybody at the school may read, without an account where the setting allows it."""

from functools import wraps

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from riskcontrol import audit
from riskcontrol.http import download
from riskpoints import documents, publication


def open_to_all(view):
    """Let in people without an account if PUBLIC_PUBLICATION is on; otherwise they are asked to log in."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not settings.PUBLIC_PUBLICATION and not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    return login_not_required(guarded)


@open_to_all
@require_safe
def index(request):
    """The tables in their publication period, and those in force."""
    running, in_force = publication.published_tables()
    return render(request, "riskpoints/publication.html", {"running": running, "in_force": in_force})


@open_to_all
@require_safe
def table(request, version_id):
    """One published table."""
    version = get_object_or_404(publication.published_versions(), pk=version_id)
    return render(request, "riskpoints/publication_table.html", {"sheet": publication.published_sheet(version)})


@open_to_all
@require_safe
def notice(request, version_id):
    """公示稿 of a department's published table as PDF, to be put on the board; 附件2 has neither posts nor levels."""
    versions = publication.published_versions().filter(table__department__isnull=False)
    version = get_object_or_404(versions, pk=version_id)
    name = f"{version.owner_name}{version.table.cycle.year}年度廉政风险点公示.pdf"
    reader = request.user if request.user.is_authenticated else None
    audit.record("下载公示稿", actor=reader, target=version, detail={"文件": name})
    return download(documents.notice_document(version), name, "application/pdf", inline=True)
