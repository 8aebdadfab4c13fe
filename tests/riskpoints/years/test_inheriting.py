"""The points of a closed department, offered to the one that takes over."""

import uuid

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from departments.notices import notices_for
from departments.services import close_department
from riskcontrol.models import AuditEntry
from riskpoints.enums import Action, Status
from riskpoints.models import Measure, TableVersion
from riskpoints.tables import editing, starting, undoing, workflow
from riskpoints.tables.workflow import WorkflowError
from riskpoints.verbs import RegisterVerb
from riskpoints.years import inheriting
from tests.factories import bring_to, make_post


@pytest.fixture
def closed(confirmed_version, department, other_department, admin):
    """Return the table in force of 总务处, which was closed and is taken over by 教务处."""
    close_department(department, on=timezone.localdate(), successor=other_department, actor=admin)
    return confirmed_version


@pytest.fixture
def draft(closed, other_table, people):
    """Return 教务处's draft of the same year."""
    return bring_to(Status.DRAFT, other_table, people)


def test_what_was_taken_over_is_undone_as_one_step(draft, closed, other_head):
    points = list(closed.points.order_by("pk"))
    shared = next(point for point in points if point.measures.exists())
    before = draft.measures.count()
    inheriting.adopt(draft, shared.identity, actor=other_head)
    act = undoing.last_own_act(TableVersion.objects.get(pk=draft.pk), other_head)
    undoing.undo(draft, act.pk, actor=other_head)
    assert not draft.points.filter(identity=shared.identity).exists()
    assert draft.measures.count() == before


def test_the_head_who_takes_over_is_told(closed, other_head, head):
    text = notices_for(other_head).get().text
    assert text.startswith("总务处自")
    assert "由教务处接管" in text
    assert not notices_for(head).exists()


def test_the_points_in_force_are_offered(draft, closed):
    items = inheriting.inherited(draft)
    assert {item.point.pk for item in items} == set(closed.points.values_list("pk", flat=True))
    assert not any(item.is_taken for item in items)
    assert all(item.measures for item in items)


def test_a_point_is_taken_over_with_identity_judgement_and_measures(draft, closed, other_head):
    point = closed.points.order_by("pk").first()
    copy = inheriting.adopt(draft, point.identity, actor=other_head)
    copy.refresh_from_db()
    assert (copy.version_id, copy.identity, copy.text) == (draft.pk, point.identity, point.text)
    assert (copy.likelihood, copy.harm, copy.post) == (point.likelihood, point.harm, None)
    texts = {measure.text for measure in copy.measures.all()}
    assert texts >= {measure.text for measure in point.measures.all()}
    assert AuditEntry.objects.filter(action=RegisterVerb.INHERIT).count() == 1
    assert other_head in draft.authors.all()
    assert [item.is_taken for item in inheriting.inherited(draft)].count(True) == 1
    assert closed.points.count() == 4  # nothing of the closed department changed
    with pytest.raises(WorkflowError, match="已经采纳"):
        inheriting.adopt(draft, point.identity, actor=other_head)


def test_a_shared_measure_comes_once_and_answers_each_point(draft, closed, other_head):
    for point in closed.points.all():
        inheriting.adopt(draft, point.identity, actor=other_head)
    identities = list(Measure.objects.filter(version=draft).values_list("identity", flat=True))
    assert len(identities) == len(set(identities))


def test_the_post_of_the_same_name_is_found(draft, closed, other_department, other_head):
    point = closed.points.exclude(post=None).order_by("pk").first()
    post = make_post(other_department, point.post_name)
    assert inheriting.adopt(draft, point.identity, actor=other_head).post == post


def test_an_explicit_nil_is_not_overwritten(draft, closed, other_head):
    point = closed.points.order_by("pk").first()
    for row in draft.points.filter(category=point.category):
        editing.remove_row(row, actor=other_head)
    for row in draft.measures.filter(category=point.category):
        editing.remove_row(row, actor=other_head)
    editing.declare_nil(draft, point.category, actor=other_head)
    with pytest.raises(ValidationError, match="请先取消"):
        inheriting.adopt(draft, point.identity, actor=other_head)


def test_others_take_nothing(draft, closed, people):
    point = closed.points.order_by("pk").first()
    for user in (people.head, people.office, people.reviewer):
        with pytest.raises(PermissionDenied):
            inheriting.adopt(draft, point.identity, actor=user)
    with pytest.raises(WorkflowError, match="不在可以采纳"):
        inheriting.adopt(draft, uuid.uuid4(), actor=people.other_head)


def test_who_takes_nothing_over_is_offered_nothing(confirmed_version, other_table, people):
    assert inheriting.inherited(bring_to(Status.DRAFT, other_table, people)) == []


def test_a_table_that_was_handed_in_leads_back_to_its_page(draft, other_head, client):
    workflow.perform(Action.SUBMIT, draft, actor=other_head)
    client.force_login(other_head)
    answer = client.get(reverse("riskpoints:inherited", args=[draft.pk]))
    assert answer.url == reverse("riskpoints:version", args=[draft.pk])


def test_next_year_is_offered_it_too_and_the_year_after_no_more(closed, other_table, other_head, client):
    year = other_table.cycle.year
    other_table.cycle.year = year + 1
    other_table.cycle.save()
    draft = starting.start_table(other_table, actor=other_head)
    assert inheriting.inherited(draft)
    client.force_login(other_head)
    page = client.get(reverse("riskpoints:version", args=[draft.pk])).content.decode()
    assert "还有 4 个风险点没有采纳" in page
    address = reverse("riskpoints:inherited", args=[draft.pk])
    assert address in page
    identity = closed.points.order_by("pk").first().identity
    client.post(address, {"identity": str(identity)})
    client.post(address, {"identity": "nothing"})
    assert client.get(address).content.decode().count("已采纳</span>") == 1
    other_table.cycle.year = year + 2
    other_table.cycle.save()
    draft.refresh_from_db()
    assert inheriting.inherited(draft) == []
