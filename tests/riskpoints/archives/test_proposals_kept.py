"""互提建议 lie in the archive of their year, without scales or what drafts hold, and come back with it."""

import datetime
import json

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from departments import services as organisation
from departments.models import Department
from riskpoints.archives import verifier
from riskpoints.archives.importing import import_archive
from riskpoints.enums import Action, Category, Status
from riskpoints.evidence import year_facts
from riskpoints.participation import opinions, services
from riskpoints.participation.enums import Outcome, ProposalState
from riskpoints.participation.models import Proposal
from riskpoints.tables import editing as tables
from riskpoints.tables import workflow
from tests.access.reading import words_in
from tests.factories import assess_all, bring_to, make_cycle, make_department, paper_signature
from tests.riskpoints.archives.packing import build, rows, unpacked

TAKEN, PUBLIC, IN_DRAFT, WRITER = "钥匙无人登记", "按群众所说补上食堂", "写进草稿的建议", "家长乙"


def propose(department, text, actor, **more):
    values = {"category": Category.PROCESS, "text": text, "measure": "登记"} | more
    return services.propose(department, values, actor=actor)


def talk(table, other_table, people):
    """Return the year: one taken over, one of the public, one declined, one to whoever has no table, one in a draft."""
    first = bring_to(Status.CONFIRMED, table, people)
    said = opinions.send_feedback(first, text="食堂怎么没有", name=WRITER)
    worded = {"category": Category.DUTY, "text": PUBLIC}
    opinions.answer_feedback(said, outcome=Outcome.PASSED_ON, answer="已转", worded=worded, actor=people.office)
    taken = propose(table.department, TAKEN, people.other_head)
    together = other_table.department.name
    declined = propose(table.department, "领用不登记", people.reviewer, co_departments=together)
    propose(make_department("后勤集团", order=9), "车辆无人管", people.leader)
    services.decline(declined, "已有同样的风险点", actor=people.head)
    revision = bring_to(Status.DRAFT, table, people)
    point = services.accept(taken, draft=revision.pk, actor=people.head)
    scales = {"likelihood": 1, "harm": 1, "proposed_level": 1, "text": point.text, "category": point.category}
    tables.save_point(revision, scales, point=point, actor=people.head)
    version = workflow.perform(Action.SUBMIT, revision, actor=people.head)
    assess_all(version, actor=people.second_reviewer)
    version = workflow.perform(Action.APPROVE, version, actor=people.second_reviewer)
    workflow.perform(Action.CONFIRM, version, actor=people.office, signature=paper_signature())
    drafted = propose(other_table.department, IN_DRAFT, people.head)
    bring_to(Status.DRAFT, other_table, people)
    services.accept(drafted, actor=people.other_head)
    people.other_head.refresh_from_db()
    people.other_head.real_name = "改了名的处长"
    organisation.save_record(people.other_head, actor=people.admin)
    return table.cycle


def make(request, path):
    names = ("school", "table", "other_table", "people")
    _, table, other_table, people = (request.getfixturevalue(name) for name in names)
    build(talk(table, other_table, people), path)
    return path


@pytest.fixture
def package(request, tmp_path, db):
    return make(request, tmp_path / "档案.zip")


@pytest.fixture
def elsewhere(request, tmp_path, db):
    """Return the archive of that year, made in a database that is gone."""
    with transaction.atomic():
        make(request, tmp_path / "档案.zip")
        transaction.set_rollback(True)
    return tmp_path / "档案.zip"


