"""核对校验码: from the short code at the foot of a printed form back to the version it came from."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from riskcontrol.text import plain_code
from riskpoints.content import today
from riskpoints.content.content import CODE_LENGTH
from riskpoints.models import Decision
from riskpoints.permissions import visible_versions

HEX = frozenset("0123456789abcdef")


@require_safe
def code(request):
    """`?code=` as printed, with or without hyphens; only versions that this person may open are found."""
    typed = plain_code(request.GET.get("code", ""))[:60]
    digits = typed.replace("-", "").replace("－", "").replace(" ", "").lower()
    is_code = len(digits) == CODE_LENGTH and set(digits) <= HEX
    found = found_by(digits, request.user) if is_code else []
    return render(
        request,
        "riskpoints/evidence/code.html",
        {"typed": typed, "is_code": is_code, "found": found, "is_wrong": "code" in request.GET and not is_code},
    )


def found_by(digits, user):
    """For each version: whether what was printed is still what was decided last, or was changed since."""
    visible = visible_versions(user).values("pk")
    decisions = Decision.objects.filter(version__in=visible).defer("snapshot").order_by("at", "id")
    printed = decisions.filter(content_hash__startswith=digits).select_related(
        "version__table__cycle", "version__table__department"
    )
    last = {item.version_id: item.content_hash for item in decisions.filter(version__in=printed.values("version"))}
    by_version = {item.version_id: item for item in printed}
    signed = today.standings([item.version for item in by_version.values()])
    return [
        {"version": item.version, "is_last": item.content_hash == last[key], "standing": signed.get(key)}
        for key, item in by_version.items()
    ]
