"""How many opinions one source may send in a day before they are set aside; no address is kept for it."""

import datetime

from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from riskcontrol.audit import current_address
from riskcontrol.web.addresses import counted
from riskpoints.participation.models import SentCount

# A computer room may stand behind one address: what it sends beyond this is read and answered, but holds nothing back.
A_DAY = 5
# Beyond this somebody fills the disk; he is told where to turn to.
MOST_A_DAY = 200


def count(request: HttpRequest) -> int:
    """Count one opinion of this source; how many it has sent today.

    The source is known by a keyed hash of its address and the day, which says nothing on another day, stands beside no
    opinion, and is thrown away with the first one of a later day.
    """
    today = timezone.localdate()
    source = _source(request, today)
    with transaction.atomic():
        SentCount.objects.filter(day__lt=today).delete()
        mine = SentCount.objects.filter(source=source, day=today)
        if not mine.update(count=F("count") + 1):
            SentCount.objects.get_or_create(source=source, day=today)
            mine.update(count=F("count") + 1)
        return mine.values_list("count", flat=True)[0]


def _source(request: HttpRequest, day: datetime.date) -> str:
    address = current_address.get() or request.META["REMOTE_ADDR"]
    return salted_hmac("riskpoints.participation", f"{day} {counted(address)}", algorithm="sha256").hexdigest()
