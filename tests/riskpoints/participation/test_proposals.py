"""互提建议: who may propose, who answers, and what an accepted proposal becomes in the draft."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from departments.enums import Role
from departments.services import save_record
from riskcontrol.models import AuditEntry
from riskpoints.enums import Action, Category, FindingMethod, Status
from riskpoints.models import ControlTable, RiskPoint
from riskpoints.participation import services
from riskpoints.participation.enums import ProposalState
from riskpoints.participation.models import Proposal
from riskpoints.participation.permissions import method_of, visible_proposals
from riskpoints.participation.verbs import ParticipationVerb
from riskpoints.tables import editing as table_services
from riskpoints.tables import workflow
from tests import once
from tests.factories import bring_to, make_cycle

VALUES = {"category": Category.PROCESS, "text": "领用物资不登记", "measure": "逐笔登记，双人签字", "reason": "看到过"}
PROPOSERS = {
    "staff",
    "head",
    "clerk",
    "leader",
    "other_head",
    "discipline_head",
    "reviewer",
    "second_reviewer",
    "principal",
    "office",
    "second_office",
}


def enter(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@once.fixture
def proposal(department, purchasing_post, other_head, people) -> Proposal:
    """Return a proposal of 教务处's head to 总务处."""
    return services.propose(department, VALUES | {"post": purchasing_post}, actor=other_head)


def test_who_may_propose(people, department):
    address = reverse("participation:propose")
    answers = {name: enter(user).get(address).status_code for name, user in vars(people).items() if name != "disabled"}
    assert {name for name, status in answers.items() if status == 200} == PROPOSERS
    assert {status for name, status in answers.items() if name not in PROPOSERS} == {403}
    for name in set(vars(people)) - PROPOSERS:
        with pytest.raises(PermissionDenied):
            services.propose(department, VALUES, actor=getattr(people, name))
    assert not Proposal.objects.exists()


@pytest.mark.parametrize(
    ("who", "method"),
    [
        ("other_head", FindingMethod.MUTUAL),
        ("staff", FindingMethod.SELF),
        ("clerk", FindingMethod.SELF),
        ("leader", FindingMethod.LEADERS),
        ("principal", FindingMethod.LEADERS),
        ("reviewer", FindingMethod.ORGANISATION),
        ("office", FindingMethod.ORGANISATION),
    ],
)
def test_the_method_follows_from_who_proposes(people, department, who, method):
    assert method_of(getattr(people, who), department) == method


