"""What happens at each login, whoever caused it: the session learns from where and since when it is."""

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver

from departments import sessions
from riskcontrol.audit import current_address


@receiver(user_logged_in)
def _session_begins(sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
    agent = request.META.get("HTTP_USER_AGENT", "")
    sessions.begin(request.session, address=current_address.get(), browser=sessions.browser_words(agent))
