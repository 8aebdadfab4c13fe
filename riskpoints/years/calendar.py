"""The four dates of a year: their names, and those that a new year begins with."""

import datetime

from django.utils import timezone

from riskpoints.models import Cycle

DATES = ("fill_from", "fill_until", "review_until", "publish_until")
# 校内默认: the document gives no spans; a month to fill in, two weeks each to review and to publish and sign.
FILLING, REVIEWING, PUBLISHING = (datetime.timedelta(days=days) for days in (30, 14, 14))


def suggested_year() -> int:
    """This year, or the one after the newest."""
    newest = Cycle.objects.order_by("-year").values_list("year", flat=True).first()
    return max(timezone.localdate().year, newest + 1) if newest else timezone.localdate().year


def suggested_dates(year: int) -> dict[str, datetime.date]:
    """Dates to begin with: from today, or from March of a year to come, with the school's usual spans."""
    today = timezone.localdate()
    begin = today if today.year >= year else datetime.date(year, 3, 1)
    fill_until = begin + FILLING
    review_until = fill_until + REVIEWING
    dates = (begin, fill_until, review_until, review_until + PUBLISHING)
    return dict(zip(DATES, dates, strict=True))


def dates_state(cycle: Cycle) -> str:
    """The dates of a year as one text; their form carries it to notice that somebody else changed them."""
    return " ".join(getattr(cycle, name).isoformat() for name in DATES)