def test_the_form_sends_a_proposal(people, department, purchasing_post):
    client = enter(people.other_head)
    values = VALUES | {"department": department.pk, "post": purchasing_post.pk}
    answer = client.post(reverse("participation:propose"), values, follow=True)
    assert "已送总务处" in answer.content.decode()
    assert VALUES["text"] in answer.content.decode()
    proposal = Proposal.objects.get()
    assert (proposal.proposer, proposal.method, proposal.post) == (people.other_head, "mutual", purchasing_post)
    entry = AuditEntry.objects.get(action=ParticipationVerb.PROPOSAL_MAKE)
    assert (entry.actor_number, entry.detail["text"]) == (people.other_head.staff_number, VALUES["text"])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "长" * 1001}, "text"),
        ({"text": "有\x00字符"}, "text"),
        ({"category": "decision"}, "category"),
        ({"category": ""}, "category"),
        ({"department": ""}, "department"),
        ({"department": "9" * 30}, "department"),
        ({"post": "abc"}, "post"),
        ({"reason": "长" * 501}, "reason"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(people, department, changes, field):
    answer = enter(people.other_head).post(
        reverse("participation:propose"), VALUES | {"department": department.pk} | changes
    )
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Proposal.objects.exists()


def test_departments_that_should_work_together_are_named_and_come_into_the_point(
    people, department, other_department, table
):
    """R55."""
    client = enter(people.staff)
    values = VALUES | {"department": department.pk, "co_departments": [other_department.name]}
    client.post(reverse("participation:propose"), values)
    proposal = Proposal.objects.get()
    assert (proposal.co_departments, proposal.co_department_keys) == (other_department.name, [other_department.pk])
    page = enter(people.head).get(reverse("participation:proposal", args=[proposal.pk])).content.decode()
    assert f"<h3>配合部门</h3><p>{other_department.name}</p>" in page
    other_department.name = "教学管理处"
    save_record(other_department, actor=people.admin)
    bring_to(Status.DRAFT, table, people)
    point = services.accept(proposal, actor=people.head)
    assert (point.co_departments, point.co_department_keys) == ("教学管理处", [other_department.pk])


def test_the_own_department_does_not_work_together_with_itself(people, department):
    values = VALUES | {"department": department.pk, "co_departments": [department.name]}
    answer = enter(people.staff).post(reverse("participation:propose"), values)
    assert answer.status_code == 422
    assert answer.context["form"].errors["co_departments"] == ["配合部门是别的部门，不用填本部门。"]
    assert "checked" in str(answer.context["form"]["co_departments"])
    assert not Proposal.objects.exists()


def test_a_department_closed_meanwhile_is_not_written_and_that_is_said(people, department, other_department, table):
    values = VALUES | {"co_departments": other_department.name}
    proposal = services.propose(department, values, actor=people.staff)
    other_department.active_to = timezone.localdate() - datetime.timedelta(days=1)
    save_record(other_department, actor=people.admin)
    bring_to(Status.DRAFT, table, people)
    answer = enter(people.head).post(reverse("participation:accept", args=[proposal.pk]), follow=True)
    said = f"建议的配合部门（{other_department.name}）中已停用的没有写入，请核对。"
    assert said in [str(message) for message in answer.context["messages"]]
    assert RiskPoint.objects.get(text=VALUES["text"]).co_departments == ""


def test_a_post_of_another_department_is_refused_at_its_field(people, department, other_post):
    values = VALUES | {"department": department.pk, "post": other_post.pk}
    answer = enter(people.head).post(reverse("participation:propose"), values)
    assert answer.status_code == 422
    assert answer.context["form"].errors["post"] == ["这个岗位不属于总务处，请改选或不选。"]


def test_a_closed_department_takes_no_proposals(people, department):
    department.active_to = timezone.localdate() - datetime.timedelta(days=1)
    department.save()
    with pytest.raises(ValidationError):
        services.propose(department, VALUES, actor=people.other_head)


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("other_head", True),
        ("head", True),
        ("clerk", True),
        ("office", True),
        ("reviewer", True),
        ("staff", False),
        ("leader", False),
        ("principal", False),
        ("admin", False),
        ("auditor", False),
        ("disabled", False),
    ],
)
def test_who_sees_a_proposal(proposal, people, who, sees):
    user = getattr(people, who)
    assert visible_proposals(user).filter(pk=proposal.pk).exists() is sees
    if who != "disabled":
        address = reverse("participation:proposal", args=[proposal.pk])
        assert enter(user).get(address).status_code == (200 if sees else 404)
        for act in ("accept", "decline", "withdraw"):
            answer = enter(user).post(reverse(f"participation:{act}", args=[proposal.pk]), {"reason": "不对"})
            if not sees:
                assert answer.status_code == 404
    proposal.refresh_from_db()
    assert proposal.is_open is (who not in ("head", "other_head"))


def test_an_answer_keeps_its_lines_and_is_never_cut(proposal, table, people):
    bring_to(Status.DRAFT, table, people)
    address, client = reverse("participation:accept", args=[proposal.pk]), enter(people.head)
    refused = client.post(address, {"answer": "长" * 501})
    assert refused.status_code == 422
    assert "现在有 501 字" in refused.content.decode()
    assert "长" * 501 in refused.content.decode()
    proposal.refresh_from_db()
    assert proposal.is_open
    assert client.post(address, {"answer": "第一行\r\n第二行"}).status_code == 302
    proposal.refresh_from_db()
    assert proposal.answer == "第一行\n第二行"


def test_an_accepted_proposal_becomes_a_point_of_the_draft(proposal, table, people, purchasing_post):
    draft = bring_to(Status.DRAFT, table, people)
    answer = enter(people.head).post(reverse("participation:accept", args=[proposal.pk]))
    point = RiskPoint.objects.get(version=draft, text=VALUES["text"])
    assert answer.url == f"{reverse('riskpoints:version', args=[draft.pk])}?open=point-{point.pk}"
    assert (point.category, point.post, point.finding_methods) == ("process", purchasing_post, ["mutual"])
    assert (point.likelihood, point.proposed_level) == (None, None)  # the department judges, not the proposer
    assert [measure.text for measure in point.measures.all()] == [VALUES["measure"]]
    proposal.refresh_from_db()
    assert (proposal.state, proposal.point_identity, proposal.version) == ("accepted", point.identity, draft)
    assert proposal.decided_by == people.head
    assert AuditEntry.objects.get(action=ParticipationVerb.PROPOSAL_ANSWER).detail == {"结果": "已采纳", "答复": ""}
    assert enter(people.head).get(answer.url).status_code == 200


def test_a_revision_takes_proposals_too(proposal, table, people):
    bring_to(Status.CONFIRMED, table, people)
    revision = bring_to(Status.DRAFT, table, people)
    assert services.accept(proposal, actor=people.head).version == revision


