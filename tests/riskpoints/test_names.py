"""A name at the time stays a name at the time: renaming an account changes nothing that was decided before."""

import pytest
from django.utils import timezone

from departments import services as organisation
from riskpoints import wings
from riskpoints.enums import Action, Category, Status
from riskpoints.evidence import year_facts
from riskpoints.models import TableVersion
from riskpoints.participation import opinions
from riskpoints.participation.enums import Outcome
from riskpoints.tables import papers
from riskpoints.tables.workflow import perform
from tests import scans
from tests.factories import assess_all, bring_to, publish_for
from tests.pages import at, text_of


def rename(user, name, admin):
    user.real_name = name
    organisation.save_record(user, actor=admin)


def test_an_account_knows_its_names(head, admin, time_machine):
    time_machine.move_to("2026-03-01T08:00:00+08:00", tick=False)

    first = timezone.now()
    time_machine.move_to("2026-06-01T08:00:00+08:00", tick=False)
    rename(head, "甲", admin)
    second = timezone.now()
    time_machine.move_to("2026-09-01T08:00:00+08:00", tick=False)
    rename(head, "乙", admin)
    head.refresh_from_db()
    assert [head.name_at(first), head.name_at(second), head.name_at(timezone.now())] == ["总务处负责人", "甲", "乙"]
    assert head.name_at(None) == "乙"


def test_a_change_of_something_else_keeps_no_name(head, admin):
    organisation.set_active(head, is_active=False, actor=admin)
    head.refresh_from_db()
    assert head.former_names == []


@pytest.fixture
def renamed(submitted_version, people, admin):
    """Return a reviewed table with a scan, whose people were called otherwise when they acted."""
    assess_all(submitted_version, actor=people.reviewer)
    version = perform(Action.APPROVE, submitted_version, actor=people.reviewer)
    for user, name in ((people.head, "新负责人"), (people.reviewer, "新审核员")):
        user.refresh_from_db()
        rename(user, name, admin)
    return TableVersion.objects.get(pk=version.pk)


def test_pages_name_people_as_they_were_called(client, renamed, people):
    client.force_login(people.office)
    for address in (at(renamed), f"/tables/{renamed.table_id}/history/"):
        page = text_of(client.get(address))
        assert "总务处负责人" in page
        assert "纪委审核员" in page
        assert "新负责人" not in page
        assert "新审核员" not in page.replace("审核：", "")


def test_the_years_facts_name_people_as_they_were_called(renamed, people, cycle):
    row = year_facts.facts_of_year(cycle)["versions"][0]
    assert row["submitted_by"]["name"] == "总务处负责人"
    assert row["reviewed_by"]["name"] == "纪委审核员"
    assert {person["name"] for person in row["authors"]} == {"总务处负责人"}


def test_who_added_a_scan_keeps_the_name(confirmed_version, people, admin, client):
    papers.add_scan(confirmed_version, scans.pdf(mark="second"), "pdf", actor=people.office)
    rename(people.office, "新干事", admin)
    client.force_login(people.principal)
    page = text_of(client.get(at(confirmed_version)))
    assert "领导小组办公室干事" in page
    assert "新干事" not in page


@pytest.fixture
def answered(school, table, people):
    """Return an opinion in a publication period, made an objection by the office and decided by the reviewer."""
    publish_for(3)
    version = bring_to(Status.REVIEWED, table, people)
    opinion = opinions.send_feedback(version, text="食堂价格没有公布过", name="家长")
    worded = {"category": Category.DUTY, "text": "请补上食堂采购的风险点", "measure": "每周公布价格"}
    opinions.answer_feedback(opinion, outcome=Outcome.OBJECTED, answer="已送审核。", worded=worded, actor=people.office)
    opinions.decide_objection(opinion.objection, state="deferred", reason="不影响本表", actor=people.reviewer)
    return opinion


@pytest.mark.usefixtures("answered")
def test_publications_and_opinions_name_people_as_they_were_called(people, admin, cycle):
    for user, name in ((people.office, "新干事"), (people.reviewer, "新审核员")):
        user.refresh_from_db()
        rename(user, name, admin)
    parts = wings.facts(cycle)
    opinion = parts["opinions"][0]
    assert {row["posted_by"]["name"] for row in parts["publications"] if row["posted_by"]} == {"纪委审核员"}
    assert opinion["answered_by"]["name"] == opinion["objection"]["raised_by"]["name"] == "领导小组办公室干事"
    assert opinion["objection"]["decided_by"]["name"] == "纪委审核员"
    assert "新" not in "".join(row["decided_by"]["name"] for row in parts["proposals"] if row["decided_by"])
