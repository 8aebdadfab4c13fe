"""Logins, failed logins, logouts and lockouts as entries of the audit trail."""

from typing import Any

from axes.signals import user_locked_out
from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver

from riskcontrol import audit
from riskcontrol.actor import Actor
from riskcontrol.verbs import SystemVerb
from riskcontrol.web import failures

# What is written in the place of a name that no account has: it may be a password.
UNKNOWN = "不存在的工号"


@receiver(user_logged_in)
def _logged_in(sender: Any, request: Any, user: Actor, **kwargs: Any) -> None:
    audit.record(SystemVerb.LOGIN, actor=user)
    failures.forgive(user.staff_number)
    failures.clear_old()


@receiver(user_logged_out)
def _logged_out(sender: Any, request: Any, user: Actor | None, **kwargs: Any) -> None:
    if user is not None:
        audit.record(SystemVerb.LOGOUT, actor=user)


@receiver(user_login_failed)
def _login_failed(sender: Any, credentials: dict[str, Any], **kwargs: Any) -> None:
    """Each is counted; the trail, which grows for good, has the first ones of a day and then ever fewer."""
    number, place = failures.count(str(credentials.get("username", "")), audit.current_address.get())
    if failures.is_written_down(place):
        detail = {"工号": number or UNKNOWN, "当天第": place}
        audit.record(SystemVerb.LOGIN_FAILED, detail=detail, succeeded=False)


@receiver(user_locked_out)
def _locked_out(sender: Any, username: str | None = None, **kwargs: Any) -> None:
    number = failures.account_of(str(username or ""))
    if failures.locks_anew(number, audit.current_address.get(), settings.AXES_COOLOFF_TIME):
        audit.record(SystemVerb.LOCKED_OUT, detail={"工号": number or UNKNOWN}, succeeded=False)
