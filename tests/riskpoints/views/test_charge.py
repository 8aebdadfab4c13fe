"""The page 分管工作, and the boards in the inbox: who finds which, what they lead to, at what cost."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from departments.enums import Role
from departments.models import Appointment
from riskcontrol import kept
from riskpoints.enums import Status
from riskpoints.models import Cycle, RiskPoint
from tests.factories import bring_to, make_user
from tests.pages import at, text_of

CHARGE, INBOX = reverse("riskpoints:charge"), reverse("riskpoints:inbox")
BOARDS = {
    "charge-title": "分管工作",
    "committee-title": "审核与等级",
    "administration-title": "系统状况",
    "trail-title": "审计记录",
}
OF_ROLES = {
    "leader": ["charge-title"],
    "principal": ["charge-title"],
    "reviewer": ["committee-title"],
    "second_reviewer": ["committee-title"],
    "discipline_head": ["committee-title"],
    "admin": ["administration-title"],
    "auditor": ["trail-title"],
}


def boards_on(page) -> list[str]:
    body = page.content.decode()
    return [key for key, title in BOARDS.items() if f'<h2 id="{key}">{title}</h2>' in body]


def test_each_role_finds_its_board_below_what_waits(enter, table, people):
    for name, person in vars(people).items():
        if name != "disabled":
            assert boards_on(enter(person).get(INBOX)) == OF_ROLES.get(name, []), name


def test_several_roles_have_several_boards(enter, people):
    people.reviewer.grants.create(role=Role.LEADER)
    people.reviewer.grants.create(role=Role.AUDITOR)
    found = boards_on(enter(people.reviewer).get(INBOX))
    assert found == ["charge-title", "committee-title", "trail-title"]


@pytest.mark.parametrize("role", [Role.PRINCIPAL, Role.LEADER, Role.REVIEWER, Role.ADMIN, Role.AUDITOR])
def test_nobody_of_these_meets_an_empty_page_before_the_first_year(db, enter, role):
    page = enter(make_user("1", "头一个人", role)).get(INBOX)
    assert len(boards_on(page)) == 1
    assert not Cycle.objects.exists()


def test_the_charge_is_read_by_leaders_and_the_principal_and_stands_in_their_menu(enter, people, table):
    for name, person in vars(people).items():
        if name != "disabled":
            client, may = enter(person), name in ("leader", "principal")
            assert client.get(CHARGE).status_code == (200 if may else 403), name
            assert (f'href="{CHARGE}"' in client.get(INBOX).content.decode()) == may, name


def test_the_charge_leads_to_tables_points_and_the_register(enter, confirmed_version, people, department, plain_post):
    Appointment.objects.create(post=plain_post, holder_name="分管副校长", user=people.leader, since="2020-01-01")
    body = enter(people.leader).get(CHARGE).content.decode()
    first = [point for point in confirmed_version.points.all() if point.level == 1]
    assert first
    for point in first:
        assert f'href="{at(confirmed_version)}#point-{point.pk}"' in body
    own = RiskPoint.objects.filter(version=confirmed_version, post=plain_post)
    assert own
    assert all(f'href="{at(confirmed_version)}#point-{point.pk}"' in body for point in own)
    assert f'href="{reverse("riskpoints:register")}?owner={department.pk}&amp;level=1"' in body
    assert "总务处 · 绿化管理员" in text_of(enter(people.leader).get(CHARGE))


def test_what_is_only_handed_in_of_others_is_a_state(enter, other_table, people):
    version = bring_to(Status.SUBMITTED, other_table, people)
    body = enter(people.principal).get(CHARGE).content.decode()
    assert "待审核" in body
    assert f'href="{at(version)}' not in body
    assert all(point.text not in body for point in version.points.all())


@pytest.mark.parametrize(("who", "address"), [("leader", CHARGE), ("principal", CHARGE), ("principal", INBOX),
                                              ("reviewer", INBOX), ("auditor", INBOX)])  # fmt: skip
def test_a_page_costs_the_same_with_1_and_with_30_departments(enter, queries_of, record_table, people, who, address):
    person = getattr(people, who)
    made = record_table("财务处", 3)
    person.grants.get_or_create(role=Role.LEADER, department=made.department)
    one = queries_of(enter(person), address)
    for number in range(29):
        made = record_table(f"第{number}处", 3)
        if who == "leader":
            person.grants.create(role=Role.LEADER, department=made.department)
    assert queries_of(enter(person), address) == one


def test_the_charge_ignores_its_query(enter, people, cycle):
    for query in ({"year": "\x00"}, {"owner": "9" * 5000}):
        assert enter(people.leader).get(CHARGE, query).status_code == 200
    assert enter(people.leader).post(CHARGE).status_code == 405


def test_the_page_costs_little_where_nothing_was_done_since(enter, people, table, other_table, monkeypatch):
    """What waits in the school, its tables and who answers are the same for every reader: read once, and kept."""
    monkeypatch.setattr(kept, "IS_ON", True)
    bring_to(Status.CONFIRMED, table, people)
    client = enter(people.principal)
    client.get(CHARGE)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(CHARGE).status_code == 200
    assert len(captured) <= 16
    waiting = f"教务处{table.cycle.year}年度防控表"
    assert f"开始填报： {waiting}" in text_of(client.get(CHARGE))
    bring_to(Status.SUBMITTED, other_table, people)
    assert f"审核： {waiting}" in text_of(client.get(CHARGE))
