"""Papers of findings and handlings to take away: 通知书, 回告表, blank 谈话记录, 问题整改台账, 处置卷."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_safe

from departments.models import School
from riskpoints.documents.listing import listing_document
from riskpoints.oversight.handling import ledger, papers, record
from riskpoints.oversight.handling.locking import record as write_down
from riskpoints.oversight.handling.permissions import (
    NOT_REGISTERING,
    registers,
    require_reads,
    seen_findings,
    seen_handlings,
)
from riskpoints.oversight.verbs import OversightVerb
from riskpoints.views.of_year import chosen_year, give_list
from riskpoints.views.papers import give, print_unnoted

# By the word in the address: whether there is such a paper of a handling, what makes it, what prints it.
Maker = tuple[Callable[[papers.Told], bool], Callable[..., Any], Callable[..., bytes]]
MAKERS: dict[str, Maker] = {
    "notice": (lambda told: told.has_notice, papers.notice, papers.notice_pdf),
    "reply": (lambda told: told.has_reply_sheet, papers.reply_sheet, papers.reply_sheet_pdf),
    "talk": (lambda told: told.has_talk_record, papers.talk_blank, papers.talk_blank_pdf),
}
NAMES = {"reply": papers.REPLY_SHEET, "talk": papers.TALK_RECORD}


@require_safe
def paper(request, handling_id, paper):
    """One paper of a handling as PDF. Of a matter about a person the trail says its number only."""
    found = get_object_or_404(seen_handlings(request.user), pk=handling_id)
    told = record.told(found)
    if paper not in MAKERS or not MAKERS[paper][0](told):
        raise Http404("No such paper.")
    _, make, printed = MAKERS[paper]
    name = f"{NAMES.get(paper) or told.title}_{found.number}.pdf"
    back = reverse("oversight:handling", args=[found.pk])
    made = partial(printed, make(told, School.current()))
    if not found.is_personal:
        return give(request, made, name, verb=OversightVerb.HANDLING_PRINT, back=back, target=found, inline=True)
    response = print_unnoted(request, made, name, back=back, inline=True)
    write_down(OversightVerb.HANDLING_PRINT, request.user, found, {})
    return response


@require_safe
def listing(request, kind):
    """问题整改台账 of the findings of a year that this person sees, as PDF or .xlsx; departments' only."""
    require_reads(request.user)

    def of(cycle):
        rows = record.ledger_lines(cycle, seen_findings(request.user))
        return ledger.listing(cycle.year, rows, School.current())

    return give_list(request, kind, ledger.TITLE, of, verb=OversightVerb.HANDLING_PRINT, back=_index)


@require_safe
def volume(request):
    """处置卷 for the committee: numbers, kinds, days and where the paper lies; never in an archive (T22)."""
    if not registers(request.user):
        raise PermissionDenied(NOT_REGISTERING)
    cycle = chosen_year(request)
    if cycle is None:
        raise Http404("No such paper.")
    rows = record.volume_lines(cycle, seen_handlings(request.user))
    made = partial(listing_document, ledger.volume(cycle.year, rows, School.current()), "pdf")
    name = f"{cycle.year}年度{ledger.VOLUME}.pdf"
    verb = OversightVerb.HANDLING_PRINT
    return give(request, made, name, verb=verb, back=_index(cycle), target=cycle, inline=True)


def _index(cycle):
    return f"{reverse('oversight:findings')}?year={cycle.year}"
