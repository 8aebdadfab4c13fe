"""Several tables in one go: exactly those that were ticked, each with its own refusal, nobody more than one by one."""

import io
import subprocess

import pikepdf
import pytest
from django.urls import reverse

from riskcontrol.models import AuditEntry
from riskcontrol.verbs import SystemVerb
from riskpoints.enums import Action, ConfirmedBy, Status
from riskpoints.models import TableVersion
from riskpoints.tables import together, workflow
from riskpoints.verbs import RegisterVerb
from tests import once
from tests.factories import PASSWORD, bring_to, paper_signature
from tests.pages import beside, messages_of, text_of

INDEX, PRINT, CONFIRM = (reverse(f"riskpoints:together{name}") for name in ("", "_print", "_confirm"))


@once.fixture
def three(table, other_table, discipline_table, people):
    """总务处 and 教务处 reviewed, 纪委办公室 submitted."""
    found = [bring_to(Status.REVIEWED, one, people) for one in (table, other_table)]
    return [*found, bring_to(Status.SUBMITTED, discipline_table, people)]


def status_of(version):
    return TableVersion.objects.get(pk=version.pk).status


def names(response):
    return [row.version.owner_name for row in response.context["rows"]]


def sent(*versions, **values):
    return {"version": [version.pk for version in versions], "sent": "1", "agree": "on", "password": PASSWORD} | values


def test_each_finds_what_waits_for_the_own_step(three, people, enter):
    lists = {name: names(enter(getattr(people, name)).get(INDEX)) for name in ("principal", "office", "deputy", "head")}
    assert lists == {
        "principal": ["总务处", "教务处"],
        "office": ["总务处", "教务处"],
        "deputy": ["纪委办公室"],
        "head": [],
    }
    assert "几张表一起打印、办理" in text_of(enter(people.principal).get(reverse("riskpoints:inbox")))
    assert "几张表一起打印、办理" not in text_of(enter(people.deputy).get(reverse("riskpoints:inbox")))
    assert "审核逐张进行" in text_of(enter(people.deputy).get(INDEX))
    assert CONFIRM not in enter(people.office).get(INDEX).content.decode()


def test_exactly_the_ticked_ones_are_printed_as_they_are_alone(three, people, enter):
    client = enter(people.principal)
    one, two, _ = three
    alone = [client.get(reverse("riskpoints:print", args=[version.pk, "pdf"])).content for version in (one, two)]
    before = AuditEntry.objects.count()
    given = client.post(PRINT, {"version": [two.pk]})
    assert given["Content-Type"] == "application/pdf"
    assert words(given.content) == words(alone[1])
    both = client.post(PRINT, {"version": [two.pk, one.pk], "two": "1"}).content
    with pikepdf.open(io.BytesIO(both)) as pdf:
        assert len(pdf.pages) == 4
    assert words(both).count("存根填表部门存") == 2
    entries = list(AuditEntry.objects.order_by("pk")[before:])
    assert [(entry.action, entry.object_id) for entry in entries] == [
        (RegisterVerb.VERSION_DOWNLOAD, str(version.pk)) for version in (two, one, two)
    ]


def words(content: bytes) -> str:
    text = subprocess.run(["pdftotext", "-raw", "-", "-"], input=content, capture_output=True, check=True).stdout
    return "".join(text.decode().split())


def test_what_is_not_on_the_own_list_is_not_printed_and_said(three, people, enter):
    client = enter(people.principal)
    for chosen, said in (
        ([], "请先勾选要一起办理的表。"),
        ([three[2].pk], "勾选的表里有 1 张已经不在您的待办里"),
        (["x", "9" * 40], "勾选的表里有 2 张已经不在您的待办里"),
    ):
        response = client.post(PRINT, {"version": chosen}, follow=True)
        assert messages_of(response)[0].startswith(said)
    for address in (PRINT, CONFIRM):
        assert client.get(address).url == INDEX


