"""The questions about a person's roles; who may keep the organisation is in tests/roles.py and its test."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils.functional import SimpleLazyObject

from departments.enums import Role
from departments.models import RoleGrant, User
from departments.permissions import OrganisationAction, can, department_ids, grants_of, has_role, has_role_in
from tests.factories import make_user


def refreshed(user):
    return User.objects.get(pk=user.pk)


def test_a_role_for_any_department_counts(head, office):
    assert has_role(head, Role.HEAD)
    assert has_role(head, Role.OFFICE, Role.HEAD)
    assert not has_role(head, Role.OFFICE)
    assert has_role(office, Role.OFFICE)


def test_a_role_for_this_department_counts(head, department, other_department):
    assert has_role_in(head, department, Role.HEAD)
    assert has_role_in(head, department.pk, Role.CLERK, Role.HEAD)
    assert not has_role_in(head, other_department, Role.HEAD)
    assert not has_role_in(head, department, Role.CLERK)


def test_no_department_is_nobodys(head, office, principal):
    for user in (head, office, principal):
        assert not has_role_in(user, None, *Role)


def test_departments_are_those_of_the_role(head, department, other_department):
    RoleGrant.objects.create(user=head, role=Role.LEADER, department=other_department)
    RoleGrant.objects.create(user=head, role=Role.OFFICE)
    user = refreshed(head)
    assert department_ids(user, Role.HEAD) == [department.pk]
    assert department_ids(user, Role.HEAD, Role.LEADER) == [department.pk, other_department.pk]
    assert department_ids(user, Role.OFFICE) == []


@pytest.mark.parametrize("user", [AnonymousUser(), None, object()])
def test_nobody_has_no_role(user):
    assert grants_of(user) == []
    assert not has_role(user, *Role)
    assert department_ids(user, *Role) == []


def test_a_disabled_account_has_no_role(disabled, department):
    assert disabled.grants.count() == 5
    assert (grants_of(disabled), has_role(disabled, *Role)) == ([], False)
    assert not has_role_in(disabled, department, *Role)
    assert [action for action in OrganisationAction if can(disabled, action)] == []


def test_disabling_counts_at_once(admin):
    assert can(admin, OrganisationAction.KEEP)
    admin.is_active = False
    assert not can(admin, OrganisationAction.KEEP)


def test_roles_are_read_once_for_each_request(head, department, django_assert_num_queries):
    user = refreshed(head)
    with django_assert_num_queries(1):
        for _ in range(3):
            has_role(user, Role.HEAD)
            has_role_in(user, department, Role.HEAD)
            department_ids(user, Role.HEAD)
    RoleGrant.objects.create(user=head, role=Role.OFFICE)
    assert not has_role(user, Role.OFFICE)
    assert has_role(refreshed(head), Role.OFFICE)


def test_the_lazy_user_of_a_request_is_read_once(head, django_assert_num_queries):
    lazy = SimpleLazyObject(lambda: refreshed(head))
    with django_assert_num_queries(2):
        assert has_role(lazy, Role.HEAD)
        assert has_role(lazy, Role.HEAD)
    assert not has_role(SimpleLazyObject(AnonymousUser), *Role)


def test_what_no_rule_names_is_refused(admin):
    assert not can(admin, "drop_database")


def test_a_superuser_flag_gives_nothing(db):
    """Roles are the only source of rights; Django's own flags are worth nothing here."""
    user = make_user("1", "某人", is_superuser=True)
    assert [action for action in OrganisationAction if can(user, action)] == []
