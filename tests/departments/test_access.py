"""Every screen of the organisation against every role: who may open it, who gets 403, who is sent to the login."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.urls import reverse

from departments.enums import Role
from departments.models import Department, PrincipalTerm, RoleGrant
from departments.permissions import OrganisationAction
from departments.urls import urlpatterns
from departments.views.access import requires
from tests.factories import make_user

READ = ("index", "department", "school", "groups", "group", "rights", "terms")
FUNCTION_LISTS = ("functions", "post_functions")
KEEP = (
    "department_new",
    "department_edit",
    "department_close",
    "post_new",
    "post_edit",
    "school_edit",
    "accounts",
    "account_new",
    "account",
    "group_new",
    "group_edit",
    "import",
    "term_new",
    "term_edit",
)
EXTEND = ("function_new", "function_edit", "post_functions_edit")
DOWNLOADS = ("import_blank", "import_existing")
SENT = ("import_save", "new_slips")
POSTS = ("grant", "revoke", "set_active", "reset_password", "remove_code")


@pytest.fixture
def addresses(school, department, purchasing_post, own_function, group, head) -> dict[str, str]:
    """Return an address for each screen, with ids that exist."""
    ids = {
        "department": [department.pk],
        "department_edit": [department.pk],
        "department_close": [department.pk],
        "post_new": [department.pk],
        "post_edit": [purchasing_post.pk],
        "function_edit": [own_function.pk],
        "post_functions_edit": [department.pk],
        "account": [head.pk],
        "group": [group.pk],
        "group_edit": [group.pk],
        "grant": [head.pk],
        "revoke": [head.pk, head.grants.get().pk],
        "set_active": [head.pk],
        "reset_password": [head.pk],
        "remove_code": [head.pk],
        "term_edit": [PrincipalTerm.objects.create(user=head, until=datetime.date(2020, 8, 31)).pk],
    }
    names = (*READ, *FUNCTION_LISTS, *KEEP, *DOWNLOADS, *EXTEND, *POSTS, *SENT)
    return {name: reverse(f"departments:{name}", args=ids.get(name, [])) for name in names}


def test_every_address_of_the_organisation_is_walked(addresses):
    assert set(addresses) == {pattern.name for pattern in urlpatterns}


def test_a_disabled_account_is_a_stranger(client, disabled, addresses):
    client.force_login(disabled)
    assert client.get(addresses["index"]).status_code == 302


@pytest.mark.parametrize("name", POSTS)
def test_what_writes_at_once_is_not_opened_by_a_link(client, admin, addresses, name):
    client.force_login(admin)
    assert client.get(addresses[name]).status_code == 405


@pytest.mark.parametrize(
    "name",
    ["department", "department_edit", "department_close", "post_new", "post_edit", "account", "group", "group_edit"],
)
def test_an_unknown_number_is_not_found(client, admin, school, name):
    client.force_login(admin)
    assert client.get(reverse(f"departments:{name}", args=[9_999_999])).status_code == 404


def test_an_unknown_function_is_not_found(client, reviewer, school):
    client.force_login(reviewer)
    assert client.get(reverse("departments:function_edit", args=[9_999_999])).status_code == 404


@pytest.mark.parametrize("name", POSTS)
def test_a_write_to_an_unknown_account_is_not_found(client, admin, name):
    client.force_login(admin)
    ids = [9_999_999, 1] if name == "revoke" else [9_999_999]
    assert client.post(reverse(f"departments:{name}", args=ids)).status_code == 404


def test_readers_see_no_button_that_would_be_refused(client, people, addresses):
    client.force_login(people.principal)
    for name in READ:
        page = client.get(addresses[name]).content.decode()
        for verb in ("department_new", "department_edit", "department_close", "post_new", "post_edit", "school_edit"):
            assert addresses[verb] not in page
        assert addresses["group_edit"] not in page
        assert addresses["accounts"] not in page


def test_who_lost_the_role_while_waiting_for_the_row_saves_nothing(rf, department):
    admin = make_user("8886", "一位管理员", Role.ADMIN)

    @requires(OrganisationAction.KEEP, holds=True)
    def view(request):
        RoleGrant.objects.filter(user=admin).delete()  # another administrator, who held the row until now
        Department.objects.filter(pk=department.pk).update(duties="没有保存")
        return HttpResponse()

    request = rf.post("/")
    request.user = admin
    with pytest.raises(PermissionDenied):
        view(request)
    department.refresh_from_db()
    assert department.duties != "没有保存"
