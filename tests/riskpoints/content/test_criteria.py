"""危害程度的含义: whose words hold on which day, where they are read, the archive and the way back (R29, T19)."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from riskpoints.archives import verifier
from riskpoints.archives.importing import import_archive
from riskpoints.content.criteria import harm_criteria, level_key
from riskpoints.enums import Action, Harm, Status
from riskpoints.rules import queries, services
from riskpoints.rules.enums import Key
from riskpoints.rules.models import SchoolRule
from riskpoints.tables import workflow
from tests.factories import assess_all, bring_to, publish_for, set_rule
from tests.pages import text_of
from tests.riskpoints.archives.packing import build, rows, unpacked

NEW = "如有可能违反《中国共产党纪律处分条例》《事业单位工作人员处分规定》，受到处分的风险等"
OLD = "《行政机关公务员处分条例》"


def reword(actor, since=None):
    since = since or timezone.localdate()
    return services.change(Key.HARM_CONSIDERABLE, NEW, since=since, reason="法规修订", actor=actor)


def test_without_a_change_the_documents_words_hold(db):
    assert list(queries.on().harm_criteria) == list(Harm)
    assert OLD in queries.on().harm_criteria[Harm.CONSIDERABLE]


def test_only_the_committee_rewords_them(office, head, admin, reviewer):
    for person in (office, head, admin):
        with pytest.raises(PermissionDenied):
            reword(person)
    assert reword(reviewer).value == NEW


def test_what_was_decided_keeps_the_words_of_its_day(table, other_table, people, time_machine):
    decided = bring_to(Status.CONFIRMED, table, people)
    draft = bring_to(Status.DRAFT, other_table, people)
    time_machine.move_to(timezone.now() + datetime.timedelta(days=2))
    reword(people.reviewer)
    assert OLD in harm_criteria(decided)[Harm.CONSIDERABLE]
    assert harm_criteria(draft)[Harm.CONSIDERABLE] == NEW
    assert [said for _, said in level_key(draft)][1].endswith(NEW)
    assert OLD in dict(level_key(decided))[2]


def test_they_are_read_where_levels_are_given(client, table, people, school):
    set_rule(Key.HARM_CONSIDERABLE, NEW)
    publish_for(3)
    version = bring_to(Status.DRAFT, table, people)
    page = reverse("riskpoints:version", args=[version.pk])
    client.force_login(people.head)
    opened = client.get(f"{page}?open=new-duty")
    assert f"较为严重：{NEW}" in text_of(opened)  # beside the field
    assert f"危害较为严重：{NEW}" in text_of(opened)  # beside the form
    workflow.perform(Action.SUBMIT, version, actor=people.head)
    client.force_login(people.reviewer)
    assert f"危害较为严重：{NEW}" in text_of(client.get(page))
    version.refresh_from_db()
    assess_all(version, actor=people.reviewer)
    workflow.perform(Action.APPROVE, version, actor=people.reviewer)
    assert f"危害较为严重：{NEW}" in text_of(client.get(page))
    client.logout()
    public = client.get(reverse("riskpoints:publication_table", args=[version.pk]))
    assert NEW in text_of(public)


@pytest.fixture
def elsewhere(request, tmp_path, db):
    """Return the archive of a year in whose course the words changed, made in a database that is gone."""
    with transaction.atomic():
        _, table, people = (request.getfixturevalue(name) for name in ("school", "table", "people"))
        bring_to(Status.CONFIRMED, table, people)
        reword(people.reviewer)
        build(table.cycle, tmp_path / "a.zip")
        transaction.set_rollback(True)
    return tmp_path / "a.zip"


def test_they_lie_in_the_archive_and_come_back(elsewhere, tmp_path):
    files = unpacked(elsewhere)
    assert verifier.verify(elsewhere) == []
    (listed,) = [name for name in files if name.endswith("危害程度的含义.csv")]
    assert [row["表述"] for row in rows(files[listed])] == [NEW]
    imported = import_archive(elsewhere)
    assert SchoolRule.objects.get(key=Key.HARM_CONSIDERABLE).value == NEW
    build(imported.cycle, tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == elsewhere.read_bytes()