def test_the_principal_confirms_the_ticked_ones_with_one_proof(three, people, enter):
    client = enter(people.principal)
    one, two, other = three
    page = client.post(CONFIRM, {"version": [one.pk, two.pk]})
    assert (page.status_code, names(page)) == (200, ["总务处", "教务处"])
    assert {status_of(version) for version in (one, two)} == {Status.REVIEWED}
    assert beside(client.post(CONFIRM, sent(one, two, agree="")), "agree").startswith("请勾选后再确定")
    assert beside(client.post(CONFIRM, sent(one, two, password="wrong")), "password").startswith("密码不对")
    assert {status_of(version) for version in (one, two)} == {Status.REVIEWED}
    response = client.post(CONFIRM, sent(one, two), follow=True)
    assert messages_of(response) == [f"{name}：已确定，本表从现在起是现行版。" for name in ("总务处", "教务处")]
    for version in (one, two):
        stored = TableVersion.objects.get(pk=version.pk)
        assert (stored.status, stored.confirmed_how, stored.signer_name) == (
            Status.CONFIRMED,
            ConfirmedBy.BROWSER,
            people.principal.real_name,
        )
        assert stored.decisions.filter(action=Action.CONFIRM, actor=people.principal).count() == 1
    assert status_of(other) == Status.SUBMITTED


def test_one_that_can_not_be_confirmed_stops_no_other(three, people, enter, monkeypatch):
    """What happens between the page and the press is said of the table that it happened to."""
    one, two, _ = three
    act = workflow.perform

    def overtaken(action, version, **values):
        if version.pk == one.pk:
            monkeypatch.setattr(workflow, "perform", act)
            act(Action.RETURN, version, actor=people.reviewer, comment="请补充")
        return act(action, version, **values)

    monkeypatch.setattr(workflow, "perform", overtaken)
    response = enter(people.principal).post(CONFIRM, sent(one, two), follow=True)
    said = messages_of(response)
    assert said[0].startswith("总务处：没有办理。")
    assert said[1] == "教务处：已确定，本表从现在起是现行版。"
    assert (status_of(one), status_of(two)) == (Status.DRAFT, Status.CONFIRMED)


def test_nobody_confirms_together_what_one_may_not_confirm_alone(three, people, enter):
    one, two, other = three
    for person in (people.office, people.reviewer, people.head, people.admin, people.leader):
        response = enter(person).post(CONFIRM, sent(one, two, other), follow=True)
        assert response.redirect_chain == [(INDEX, 302)]
    assert [status_of(version) for version in three] == [Status.REVIEWED, Status.REVIEWED, Status.SUBMITTED]
    outcomes = together.confirm_own([one], proof="password", actor=people.leader)
    assert [outcome.denied is not None for outcome in outcomes] == [True]
    assert status_of(one) == Status.REVIEWED


def test_a_right_that_is_missing_stands_in_the_trail(three, people, enter, monkeypatch):
    one, two, _ = three
    outcomes = together.confirm_own([one], proof="password", actor=people.leader)
    monkeypatch.setattr(together, "confirm_own", lambda *args, **values: outcomes)
    response = enter(people.principal).post(CONFIRM, sent(one), follow=True)
    assert messages_of(response) == ["总务处：没有办理。您没有这项权限。"]
    assert AuditEntry.objects.filter(action=SystemVerb.REFUSED, actor_number=people.principal.staff_number).count() == 1
    assert status_of(two) == Status.REVIEWED


def test_the_list_costs_the_same_for_one_and_for_three(three, people, enter, queries_of):
    client = enter(people.principal)
    many = queries_of(client, INDEX)
    workflow.perform(Action.CONFIRM, three[0], actor=people.office, signature=paper_signature())
    assert names(client.get(INDEX)) == ["教务处"]
    assert queries_of(client, INDEX) == many


@pytest.mark.parametrize("name", ["outsider", "auditor", "admin"])
def test_whoever_decides_nothing_finds_nothing(three, people, enter, name):
    assert "目前没有等您审核、签字或登记的表" in text_of(enter(getattr(people, name)).get(INDEX))