@pytest.mark.parametrize("status", [None, Status.SUBMITTED, Status.REVIEWED, Status.CONFIRMED])
def test_without_a_draft_the_head_is_told_what_to_do(proposal, table, people, status):
    if status:
        bring_to(status, table, people)
    client = enter(people.head)
    page = client.get(reverse("participation:proposal", args=[proposal.pk])).content.decode()
    assert "采纳，写入防控表" not in page
    answer = client.post(reverse("participation:accept", args=[proposal.pk]), follow=True)
    assert "请先开始填报或修订" in answer.content.decode()
    proposal.refresh_from_db()
    assert proposal.is_open


def test_an_explicit_nil_is_withdrawn_first(proposal, table, people):
    draft = bring_to(Status.DRAFT, table, people)
    for point in draft.points.filter(category="process"):
        table_services.remove_row(point, actor=people.head)
    table_services.declare_nil(draft, Category.PROCESS, actor=people.head)
    answer = enter(people.head).post(reverse("participation:accept", args=[proposal.pk]), follow=True)
    assert "这一类已确认为“无”" in answer.content.decode()
    proposal.refresh_from_db()
    assert proposal.is_open
    assert not RiskPoint.objects.filter(text=VALUES["text"]).exists()


def test_a_declined_proposal_has_its_reason(proposal, people):
    address = reverse("participation:decline", args=[proposal.pk])
    answer = enter(people.head).post(address, {"reason": "  "})
    assert answer.status_code == 422
    assert answer.context["form"].errors["reason"] == ["请填写不采纳的理由。"]
    enter(people.head).post(address, {"reason": "已在第 2 项写明"})
    proposal.refresh_from_db()
    assert (proposal.state, proposal.answer, proposal.decided_by) == ("declined", "已在第 2 项写明", people.head)
    page = enter(people.other_head).get(reverse("participation:sent")).content.decode()
    assert "已在第 2 项写明" in page


@pytest.mark.parametrize("who", ["clerk", "office", "reviewer", "other_head"])
def test_only_the_head_answers(proposal, table, people, who):
    bring_to(Status.DRAFT, table, people)
    client = enter(getattr(people, who))
    assert client.post(reverse("participation:accept", args=[proposal.pk])).status_code == 403
    assert client.post(reverse("participation:decline", args=[proposal.pk]), {"reason": "不"}).status_code == 403
    page = client.get(reverse("participation:proposal", args=[proposal.pk])).content.decode()
    assert reverse("participation:accept", args=[proposal.pk]) not in page


def test_a_proposal_is_answered_once(proposal, people):
    services.decline(proposal, "不属实", actor=people.head)
    for act in (
        lambda: services.decline(proposal, "再说一次", actor=people.head),
        lambda: services.accept(proposal, actor=people.head),
        lambda: services.withdraw(proposal, actor=people.other_head),
    ):
        with pytest.raises(services.ParticipationError, match="未采纳"):
            act()


def test_one_takes_back_only_ones_own(proposal, people):
    with pytest.raises(PermissionDenied):
        services.withdraw(proposal, actor=people.head)
    answer = enter(people.other_head).post(reverse("participation:withdraw", args=[proposal.pk]), follow=True)
    assert "这条建议已撤回" in answer.content.decode()
    proposal.refresh_from_db()
    assert proposal.state == ProposalState.WITHDRAWN
    entry = AuditEntry.objects.latest("number")
    assert (entry.action, entry.object_id) == (ParticipationVerb.PROPOSAL_WITHDRAW, str(proposal.pk))


def test_the_head_finds_it_in_the_inbox_and_the_others_do_not(proposal, people):
    def waiting(user):
        return VALUES["text"] in enter(user).get(reverse("riskpoints:inbox")).content.decode()

    assert waiting(people.head)
    assert not any(waiting(user) for user in (people.clerk, people.other_head, people.office, people.staff))
    services.decline(proposal, "不属实", actor=people.head)
    assert not waiting(people.head)


@pytest.mark.parametrize(
    ("who", "names"),
    [
        ("head", ["received", "sent"]),
        ("clerk", ["received", "sent"]),
        ("staff", ["sent"]),
        ("office", ["opinions", "every", "sent"]),
        ("discipline_head", ["received", "opinions", "every", "sent"]),
        ("principal", ["opinions", "sent"]),
        ("deputy", ["opinions"]),
    ],
)
def test_each_person_has_the_own_lists(proposal, people, who, names):
    client = enter(getattr(people, who))
    answer = client.get(reverse("participation:index"), follow=True)
    assert [tab.key for tab in answer.context["tabs"]] == names
    for name in ("received", "sent", "every", "opinions"):
        assert client.get(reverse(f"participation:{name}")).status_code == (200 if name in names else 403)


