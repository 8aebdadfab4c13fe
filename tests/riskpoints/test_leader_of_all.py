"""分管领导 without a department is in charge of all: what they see, how they propose, where they are named."""

import pytest
from django.urls import reverse
from django.utils import timezone

from departments import queries
from departments.enums import Level, Role
from departments.models import RoleGrant
from departments.permissions import has_role_in, leads_all
from riskpoints.documents import build_lists
from riskpoints.enums import Action, FindingMethod, Status
from riskpoints.evidence import year_facts
from riskpoints.figures.progress import year_progress
from riskpoints.models import TableVersion
from riskpoints.participation.permissions import method_of
from riskpoints.permissions import RegisterAction, can, visible_versions
from tests.factories import bring_to, make_department, make_user
from tests.pages import text_of


@pytest.fixture
def overall(db):
    return make_user("1020", "常务副校长", Role.LEADER)


def test_the_role_holds_for_each_department_and_no_other_role_does(department, other_department, overall, principal):
    assert [has_role_in(overall, row, Role.LEADER) for row in (department, other_department)] == [True, True]
    assert not has_role_in(overall, None, Role.LEADER)
    assert not has_role_in(overall, department, Role.HEAD)
    assert not has_role_in(principal, department, Role.PRINCIPAL)
    assert leads_all(overall)
    assert not leads_all(principal)


def test_handed_in_tables_of_every_department_are_open_as_those_of_the_own_are(
    submitted_version, other_table, school_table, people, overall
):
    draft = bring_to(Status.DRAFT, other_table, people)
    of_school = bring_to(Status.SUBMITTED, school_table, people)
    for leader in (people.leader, overall):
        assert set(visible_versions(leader)) == {submitted_version}
        assert can(leader, RegisterAction.VIEW_ASSESSMENT, submitted_version)
    other = bring_to(Status.SUBMITTED, other_table, people)
    assert set(visible_versions(overall)) == {submitted_version, other}
    assert set(visible_versions(people.leader)) == {submitted_version}
    assert {draft.pk, of_school.pk} <= set(TableVersion.objects.values_list("pk", flat=True))
    assert not can(overall, Action.APPROVE, submitted_version)


def test_all_tables_of_departments_are_marked_as_the_own_in_the_progress(table, other_table, school_table, overall):
    marks = {row.table: row.is_mine for row in year_progress(table.cycle, overall).tables}
    assert marks == {table: True, other_table: True, school_table: False}


def test_proposals_are_those_of_a_leader(department, other_department, overall, leader):
    assert [method_of(overall, row) for row in (department, other_department)] == [FindingMethod.LEADERS] * 2
    assert method_of(leader, other_department) == FindingMethod.MUTUAL


def test_the_own_leader_of_a_department_is_named_before_the_one_of_all(department, other_department, leader, overall):
    assert queries.leader_names([department, other_department]) == {
        department.pk: "分管副校长",
        other_department.pk: "常务副校长",
    }
    make_user("1021", "第二位副校长", Role.LEADER)
    make_user("1022", "停用的副校长", Role.LEADER, is_active=False)
    assert queries.leader_names([other_department]) == {other_department.pk: "常务副校长、第二位副校长"}


def test_the_register_and_the_record_of_the_year_name_them(confirmed_version, people, overall):
    place = confirmed_version.table.department_id
    assert build_lists.leaders_of([confirmed_version])(place, Level.SECOND) == "分管副校长"
    RoleGrant.objects.filter(user=people.leader).delete()
    assert build_lists.leaders_of([confirmed_version])(place, Level.SECOND) == "常务副校长"
    facts = year_facts._department_facts([confirmed_version.table.department])
    assert [row["leader"] for row in facts] == ["常务副校长"]


def test_the_pages_name_them_and_a_saved_department_gives_nobody_a_role(client, admin, department, overall):
    client.force_login(admin)
    assert "常务副校长" in text_of(client.get(reverse("departments:index")))
    assert "常务副校长" in text_of(client.get(reverse("departments:department", args=[department.pk])))
    address = reverse("departments:department_edit", args=[department.pk])
    assert "（常务副校长分管全校）" in text_of(client.get(address))
    sent = {"name": department.name, "kind": department.kind, "order": department.order, "duties": "新的职责"}
    assert client.post(address, sent).status_code == 302
    assert list(RoleGrant.objects.filter(role=Role.LEADER)) == [overall.grants.get()]


def test_an_administrator_gives_the_role_for_all_on_the_page(client, admin, outsider, department):
    client.force_login(admin)
    address = reverse("departments:account", args=[outsider.pk])
    assert "选“（全校）”的分管所有部门" in text_of(client.get(address))
    client.post(reverse("departments:grant", args=[outsider.pk]), {"role": "leader", "department": ""})
    names = queries.leader_names([department, make_department("以后的处")])
    assert set(names.values()) == {outsider.real_name}


def test_the_list_of_departments_costs_the_same_with_many(client, admin, overall, django_assert_max_num_queries):
    for number in range(20):
        make_department(f"第{number}处")
    with django_assert_max_num_queries(4):
        assert {row.leader for row in queries.department_rows(timezone.localdate())} == {"常务副校长"}
