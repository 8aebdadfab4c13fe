"""Slips with one-time passwords to be cut apart: made in memory from what was just issued, kept nowhere."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from departments.accounts import passwords
from departments.models import School, User
from riskcontrol.paper.fonts import font_set
from riskcontrol.paper.pdf import render_pdf

PER_PAGE = 8
# Stands for a character that no face on the server can draw: the slip is still printed.
GAP = "〓"
TITLE = "一次性密码条"


@dataclass(frozen=True)
class Issued:
    """An account with its one-time password, which is kept nowhere else; `place` is the department."""

    number: str
    name: str
    place: str
    password: str


def slips_pdf(issued: Sequence[Issued], *, address: str) -> bytes:
    """The slips, eight a page, in the order of departments and staff numbers; `address` is that of the site."""
    school = School.objects.filter(pk=1).first()
    name = school.full_name if school else ""
    ordered = sorted(issued, key=lambda slip: (slip.place, slip.number))
    texts = {text for slip in ordered for text in (slip.name, slip.place)} | {name}
    gaps = dict.fromkeys(font_set(settings.FONT_DIR).undrawable(set("".join(texts))), GAP)
    drawn = str.maketrans(gaps)
    rows = [
        {
            "name": slip.name.translate(drawn),
            "number": slip.number,
            "place": slip.place.translate(drawn),
            "password": slip.password,
        }
        for slip in ordered
    ]
    context = {
        "school": name.translate(drawn),
        "pages": [rows[start : start + PER_PAGE] for start in range(0, len(rows), PER_PAGE)],
        "address": address,
        "until": passwords.one_time_until(),
    }
    return render_pdf("departments/print/slips.html", context, title=TITLE, author=name)


def issued_to(user: User, password: str) -> Issued:
    """A slip for an account that exists; it names the department of the first role that has one."""
    grant = user.grants.filter(department__isnull=False).select_related("department").order_by("pk").first()
    return Issued(user.staff_number, user.real_name, str(grant.department) if grant else "", password)
