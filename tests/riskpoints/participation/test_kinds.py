"""Proposals about points in force: a measure, an opinion on a level; an answer that a clerk prepares; what waits."""

import datetime
import uuid

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from departments.enums import Level
from riskcontrol.models import AuditEntry
from riskpoints.archives.importing import import_archive
from riskpoints.enums import Action
from riskpoints.evidence import year_facts
from riskpoints.models import Measure
from riskpoints.participation import services
from riskpoints.participation.enums import ProposalKind, ProposalState
from riskpoints.participation.models import Proposal
from riskpoints.participation.queries import points_of
from riskpoints.participation.verbs import ParticipationVerb
from riskpoints.permissions import proposed
from riskpoints.tables import editing, starting, workflow
from tests.factories import make_department
from tests.pages import at, text_of
from tests.riskpoints.archives.packing import build, rows, unpacked

PROPOSE = reverse("participation:propose")
LATER = "已过 10 个工作日"


@pytest.fixture
def point(confirmed_version):
    return points_of(confirmed_version.table.department)[0]


def measure_for(point, actor, **more):
    values = {"kind": ProposalKind.MEASURE, "target_point": point.identity, "text": "每月抽查一次"} | more
    return services.propose(point.version.table.department, values, actor=actor)


def opinion_on(point, actor, **more):
    values = {"kind": ProposalKind.LEVEL, "target_point": point.identity, "level": 1, "text": "金额大"} | more
    return services.propose(point.version.table.department, values, actor=actor)


def test_a_proposal_of_before_is_a_risk_point(department, people):
    found = services.propose(department, {"category": "duty", "text": "不登记"}, actor=people.staff)
    assert (found.kind, found.target_point, found.level) == (ProposalKind.POINT, None, None)


def test_a_measure_is_proposed_in_the_browser_to_a_point_in_force(point, people, client):
    client.force_login(people.other_head)
    department = point.version.table.department
    page = client.get(PROPOSE, {"kind": "measure", "department": department.pk})
    assert point.text in text_of(page)
    address = f"{PROPOSE}?kind=measure&department={department.pk}"
    client.post(address, {"target_point": str(point.identity), "text": "每月抽查一次", "reason": "以前做过"})
    found = Proposal.objects.get()
    assert (found.kind, found.target_point, found.target_text) == ("measure", point.identity, point.text)
    assert (found.category, found.post, found.method) == (point.category, point.post, "mutual")
    assert "每月抽查一次" in text_of(client.get(reverse("participation:sent")))


