"""What is noted of a request stays with it, and nothing else is hung on requests or rows."""

import re

from django.conf import settings

from riskcontrol.web.handlers import is_refused, refuse
from riskcontrol.web.noted import noted


def test_what_is_noted_of_one_request_is_not_of_another(rf):
    first, second = rf.get("/"), rf.get("/")
    refuse(first)
    noted(second).waiting = 3
    assert (is_refused(first), noted(first).waiting) == (True, None)
    assert (is_refused(second), noted(second).waiting) == (False, 3)


def test_nothing_is_hung_on_a_request():
    found = set()
    for app in ("riskcontrol", "departments", "riskpoints"):
        for path in (settings.BASE_DIR / app).rglob("*.py"):
            found |= set(re.findall(r"\brequest\.([a-zA-Z_]+) = ", path.read_text(encoding="utf-8")))
    # What departments.accounts.typed changes to ask whether a form would open is Django's own: POST is read anew, the
    # method changed, and messages go nowhere meanwhile.
    assert found <= {"POST", "method", "_messages"}
