"""A person's due days as a calendar, for programs that have no login: who knows the secret address, reads it."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.views.decorators.http import require_safe

from departments.accounts import calendar as addresses
from riskcontrol.web import ics
from riskpoints.desk import dues

NAME = "廉政风险防控待办"


@login_not_required
@require_safe
def calendar(request):
    """What waits for the owner of `?key=` and has its day. The secret stands in the query, which no log repeats."""
    user = addresses.owner(request.GET.get("key", ""))
    if user is None:
        raise Http404("No such calendar.")
    events = [
        ics.DayEvent(_uid(line.key, user), line.due, line.said, request.build_absolute_uri(line.place))
        for line in dues.lines_of(user)
        if line.due is not None
    ]
    response = HttpResponse(ics.calendar(NAME, events, now=timezone.now()), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="calendar.ics"'
    return response


def _uid(key, user):
    """The same for the same matter, and telling nobody which it is."""
    return f"{salted_hmac('riskpoints.feed', f'{user.pk} {key}', algorithm='sha256').hexdigest()[:32]}@riskcontrol"