def test_the_department_is_asked_first_and_one_without_points_is_told(point, people, client):
    client.force_login(people.staff)
    assert "请选择部门" in text_of(client.get(PROPOSE, {"kind": "level"}))
    bare = make_department("后勤中心", order=90)
    page = client.get(PROPOSE, {"kind": "level", "department": bare.pk})
    assert "还没有现行的防控表" in text_of(page)
    assert client.post(f"{PROPOSE}?kind=level&department={bare.pk}", {}).status_code == 200
    assert not Proposal.objects.exists()


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"target_point": str(uuid.UUID(int=7))}, "target_point"),
        ({"level": ""}, "level"),
        ({"level": "9"}, "level"),
        ({"text": ""}, "text"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(point, people, client, sent, field):
    client.force_login(people.staff)
    values = {"target_point": str(point.identity), "level": "1", "text": "金额大"} | sent
    answer = client.post(f"{PROPOSE}?kind=level&department={point.version.table.department_id}", values)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert not Proposal.objects.exists()


def test_a_point_that_is_not_in_force_takes_none(point, people, other_department):
    with pytest.raises(ValidationError) as refused:
        services.propose(
            other_department,
            {"kind": "measure", "target_point": point.identity, "text": "每月抽查"},
            actor=people.head,
        )
    assert refused.value.message_dict["target_point"] == [services.GONE]


def test_an_accepted_measure_answers_its_point_in_the_draft(point, people, client):
    proposal = measure_for(point, people.reviewer)
    draft = starting.open_revision(point.version, reason="变动", actor=people.head)
    client.force_login(people.head)
    given = client.post(reverse("participation:accept", args=[proposal.pk]), {"answer": "写入"})
    measure = Measure.objects.get(version=draft, text="每月抽查一次")
    assert given.url == f"{at(draft)}?open=measure-{measure.pk}"
    assert [row.identity for row in measure.points.all()] == [point.identity]
    proposal.refresh_from_db()
    assert (proposal.state, proposal.version, proposal.answer) == (ProposalState.ACCEPTED, draft, "写入")
    draft.refresh_from_db()
    assert proposed(people.reviewer, draft)  # so that another one reviews it
    assert client.get(given.url).status_code == 200


def test_a_measure_goes_only_where_its_point_stands(point, people):
    proposal = measure_for(point, people.staff)
    with pytest.raises(services.ParticipationError, match="没有这个风险点"):
        services.accept(proposal, actor=people.head)
    draft = starting.open_revision(point.version, reason="变动", actor=people.head)
    editing.remove_row(draft.points.get(identity=point.identity), actor=people.head)
    assert services.drafts_for(proposal) == []
    with pytest.raises(services.ParticipationError, match="没有这个风险点"):
        services.accept(proposal, draft=draft.pk, actor=people.head)


def test_a_point_that_is_removed_at_this_moment_takes_no_measure(point, people, monkeypatch):
    proposal = measure_for(point, people.staff)
    draft = starting.open_revision(point.version, reason="变动", actor=people.head)
    monkeypatch.setattr(services, "drafts_for", lambda proposal: [draft])
    editing.remove_row(draft.points.get(identity=point.identity), actor=people.head)
    with pytest.raises(services.ParticipationError, match="刚刚删去了这个风险点"):
        services.accept(proposal, actor=people.head)
    proposal.refresh_from_db()
    assert proposal.is_open


@pytest.mark.parametrize(("act", "state"), [("accept", "accepted"), ("decline", "declined")])
def test_an_opinion_on_a_level_is_answered_and_written_nowhere(point, people, client, act, state):
    proposal = opinion_on(point, people.staff)
    draft = starting.open_revision(point.version, reason="变动", actor=people.head)
    before = (draft.points.count(), draft.measures.count())
    client.force_login(people.head)
    empty = client.post(reverse(f"participation:{act}", args=[proposal.pk]), {"reason": " "})
    assert empty.status_code == 422
    client.post(reverse(f"participation:{act}", args=[proposal.pk]), {"reason": "看过了"})
    proposal.refresh_from_db()
    assert (proposal.state, proposal.answer, proposal.version) == (state, "看过了", None)
    assert (draft.points.count(), draft.measures.count()) == before
    assert not draft.proposers.exists()


def test_the_reviewer_reads_it_beside_the_points_and_the_clerk_does_not(point, people, client):
    services.agree(opinion_on(point, people.staff, level=2), "同意改", actor=people.head)
    opinion_on(point, people.other_head, text="还没有答复的意见")
    withdrawn = opinion_on(point, people.leader, text="撤回的意见")
    services.withdraw(withdrawn, actor=people.leader)
    draft = starting.open_revision(point.version, reason="变动", actor=people.head)
    version = workflow.perform(Action.SUBMIT, draft, actor=people.head)
    client.force_login(people.reviewer)
    page = text_of(client.get(at(version)))
    assert "建议二级（中）" in page
    assert "部门同意：同意改" in page
    assert "还没有答复的意见" in page
    assert "撤回的意见" not in page
    client.force_login(people.head)
    assert "还没有答复的意见" not in text_of(client.get(at(version)))


def test_what_was_said_before_the_version_in_force_is_not_said_again(point, people, client):
    opinion = opinion_on(point, people.staff)
    Proposal.objects.filter(pk=opinion.pk).update(sent_at=point.version.confirmed_at - datetime.timedelta(days=1))
    draft = starting.open_revision(point.version, reason="变动", actor=people.head)
    version = workflow.perform(Action.SUBMIT, draft, actor=people.head)
    client.force_login(people.reviewer)
    assert "等级意见" not in text_of(client.get(at(version)))


# ---- an answer that a clerk prepares -----------------------------------------------------------------------------


def test_a_clerk_prepares_what_the_head_sends(point, people, client):
    proposal = measure_for(point, people.staff)
    client.force_login(people.clerk)
    values = {"prepared_state": "declined", "prepared_answer": "已有同样的措施", "seen": ""}
    client.post(reverse("participation:prepare", args=[proposal.pk]), values)
    proposal.refresh_from_db()
    assert (proposal.state, proposal.prepared_by) == (ProposalState.OPEN, people.clerk)
    assert AuditEntry.objects.of(ParticipationVerb.PROPOSAL_PREPARE).count() == 1
    client.force_login(people.head)
    page = client.get(reverse("participation:proposal", args=[proposal.pk]))
    assert page.context["form"]["reason"].value() == "已有同样的措施"
    assert "填报员已准备答复" in text_of(client.get(reverse("riskpoints:inbox")))
    client.force_login(people.staff)
    assert "已有同样的措施" not in text_of(client.get(reverse("participation:proposal", args=[proposal.pk])))


@pytest.mark.parametrize("who", ["staff", "head", "other_head", "reviewer", "office"])
def test_nobody_else_prepares(point, people, client, who):
    proposal = measure_for(point, people.staff)
    with pytest.raises(PermissionDenied):
        services.prepare(proposal, state="accepted", answer="", seen="", actor=getattr(people, who))
    client.force_login(getattr(people, who))
    given = client.post(reverse("participation:prepare", args=[proposal.pk]), {"prepared_state": "accepted"})
    assert given.status_code in (403, 404)


def test_a_second_clerk_sees_what_the_first_one_wrote(point, people, client):
    proposal = measure_for(point, people.staff)
    services.prepare(proposal, state="accepted", answer="第一份", seen="", actor=people.clerk)
    client.force_login(people.clerk)
    address = reverse("participation:prepare", args=[proposal.pk])
    values = {"prepared_state": "declined", "prepared_answer": "第二份", "seen": ""}
    refused = client.post(address, values)
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "第一份" in page
    assert "第二份" in page
    again = refused.context["preparing"]["seen"].value()
    client.post(address, values | {"seen": again})
    proposal.refresh_from_db()
    assert proposal.prepared_answer == "第二份"
    services.prepare(proposal, state="declined", answer="第二份", seen="", actor=people.clerk)  # pressed twice
    assert AuditEntry.objects.of(ParticipationVerb.PROPOSAL_PREPARE).count() == 2


# ---- what waits too long -----------------------------------------------------------------------------------------


def test_ten_working_days_later_the_office_is_told(point, people, client, time_machine):
    proposal = measure_for(point, people.staff)
    client.force_login(people.office)
    time_machine.move_to(timezone.now() + datetime.timedelta(days=14))
    assert LATER not in text_of(client.get(reverse("participation:every")))
    time_machine.move_to(timezone.now() + datetime.timedelta(days=5))
    client.force_login(people.office)
    assert LATER in text_of(client.get(reverse("participation:every")))
    assert "1 条建议超过 10 个工作日没有答复" in text_of(client.get(reverse("riskpoints:inbox")))
    services.decline(proposal, "不需要", actor=people.head)
    assert "没有答复" not in text_of(client.get(reverse("riskpoints:inbox")))


# ---- the database, the archive -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "measure"},
        {"kind": "level", "target_point": uuid.UUID(int=1), "target_text": "点"},
        {"level": 1},
        {"target_point": uuid.UUID(int=1), "target_text": "点"},
        {"prepared_state": "accepted"},
        {"kind": "level", "target_point": uuid.UUID(int=1), "target_text": "点", "level": 1, "state": "accepted"},
    ],
)
def test_the_database_refuses_what_makes_no_sense(department, people, wrong):
    made = services.propose(department, {"category": "duty", "text": "不登记"}, actor=people.staff)
    decided = {"decided_by": people.head, "decided_at": timezone.now()} if "state" in wrong else {}
    with pytest.raises(IntegrityError), transaction.atomic():
        Proposal.objects.filter(pk=made.pk).update(**wrong, **decided)