def test_people_without_a_part_find_no_menu_and_no_list(people):
    for user in (people.admin, people.auditor, people.outsider):
        client = enter(user)
        assert client.get(reverse("participation:index")).status_code == 403
        assert "意见建议" not in client.get(reverse("riskpoints:inbox")).content.decode()


@pytest.mark.parametrize("page", ["abc", "-1", "9" * 30, "\x00"])
def test_malformed_pages_never_break_a_list(proposal, people, page):
    assert enter(people.head).get(reverse("participation:received"), {"page": page}).status_code == 200


def test_more_proposals_cost_no_more_queries(department, people):
    client = enter(people.head)
    address = reverse("participation:received")

    def queries():
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    services.propose(department, VALUES, actor=people.other_head)
    few = queries()
    for number in range(18):
        services.propose(department, VALUES | {"text": f"建议{number}"}, actor=people.other_head)
    assert queries() == few


def test_roles_in_two_departments_do_not_mix(proposal, people, other_department):
    """The head of 教务处 does not answer for 总务处."""
    people.other_head.grants.create(role=Role.CLERK, department=proposal.department)
    with pytest.raises(PermissionDenied):
        services.decline(proposal, "不", actor=people.other_head)


# ---- into which year's draft ---------------------------------------------------------------------------------------


@pytest.fixture
def two_drafts(table, department, people):
    """Return the drafts of this year and of the next, both being filled in."""
    later = ControlTable.objects.create(
        cycle=make_cycle(table.cycle.year + 1), scope="department", department=department
    )
    return bring_to(Status.DRAFT, table, people), bring_to(Status.DRAFT, later, people)


def test_a_proposal_goes_into_the_draft_of_the_year_in_which_it_was_made(proposal, two_drafts, head):
    this_year, _ = two_drafts
    assert services.accept(proposal, actor=head).version_id == this_year.pk
    proposal.refresh_from_db()
    assert proposal.version_id == this_year.pk


def test_its_owner_chooses_another_draft(proposal, two_drafts, people):
    this_year, next_year = two_drafts
    client = enter(people.head)
    page = client.get(reverse("participation:proposal", args=[proposal.pk])).content.decode()
    assert page.index(f'value="{this_year.pk}" checked') < page.index(f'value="{next_year.pk}"')
    client.post(reverse("participation:accept", args=[proposal.pk]), {"draft": next_year.pk})
    proposal.refresh_from_db()
    assert (proposal.state, proposal.version_id) == (ProposalState.ACCEPTED, next_year.pk)
    assert next_year.points.filter(text=VALUES["text"]).count() == 1
    assert not this_year.points.filter(text=VALUES["text"]).exists()


def test_a_draft_that_is_none_any_more_takes_nothing(proposal, two_drafts, head):
    this_year, next_year = two_drafts
    workflow.perform(Action.SUBMIT, next_year, actor=head)
    with pytest.raises(services.ParticipationError, match="重新选择"):
        services.accept(proposal, draft=next_year.pk, actor=head)
    proposal.refresh_from_db()
    assert proposal.is_open
    assert not this_year.points.filter(text=VALUES["text"]).exists()


def test_a_proposal_of_last_year_goes_into_the_draft_after_it(proposal, table, people, head):
    Proposal.objects.filter(pk=proposal.pk).update(sent_at=timezone.now() - datetime.timedelta(days=400))
    draft = bring_to(Status.DRAFT, table, people)
    proposal.refresh_from_db()
    assert services.accept(proposal, actor=head).version_id == draft.pk


def test_one_person_proposes_so_much_a_day_and_is_told(department, other_head, staff, monkeypatch, time_machine):
    """Whoever has to answer reads it all (issue 17, "Every list that a person can grow has a bound")."""
    time_machine.move_to("2026-11-20T09:00:00+08:00")
    monkeypatch.setattr(services, "MOST_A_DAY", 2)
    for _ in range(2):
        services.propose(department, VALUES, actor=other_head)
    sent = VALUES | {"department": department.pk}
    answer = enter(other_head).post(reverse("participation:propose"), sent)
    assert answer.status_code == 422
    assert "一个人一天最多提 2 条建议，今天已经满了" in answer.content.decode()
    assert VALUES["text"] in answer.content.decode()
    assert enter(staff).post(reverse("participation:propose"), sent).status_code == 302
    time_machine.move_to("2026-11-21T00:30:00+08:00")
    assert enter(other_head).post(reverse("participation:propose"), sent).status_code == 302
    assert Proposal.objects.count() == 4