def test_an_archive_shows_what_was_proposed_by_whom_and_what_came_of_it(package, people):
    assert verifier.verify(package) == []
    files = unpacked(package)
    (path,) = [name for name in files if name.endswith("互提建议.csv")]
    found = {row["风险点"]: row for row in rows(files[path])}
    assert set(found) == {TAKEN, PUBLIC, "领用不登记", "车辆无人管"}
    former = Proposal.objects.get(text=TAKEN)
    taken, public = found[TAKEN], found[PUBLIC]
    assert (taken["提出人"], taken["查找方法"], taken["结果"]) == (former.proposer_name, "互相查", "已采纳")
    assert taken["写入的风险点"] == f"总务处第 2 版（标识 {former.point_identity}）"
    assert (public["提出人"], public["结果"], public["部门"]) == ("群众", "待答复", "总务处")
    assert found["领用不登记"]["答复"] == "已有同样的风险点"
    named = {text: row["配合部门"] for text, row in found.items() if row["配合部门"]}
    assert named == {"领用不登记": Department.objects.get(name="教务处").name}
    assert found["车辆无人管"]["部门"] == "后勤集团"


def test_it_shows_neither_the_public_s_names_nor_drafts_nor_scales(package):
    words = words_in(package.read_bytes())
    for hidden in (WRITER, IN_DRAFT):
        assert hidden not in words
    facts = unpacked(package)[verifier.METADATA].decode()
    # Who answers for a level stands there by the name of today; who proposed and decided, by that of the time.
    assert "改了名的处长" not in json.dumps(json.loads(facts)["parts"], ensure_ascii=False)
    assert [name for name in ("likelihood", "harm", "proposed_level", "code") if f'"{name}"' in facts] == []


def test_they_come_back(elsewhere, tmp_path):
    assert not Proposal.objects.exists()
    cycle = import_archive(elsewhere).cycle
    found = {proposal.text: proposal for proposal in Proposal.objects.all()}
    assert set(found) == {TAKEN, PUBLIC, "领用不登记", "车辆无人管"}
    taken = found[TAKEN]
    assert (taken.state, taken.version.number) == (ProposalState.ACCEPTED, 2)
    assert taken.version.points.get(identity=taken.point_identity).text == TAKEN
    assert taken.proposer.real_name == taken.proposer_name
    assert not taken.proposer.is_active
    assert (found[PUBLIC].proposer, found[PUBLIC].feedback.text) == (None, "食堂怎么没有")
    assert found["领用不登记"].decided_by is not None
    assert Department.objects.get(name="后勤集团") == found["车辆无人管"].department
    build(cycle, tmp_path / "再次.zip")
    assert unpacked(tmp_path / "再次.zip")[verifier.METADATA] == unpacked(elsewhere)[verifier.METADATA]


def test_one_without_its_opinion_comes_back_too(table, people):
    """The opinion was on a table that the archive doesn't show."""
    version = bring_to(Status.CONFIRMED, table, people)
    values = {"category": Category.DUTY, "text": "没有意见的建议"}
    said = opinions.send_feedback(version, text="意见")
    opinions.answer_feedback(said, outcome=Outcome.PASSED_ON, answer="转", worded=values, actor=people.office)
    Proposal.objects.update(feedback=None)
    assert Proposal.objects.get().proposer is None


def test_a_proposal_belongs_to_the_year_in_which_it_was_made_or_the_next_when_that_was_closed(table, people):
    cycle, following = table.cycle, make_cycle(table.cycle.year + 1)
    moment = timezone.make_aware(datetime.datetime(cycle.year, 12, 15, 9))  # noqa: DTZ001 - made aware here
    with time_machine.travel(moment):
        propose(table.department, "年底提的", people.other_head)
    kept = lambda year: [row["text"] for row in year_facts.facts_of_year(year).get("parts", {}).get("proposals", [])]  # noqa: E731
    assert (kept(cycle), kept(following)) == (["年底提的"], [])
    type(cycle).objects.filter(pk=cycle.pk).update(closed_at=moment - datetime.timedelta(days=1))
    cycle.refresh_from_db()
    assert (kept(cycle), kept(following)) == ([], ["年底提的"])


def test_a_year_without_them_has_no_such_part(whole):
    assert "proposals" not in json.loads(unpacked(whole)[verifier.METADATA])["parts"]
