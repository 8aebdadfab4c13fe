"""What becomes of a power: submitted, returned, filed, retired, taken over; and who may do each."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from departments.enums import Role
from riskpoints.references.powers import drafting, filing, queries
from riskpoints.references.powers.enums import PowerState
from riskpoints.references.powers.models import FrozenPowerError, PowerRevision
from tests.powers import STEPS, make_power

YESTERDAY = datetime.timedelta(days=-1)


@pytest.fixture
def submitted(department, purchasing_post, people) -> PowerRevision:
    revision = make_power(department, actor=people.clerk, posts=[purchasing_post])
    return filing.submit(revision, actor=people.head)


def test_the_submission_freezes_the_names_of_the_day(submitted, department, purchasing_post, people):
    department.name, purchasing_post.name = "后勤处", "采购专员"
    department.save()
    purchasing_post.save()
    filing.file(submitted, actor=people.reviewer)
    stored = PowerRevision.objects.get()
    assert (stored.owner_name, stored.post_names, stored.supervisor_name) == ("总务处", ["采购员"], "分管副校长")
    assert stored.people == "采购员"
    assert [step.post_name for step in stored.steps.all()] == ["绿化管理员", "采购员", "采购员"]


def test_the_leader_may_be_named_by_hand(department, people):
    revision = filing.submit(make_power(department, actor=people.head, supervisor="书记"), actor=people.head)
    assert revision.supervisor_name == "书记"


@pytest.mark.parametrize(("values", "steps", "said"), [({"content": ""}, STEPS, "职权范围"), ({}, (), "环节")])
def test_what_is_incomplete_is_not_submitted(department, people, values, steps, said):
    revision = make_power(department, actor=people.head, steps=steps, **values)
    with pytest.raises(ValidationError, match=said):
        filing.submit(revision, actor=people.head)
    revision.refresh_from_db()
    assert revision.state == PowerState.DRAFT


def test_a_chart_stands_for_the_steps(department, people):
    revision = make_power(department, actor=people.head, steps=())
    drafting.set_chart(revision, drafting.Chart(b"%PDF-1.7", "pdf"), actor=people.head)
    assert filing.submit(revision, actor=people.head).state == PowerState.SUBMITTED


def test_a_closed_post_is_not_submitted(department, plain_post, people):
    revision = make_power(department, actor=people.head, posts=[plain_post])
    plain_post.active_to = timezone.localdate() + YESTERDAY
    plain_post.save()
    with pytest.raises(ValidationError, match="“绿化管理员”已停用"):
        filing.submit(revision, actor=people.head)


def test_a_clerk_does_not_submit(department, people):
    with pytest.raises(PermissionDenied):
        filing.submit(make_power(department, actor=people.clerk), actor=people.clerk)


@pytest.mark.parametrize("who", ["head", "clerk", "leader", "deputy", "principal", "office", "admin", "disabled"])
@pytest.mark.parametrize("act", [filing.file, lambda row, actor: filing.send_back(row, "重写", actor=actor)])
def test_only_the_committee_files_and_returns(submitted, people, who, act):
    with pytest.raises(PermissionDenied):
        act(submitted, actor=getattr(people, who))
    assert PowerRevision.objects.get().state == PowerState.SUBMITTED


def test_whoever_wrote_it_never_files_it(department, people):
    revision = make_power(department, actor=people.clerk)
    people.clerk.grants.all().delete()
    people.clerk.grants.create(role=Role.REVIEWER)
    filing.submit(revision, actor=people.head)
    with pytest.raises(PermissionDenied):
        filing.file(revision, actor=people.clerk)
    filing.file(revision, actor=people.reviewer)


def test_a_deputy_files_what_the_committees_office_hands_in(discipline_office, discipline_post, people):
    revision = make_power(discipline_office, actor=people.discipline_head, steps=STEPS[:1])
    filing.submit(revision, actor=people.discipline_head)
    for who in (people.discipline_head, people.reviewer):
        with pytest.raises(PermissionDenied):
            filing.file(revision, actor=who)
    assert filing.file(revision, actor=people.deputy).state == PowerState.FILED


def test_a_returned_draft_says_why_until_it_is_submitted_again(submitted, people):
    with pytest.raises(ValidationError, match="退回的理由"):
        filing.send_back(submitted, "  ", actor=people.reviewer)
    filing.send_back(submitted, "依据不全", actor=people.reviewer)
    stored = PowerRevision.objects.get()
    assert (stored.state, stored.return_reason, stored.status_words) == ("draft", "依据不全", "草稿（已退回）")
    filing.submit(stored, actor=people.head)
    assert PowerRevision.objects.get().return_reason == ""


def test_nobody_acts_twice(submitted, people):
    filing.file(submitted, actor=people.reviewer)
    for act in (filing.file, lambda row, actor: filing.send_back(row, "重写", actor=actor)):
        with pytest.raises(FrozenPowerError, match="已备案"):
            act(submitted, actor=people.reviewer)
    with pytest.raises(FrozenPowerError):
        filing.recall(submitted, actor=people.head)


def test_what_was_filed_is_in_force_until_the_next_is_filed(submitted, people):
    filed = filing.file(submitted, is_public=True, actor=people.reviewer)
    draft = drafting.revise(filed.power, actor=people.clerk)
    filing.submit(draft, actor=people.head)
    assert list(queries.in_force()) == [filed]
    filing.file(draft, actor=people.reviewer)
    assert (list(queries.in_force()), list(queries.public())) == ([draft], [draft])
    assert PowerRevision.objects.get(pk=filed.pk).status_words == "已备案（已被后来的一稿代替）"


def test_a_retired_power_leaves_the_catalogue_with_its_reason(submitted, people):
    filing.file(submitted, is_public=True, actor=people.reviewer)
    with pytest.raises(PermissionDenied):
        filing.retire(submitted.power, "不再办理", actor=people.head)
    filing.retire(submitted.power, "不再办理", actor=people.reviewer)
    assert (list(queries.in_force()), list(queries.public())) == ([], [])
    stored = PowerRevision.objects.select_related("power__filed").get()
    assert (stored.status_words, stored.power.retired_reason) == ("已停用", "不再办理")
    for act in (
        lambda: filing.publish(stored.power, True, actor=people.reviewer),
        lambda: drafting.revise(stored.power, actor=people.clerk),
    ):
        with pytest.raises(FrozenPowerError):
            act()


def test_a_power_under_revision_is_not_retired(submitted, people):
    filing.file(submitted, actor=people.reviewer)
    drafting.revise(submitted.power, actor=people.clerk)
    with pytest.raises(FrozenPowerError, match="正在修订"):
        filing.retire(submitted.power, "不再办理", actor=people.reviewer)


def test_the_successor_takes_over_and_the_number_keeps_its_prefix(submitted, department, other_department, people):
    filing.file(submitted, actor=people.reviewer)
    power = submitted.power
    with pytest.raises(PermissionDenied):
        filing.take_over(power, actor=people.other_head)
    department.successor = other_department
    department.save()
    with pytest.raises(FrozenPowerError, match="还在用"):
        filing.take_over(power, actor=people.other_head)
    department.active_to = timezone.localdate() + YESTERDAY
    department.save()
    assert list(queries.to_take_over([other_department.pk])) == [power]
    taken = filing.take_over(power, actor=people.other_head)
    assert (taken.number, taken.department, taken.number_mark) == ("1-01", other_department, "沿用原总务处编号")
    assert not queries.to_take_over([other_department.pk]).exists()


def test_a_filed_power_whose_post_is_closed_asks_for_another(submitted, department, purchasing_post, people):
    filing.file(submitted, actor=people.reviewer)
    assert queries.with_closed_posts([department.pk]) == {}
    purchasing_post.active_to = timezone.localdate() + YESTERDAY
    purchasing_post.save()
    assert queries.with_closed_posts([department.pk]) == {submitted: ["采购员"]}
    drafting.revise(submitted.power, actor=people.clerk)
    assert queries.with_closed_posts([department.pk]) == {}


def test_the_list_of_what_waits_is_each_reviewers_own(submitted, people):
    assert queries.waiting_for(people.reviewer) == [submitted]
    assert queries.waiting_for(people.deputy) == []
