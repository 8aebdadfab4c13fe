"""Whose help page is whose."""

import pytest
from django.contrib.auth.models import AnonymousUser

from departments.enums import Role
from riskpoints.desk import help as desk


@pytest.mark.parametrize(
    ("who", "own"),
    [
        ("staff", ["staff"]),
        ("clerk", ["head"]),
        ("head", ["head"]),
        ("leader", ["leader"]),
        ("principal", ["principal"]),
        ("reviewer", ["reviewer"]),
        ("discipline_head", ["head", "reviewer"]),
        ("deputy", ["deputy"]),
        ("office", ["office"]),
        ("admin", ["admin"]),
        ("auditor", ["auditor"]),
        ("outsider", []),
    ],
)
def test_a_person_finds_the_pages_of_the_own_roles_first(people, who, own):
    user = getattr(people, who)
    assert [page.key for page in desk.own_pages(user)] == own
    assert [page.key for page in desk.other_pages(user)] == [page.key for page in desk.PAGES if page.key not in own]


def test_a_stranger_finds_the_page_of_the_public_only(db):
    assert [page.key for page in desk.own_pages(AnonymousUser())] == ["public"]
    assert desk.other_pages(AnonymousUser()) == []


def test_each_role_has_one_page():
    assert sorted(role for page in desk.PAGES for role in page.roles) == sorted(Role)


def test_a_page_is_found_by_its_key():
    assert desk.page_of("office").title == "领导小组办公室"
    assert desk.page_of("nobody") is None
