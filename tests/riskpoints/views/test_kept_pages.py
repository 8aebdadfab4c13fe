"""Pages with what is kept for each state of the trail: few queries, never out of date, never another's."""

import pytest
from django.urls import reverse
from django.utils import timezone

from departments.enums import Role
from departments.services import grant_role, revoke_role
from riskcontrol import kept
from riskpoints.enums import Action, Status
from riskpoints.rules import services as rules
from riskpoints.rules.enums import Key, Readers
from riskpoints.tables import workflow
from tests.factories import bring_to

REGISTER, PROGRESS = reverse("riskpoints:register"), reverse("riskpoints:progress")
# Session, person, roles, duties of the day, state of the acts, years, points, measures, the trail's head.
QUERIES = 12


@pytest.fixture(autouse=True)
def _kept(monkeypatch):
    """As in the program: elsewhere in the tests nothing is kept."""
    kept.forget_all()
    monkeypatch.setattr(kept, "IS_ON", True)
    yield
    kept.forget_all()


def shown(client, address=REGISTER, **query) -> str:
    answer = client.get(address, query)
    assert answer.status_code == 200
    return answer.content.decode().partition("<main")[2]


def test_a_page_that_was_read_before_costs_few_queries(confirmed_version, people, enter, django_assert_max_num_queries):
    client = enter(people.reviewer)
    first = shown(client)
    with django_assert_max_num_queries(QUERIES):
        assert shown(client) == first


def test_an_act_is_seen_by_the_next_page(table, people, enter):
    client = enter(people.reviewer)
    assert "没有符合条件的风险点" in shown(client)
    version = bring_to(Status.CONFIRMED, table, people)
    page = shown(client)
    assert all(point.text in page for point in version.points.all())
    assert f'<option value="{table.department_id}">{table.department.name}</option>' in page


def test_each_reader_has_the_own_choices(secret_draft, people, enter):
    """Whoever reads after somebody else in the same state is shown what a first reader would be."""
    asked = {"standing": "all"}
    names = [name for name in vars(people) if name != "head"]
    alone = {}
    for name in names:
        kept.forget_all()
        alone[name] = shown(enter(getattr(people, name)), **asked) if _reads(enter, people, name) else ""
    kept.forget_all()
    assert secret_draft.table.department.name in shown(enter(people.head), **asked)
    for name in names:
        if alone[name]:
            assert _without_token(shown(enter(getattr(people, name)), **asked)) == _without_token(alone[name])


def test_a_right_that_is_taken_away_is_gone_at_once(confirmed_version, people, enter):
    person = people.outsider
    grant_role(person, Role.REVIEWER, actor=people.admin)
    text = confirmed_version.points.first().text
    client = enter(person)
    assert text in shown(client)
    revoke_role(person.grants.get(role=Role.REVIEWER), actor=people.admin)
    answer = client.get(REGISTER)
    assert answer.status_code == 403 or text not in answer.content.decode()


def test_the_progress_shows_an_act_at_once_and_costs_few_queries_till_then(
    submitted_version, people, enter, django_assert_max_num_queries
):
    client = enter(people.office)
    first = shown(client, PROGRESS)
    with django_assert_max_num_queries(QUERIES):
        assert shown(client, PROGRESS) == first
    workflow.perform(Action.RETURN, submitted_version, actor=people.reviewer, comment="请补充。")
    after = shown(client, PROGRESS)
    assert ("退回修改</span>" in first, "退回修改</span>" in after) == (False, True)


def test_the_progress_of_one_reader_is_not_anothers(submitted_version, people, enter):
    mine = "我分管</span>"
    pages = {who: shown(enter(getattr(people, who)), PROGRESS) for who in ("leader", "principal")}
    assert {who: mine in page for who, page in pages.items()} == {"leader": True, "principal": False}


def _reads(enter, people, name) -> bool:
    return enter(getattr(people, name)).get(REGISTER).status_code == 200


def _without_token(page: str) -> list[str]:
    return [line for line in page.splitlines() if "csrfmiddlewaretoken" not in line]


def test_the_public_page_shows_an_act_at_once_and_a_visitor_not_what_needs_a_login(table, people, enter, client):
    public = reverse("riskpoints:publication")
    reader = enter(people.staff)
    assert "还没有签字确定的防控表" in shown(reader, public)
    bring_to(Status.CONFIRMED, table, people)
    assert table.department.name in shown(reader, public)
    assert table.department.name in shown(client, public)
    rules.change(
        Key.IN_FORCE,
        {"readers": Readers.LOGGED_IN, "except": []},
        since=timezone.localdate(),
        reason="期满后登录可见",
        actor=people.office,
    )
    assert table.department.name in shown(reader, public)
    assert table.department.name not in shown(client, public)
