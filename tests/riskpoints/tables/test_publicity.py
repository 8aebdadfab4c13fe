"""Posting: reviewed tables join the publication of the day or are gathered by the office; returned ones leave it."""

import datetime

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from riskcontrol.models import AuditEntry
from riskpoints.enums import Action, Status
from riskpoints.models import ControlTable, Publication, PublishedVersion, TableVersion
from riskpoints.models.publication import PublicationState
from riskpoints.rules import queries as rules
from riskpoints.rules.enums import Key, Mode
from riskpoints.rules.services import change as change_rule
from riskpoints.tables import publicity, workflow
from riskpoints.tables.publicity import PublicityError
from riskpoints.tables.workflow import WorkflowError
from riskpoints.verbs import RegisterVerb
from tests import once
from tests.factories import bring_to, make_cycle, paper_signature, publish_for, set_rule


@once.fixture
def gathered(school, table, people) -> TableVersion:
    """Return a table that was approved while the office gathers tables into one publication."""
    publish_for(3)
    set_rule(Key.PUBLICATION_MODE, Mode.GATHERED)
    return bring_to(Status.REVIEWED, table, people)


def stored(version) -> TableVersion:
    return TableVersion.objects.get(pk=version.pk)


def test_tables_approved_on_one_day_share_a_publication(school, table, discipline_table, people):
    publish_for(3)
    versions = [bring_to(Status.REVIEWED, each, people) for each in (table, discipline_table)]
    publication = Publication.objects.get()
    assert {row.version for row in publication.published.all()} == set(versions)
    today = timezone.localdate()
    assert (publication.first, publication.last) == (today, rules.working_days_after(today, 3))
    assert {(each.publish_from, each.publish_until) for each in versions} == {(publication.first, publication.last)}
    assert (publication.days, publication.day_kind, publication.is_gathered) == (3, "working", False)


def test_without_a_period_there_is_no_publication(reviewed_version):
    assert not Publication.objects.exists()
    assert not publicity.needs_posting(reviewed_version)


def test_a_returned_table_leaves_its_publication(school, table, people):
    publish_for(3)
    version = bring_to(Status.REVIEWED, table, people)
    workflow.perform(Action.RETURN, version, actor=people.principal, comment="有误")
    row = PublishedVersion.objects.get()
    assert (row.left_at is not None, row.left_reason) == (True, "退回修改")


def test_a_gathered_table_waits_to_be_posted(gathered, people):
    assert (gathered.publish_from, Publication.objects.exists()) == (None, False)
    assert list(publicity.unposted()) == [gathered]
    with pytest.raises(WorkflowError, match="还没有公示"):
        workflow.perform(Action.CONFIRM, gathered, actor=people.office, signature=paper_signature())
    publication = publicity.gather([gathered], title="", notice="请监督", actor=people.office)
    assert stored(gathered).publish_until == publication.last
    assert (publication.is_gathered, publication.notice) == (True, "请监督")
    assert not publicity.unposted()
    assert AuditEntry.objects.filter(action=RegisterVerb.PUBLISH).count() == 1
    with pytest.raises(PublicityError, match="已经公示或退回"):
        publicity.gather([gathered], title="", notice="", actor=people.office)


def test_a_rule_changed_later_asks_no_approved_table_to_be_posted(reviewed_version, people):
    """The mode of the day of the review holds."""
    today = timezone.localdate()
    with time_machine.travel(timezone.now() + datetime.timedelta(days=2)):
        later = today + datetime.timedelta(days=2)
        for key, value in ((Key.PUBLICATION_MODE, Mode.GATHERED.value), (Key.PUBLICATION_DAYS, 5)):
            change_rule(key, value, since=later, reason="好", actor=people.office)
        assert not publicity.needs_posting(reviewed_version)


def test_one_publication_holds_tables_of_one_year(gathered, cycle, department, people):
    older = make_cycle(cycle.year - 1)
    table = ControlTable.objects.create(cycle=older, scope="department", department=department)
    second = bring_to(Status.REVIEWED, table, people)
    with pytest.raises(ValidationError, match="同一年度"):
        publicity.gather([gathered, second], title="", notice="", actor=people.office)
    assert not Publication.objects.exists()


def test_an_ended_publication_lets_its_tables_be_posted_anew(gathered, people):
    publication = publicity.gather([gathered], title="第一次", notice="", actor=people.office)
    with pytest.raises(PublicityError, match="请写明"):
        publicity.end(publication, " ", actor=people.office)
    publicity.end(publication, "公示稿有误", actor=people.office)
    publication.refresh_from_db()
    assert publication.state(timezone.localdate()) == PublicationState.ENDED
    assert stored(gathered).publish_from is None
    assert list(publicity.unposted()) == [gathered]
    with pytest.raises(WorkflowError, match="还没有公示"):
        workflow.perform(Action.CONFIRM, stored(gathered), actor=people.office, signature=paper_signature())
    with pytest.raises(PublicityError, match="已经结束"):
        publicity.end(publication, "再来", actor=people.office)
    publicity.gather([gathered], title="第二次", notice="", actor=people.office)
    assert stored(gathered).publish_from == timezone.localdate()


def test_only_the_office_posts_and_ends(gathered, people):
    publication = publicity.gather([gathered], title="", notice="", actor=people.office)
    for who in (people.reviewer, people.principal, people.head, people.admin):
        with pytest.raises(PermissionDenied):
            publicity.gather([gathered], title="", notice="", actor=who)
        with pytest.raises(PermissionDenied):
            publicity.end(publication, "好", actor=who)


def test_a_version_is_in_one_publication(gathered, people):
    publication = publicity.gather([gathered], title="", notice="", actor=people.office)
    with pytest.raises(IntegrityError), transaction.atomic():
        PublishedVersion.objects.create(publication=publication, version=gathered)


def test_what_waits_costs_the_same_for_one_and_for_many(gathered, discipline_table, people, django_assert_num_queries):
    with django_assert_num_queries(3):
        assert len(publicity.unposted()) == 1
    bring_to(Status.REVIEWED, discipline_table, people)
    with django_assert_num_queries(3):
        assert len(publicity.unposted()) == 2
