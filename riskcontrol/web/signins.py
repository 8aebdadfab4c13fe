"""Logins, failed logins, logouts and lockouts as entries of the audit trail."""

from typing import Any

from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver

from riskcontrol import audit
from riskcontrol.actor import Actor
from riskcontrol.verbs import SystemVerb


@receiver(user_logged_in)
def _logged_in(sender: Any, request: Any, user: Actor, **kwargs: Any) -> None:
    audit.record(SystemVerb.LOGIN, actor=user)


@receiver(user_logged_out)
def _logged_out(sender: Any, request: Any, user: Actor | None, **kwargs: Any) -> None:
    if user is not None:
        audit.record(SystemVerb.LOGOUT, actor=user)


@receiver(user_login_failed)
def _login_failed(sender: Any, credentials: dict[str, Any], **kwargs: Any) -> None:
    typed = str(credentials.get("username", ""))[:32].replace("\x00", "")
    audit.record(SystemVerb.LOGIN_FAILED, detail={"工号": typed}, succeeded=False)


@receiver(user_locked_out)
def _locked_out(sender: Any, username: str | None = None, **kwargs: Any) -> None:
    audit.record(SystemVerb.LOCKED_OUT, detail={"工号": str(username or "")[:32].replace("\x00", "")}, succeeded=False)
