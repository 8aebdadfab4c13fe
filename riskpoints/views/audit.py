"""审计记录: the trail for the auditor, and the whole register verified on demand."""

from itertools import islice

from django.core.paginator import Paginator
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from riskcontrol import anchors, audit, landmark, seals
from riskcontrol.backup.making import folder_of_backups
from riskcontrol.web import failures, visits
from riskcontrol.web.query import QueryReader
from riskpoints.evidence import trail
from riskpoints.evidence.verification import verify_register
from riskpoints.permissions import RegisterAction
from riskpoints.verbs import RegisterVerb
from riskpoints.views.access import requires

PAGE_SIZE = 50
MOST_FAULTS = 20
FAILURE_DAYS, MOST_FAILURES = 30, 10


@require_safe
@requires(RegisterAction.VIEW_AUDIT)
def index(request):
    """The trail, newest first."""
    return show(request)


@require_POST
@requires(RegisterAction.VIEW_AUDIT)
def verify(request):
    """Compare trail, decisions, content and files with one another, say what was found, and write that down."""
    head = audit.stored_head()
    faults = list(islice(verify_register(backups=folder_of_backups()), MOST_FAULTS))
    detail = {"条数": head.number, "末条校验值": head.hash, "结果": f"发现 {len(faults)} 处异常" if faults else "完整"}
    detail["封签"] = str(seals.state())
    audit.record(RegisterVerb.AUDIT_VERIFY, actor=request.user, detail=detail, succeeded=not faults)
    if not faults:
        landmark.remember()
    return show(request, verified=head, faults=faults)


def show(request, **context):
    """The page with the part of the trail that was asked for."""
    query = QueryReader(request.GET)
    known = trail.known_verbs()
    chosen = trail.read(query, [verb for verb, _ in known])
    page = Paginator(trail.entries(chosen), PAGE_SIZE).get_page(request.GET.get("page"))
    context |= {
        "page": page,
        "lines": trail.lines(page.object_list),
        "verbs": trail.by_app(known),
        "outcomes": trail.OUTCOMES.items(),
        "chosen": chosen,
        "head": audit.stored_head(),
        "seal": seals.state(),
        "anchor": anchors.state(folder_of_backups()),
        "failures": failures.lately(days=FAILURE_DAYS)[:MOST_FAILURES],
        "failure_days": FAILURE_DAYS,
        "strangers": visits.lately(RegisterVerb.NOTICE_DOWNLOAD, days=FAILURE_DAYS),
        "ignored": query.ignored,
    }
    return render(request, "riskpoints/evidence/audit.html", context)