def test_each_kind_lies_in_the_archive_and_comes_back(request, tmp_path, db):
    with transaction.atomic():  # in a database that is gone
        point = request.getfixturevalue("point")
        people = request.getfixturevalue("people")
        services.agree(opinion_on(point, people.staff), "同意", actor=people.head)
        prepared = measure_for(point, people.staff)
        services.prepare(prepared, state="accepted", answer="可行", seen="", actor=people.clerk)
        build(point.version.table.cycle, tmp_path / "a.zip")
        identity, text = point.identity, point.text
        transaction.set_rollback(True)
    (path,) = [name for name in unpacked(tmp_path / "a.zip") if name.endswith("互提建议.csv")]
    told = {row["建议什么"]: row for row in rows(unpacked(tmp_path / "a.zip")[path])}
    assert told["等级意见：一级（高）"]["针对的风险点"] == text
    cycle = import_archive(tmp_path / "a.zip").cycle
    level, measure = Proposal.objects.get(kind="level"), Proposal.objects.get(kind="measure")
    assert (level.target_point, level.level, level.state, level.answer) == (identity, Level.FIRST, "accepted", "同意")
    assert (measure.prepared_state, measure.prepared_answer) == ("accepted", "可行")
    assert measure.prepared_by is not None
    assert len(year_facts.facts_of_year(cycle)["parts"]["proposals"]) == 2


def test_a_year_before_kinds_reads_as_it_did(department, people, cycle):
    services.propose(department, {"category": "duty", "text": "不登记"}, actor=people.staff)
    (row,) = year_facts.facts_of_year(cycle)["parts"]["proposals"]
    assert not {"kind", "target_point", "level", "prepared_by"} & set(row)
