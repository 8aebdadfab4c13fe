"""教育类措施: who marks them, what nobody has recorded this year, what a revision keeps, the archive and back."""

import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from riskcontrol.models import AuditEntry
from riskpoints import wings
from riskpoints.archives import verifier
from riskpoints.archives.importing import import_archive
from riskpoints.campaign.education import services, taught
from riskpoints.campaign.education.queries import fulfillable
from riskpoints.campaign.models import TaughtMeasure
from riskpoints.campaign.verbs import CampaignVerb
from riskpoints.enums import Category, Status
from riskpoints.models import Cycle
from tests.factories import bring_to
from tests.pages import text_of
from tests.riskpoints.archives.packing import build, rows, unpacked


def identities():
    return [row.identity for row in fulfillable()]


def hold(department, actor):
    """Record an event that fulfils all measures."""
    values = {
        "theme": "岗位廉政教育",
        "kind": "post",
        "held_on": timezone.localdate(),
        "place": "会议室",
        "host": "处长",
        "recorder": "干事",
        "departments": [department],
        "expected": 3,
        "present": 3,
        "content": "学习。",
        "measures": [str(key) for key in identities()],
    }
    return services.record(department, values, token=str(uuid.uuid4()), actor=actor)


@pytest.fixture
def signed(table, people):
    return bring_to(Status.CONFIRMED, table, people)


def said_of_points(user, version):
    return [mark.point for mark in wings.marks(user, [version]).get(version.pk, []) if mark.words == taught.WITHOUT]


def test_a_marked_measure_asks_for_a_record_until_there_is_one(cycle, signed, department, head):
    assert taught.asked(cycle) == []
    taught.mark(identities(), [], actor=head)
    (asked,) = taught.asked(cycle)
    assert (asked.measure.identity, asked.record) == (identities()[0], None)
    first = signed.points.get(category=Category.DUTY)  # the measure is of the whole category
    assert said_of_points(head, signed) == [first.identity]
    record = hold(department, head)
    assert taught.asked(cycle)[0].record == record
    assert said_of_points(head, signed) == []


def test_who_records_for_a_department_marks_its_measures(signed, head, other_head, clerk, office, reviewer, principal):
    for person in (other_head, clerk, principal):
        with pytest.raises(PermissionDenied):
            taught.mark(identities(), [], actor=person)
    assert not TaughtMeasure.objects.exists()
    for person in (head, office, reviewer):
        taught.mark(identities(), [], actor=person)
        taught.mark([], identities(), actor=person)
    assert not TaughtMeasure.objects.exists()
    assert AuditEntry.objects.of(CampaignVerb.EDUCATION_MEASURES).count() == 6


def test_marking_twice_writes_once(signed, head, office):
    taught.mark(identities(), [], actor=head)
    taught.mark(identities(), [], actor=office)
    taught.mark([uuid.uuid4()], [], actor=office)
    assert TaughtMeasure.objects.get().marked_by == head
    assert AuditEntry.objects.of(CampaignVerb.EDUCATION_MEASURES).count() == 1


def test_a_revision_keeps_the_mark(cycle, table, signed, people):
    taught.mark(identities(), [], actor=people.head)
    bring_to(Status.CONFIRMED, table, people)
    assert len(taught.asked(cycle)) == 1


def test_what_somebody_else_marks_meanwhile_stays(client, signed, head):
    client.force_login(head)
    address = reverse("campaign:education_measures")
    page = client.get(address)
    assert "每学期开展一次岗位廉政教育并考试" in text_of(page)
    taught.mark(identities(), [], actor=head)  # on another page
    client.post(address, {"seen": ""})
    assert TaughtMeasure.objects.count() == 1
    key = str(identities()[0])
    client.post(address, {"seen": key})
    assert not TaughtMeasure.objects.exists()
    client.post(address, {"seen": f"nonsense,{uuid.uuid4()}", "measures": key})
    assert TaughtMeasure.objects.count() == 1
    assert client.post(address, {"seen": "", "measures": "nonsense"}).status_code == 422
    assert "尚无教育记录" in text_of(client.get(reverse("campaign:education")))
    Cycle.objects.update(closed_at=timezone.now())  # what is in force today says nothing of a year that is over
    closed = client.get(reverse("campaign:education"), {"year": signed.table.cycle.year})
    assert closed.context["taught"] == []


@pytest.fixture
def elsewhere(request, tmp_path, db):
    """Return the archive of a year with a marked measure, made in a database that is gone, and its rows."""
    with transaction.atomic():
        _, table, people = (request.getfixturevalue(name) for name in ("school", "table", "people"))
        bring_to(Status.CONFIRMED, table, people)
        taught.mark(identities(), [], actor=people.head)
        told = taught.PART.facts(table.cycle)
        build(table.cycle, tmp_path / "a.zip")
        transaction.set_rollback(True)
    return tmp_path / "a.zip", told


def test_it_lies_in_the_archive_and_comes_back(elsewhere, tmp_path):
    path, told = elsewhere
    files = unpacked(path)
    assert verifier.verify(path) == []
    (listed,) = [name for name in files if name.endswith("教育类措施.csv")]
    assert [row["防范措施"] for row in rows(files[listed])] == ["每学期开展一次岗位廉政教育并考试"]
    imported = import_archive(path)
    assert taught.PART.facts(imported.cycle) == told
    build(imported.cycle, tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == path.read_bytes()
