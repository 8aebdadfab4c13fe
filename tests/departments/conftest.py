"""Fixtures of the organisation's tests."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from departments.enums import Level
from departments.models import PostFunction
from riskcontrol.models import AuditEntry
from riskcontrol.verbs import SystemVerb
from tests import once


@once.fixture
def own_function(functions) -> PostFunction:
    """Return a function that the school added to those of the document."""
    return PostFunction.objects.create(name="房屋出租", floor=Level.FIRST, basis="校纪委会议决定。", order=100)


@pytest.fixture
def trail():
    """Return a function that gives what a person left in the audit trail, as (action, object, detail)."""

    def of(user):
        found = AuditEntry.objects.filter(actor_number=user.staff_number).exclude(action=SystemVerb.LOGIN)
        return [(entry.caption, entry.object_label, entry.detail) for entry in found]

    return of


@pytest.fixture
def as_admin(client, admin, school):
    """Return a client in which the admin is logged in."""
    client.force_login(admin)
    return client


@pytest.fixture
def refusals():
    """Return a function that gives what a page says beside its fields and above them, in order, without tags."""

    def of(response):
        soup = response.content.decode()
        blocks = re.findall(
            r'class="(?:invalid-feedback|alert alert-block alert-danger|errorlist[^"]*)"[^>]*>(.*?)</(?:div|ul)>',
            soup,
            re.S,
        )
        return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", block)).strip() for block in blocks]

    return of


@pytest.fixture
def count_queries():
    """Return a function that opens an address and gives the number of SQL queries it took."""

    def count(client, address):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    return count


@pytest.fixture
def client_class():
    """Return Django's test client, for people at other computers."""
    return Client
