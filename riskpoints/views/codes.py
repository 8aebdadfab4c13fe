"""核对校验码: what the code at the foot of a printed form says, for everybody and for who may open its version."""

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from riskpoints.register import codes
from riskpoints.views.publication import open_to_all


@open_to_all
@require_safe
def code(request):
    """`?code=` as printed, with or without hyphens. Who may open the version is told more than a stranger."""
    typed = request.GET.get("code", "")[: codes.LONGEST].replace("\x00", "")
    digits = codes.digits_of(typed)
    is_code = codes.is_code(digits)
    found = codes.found_by(digits, request.user) if is_code and request.user.is_authenticated else []
    context = {"typed": typed[:60], "is_wrong": "code" in request.GET and not is_code, "found": found}
    if is_code and not found:
        context["told"] = codes.public_answer(digits, logged_in=request.user.is_authenticated)
    return render(request, "riskpoints/evidence/code.html", context)


@open_to_all
@require_safe
def scanned(request, printed):
    """Where the QR code on a form leads: capitals and no question mark, or the picture would be larger."""
    return redirect(f"{reverse('riskpoints:code')}?{urlencode({'code': printed[:60]})}")
