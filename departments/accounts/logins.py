"""What happens at each login, whoever caused it: the session learns where it came from; what ran out is removed."""

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver

from departments.accounts import sessions, typed
from departments.models import User
from riskcontrol.audit import current_address


@receiver(user_logged_in)
def _session_begins(sender: Any, request: Any, user: User, **kwargs: Any) -> None:
    agent = request.META.get("HTTP_USER_AGENT", "")
    sessions.begin(request.session, address=current_address.get(), browser=sessions.browser_words(agent))
    typed.clear_old()
