"""Fixtures of the queue: what may be ordered, processes that are only counted, signs of life of long ago."""

import datetime

import pytest
from django.http import QueryDict
from django.utils import timezone

from riskcontrol.processes import detached
from riskpoints.exports import orders, queue
from riskpoints.models import Export


@pytest.fixture
def begun(monkeypatch) -> list[str]:
    """Return the commands that would have been begun; tests make the files in their own process."""
    commands: list[str] = []
    monkeypatch.setattr(detached, "start", lambda *arguments, name: commands.append(arguments[0]))
    return commands


@pytest.fixture
def ask(begun, django_capture_on_commit_callbacks):
    """Return a function by which a person asks for the register as a file."""

    def asked(user, suffix="xlsx", query="") -> Export:
        wanted = orders.register_asked(suffix, QueryDict(query))
        order = orders.read(orders.REGISTER, wanted, user)
        with django_capture_on_commit_callbacks(execute=True):
            return queue.ask(orders.REGISTER, wanted, order, actor=user)

    return asked


def silent_for(export: Export, **ago: float) -> None:
    """Let a file's last sign of life be so long ago."""
    Export.objects.filter(pk=export.pk).update(touched_at=timezone.now() - datetime.timedelta(**ago))
