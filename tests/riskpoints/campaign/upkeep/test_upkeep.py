"""定期复核: when a table in force is asked for, who answers, what stays of it, the archive and the way back."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from riskcontrol.models import AuditEntry
from riskpoints.archives import verifier
from riskpoints.archives.importing import import_archive
from riskpoints.campaign import dues, menu
from riskpoints.campaign.models import LookThrough
from riskpoints.campaign.upkeep import queries, record, services
from riskpoints.campaign.upkeep.services import UpkeepError
from riskpoints.campaign.verbs import CampaignVerb
from riskpoints.dues import staff
from riskpoints.enums import Status
from riskpoints.models import Cycle, TableVersion
from riskpoints.rules import services as rules
from riskpoints.rules.enums import Every, Key
from riskpoints.tables import starting
from tests.factories import bring_to, set_rule
from tests.pages import beside, text_of
from tests.riskpoints.archives.packing import build, rows, unpacked

NOTE = "对照岗位职责和今年的业务，仍然适用"
TODAY = timezone.localdate


def later(months, days=0):
    """A day so long after today, on which the tables of this year are still in force."""
    return queries.months_after(TODAY(), months) + datetime.timedelta(days=days)


def asked(on):
    return [one.version for one in queries.asked(on)]


@pytest.fixture
def signed(table, people):
    return bring_to(Status.CONFIRMED, table, people)


@pytest.fixture
def quarterly(db):
    """Ask every three months, from long ago."""
    set_rule(Key.REVIEW_EVERY, Every.QUARTER)


def wait(time_machine):
    """Let three months go by."""
    time_machine.move_to(timezone.now() + (later(3) - TODAY()))


@pytest.fixture
def due(signed, quarterly, time_machine):
    """A table whose three months are over today."""
    wait(time_machine)
    return signed


def test_a_table_is_asked_for_a_year_after_its_signature(signed):
    assert signed.signed_on is not None
    last = queries.months_after(signed.signed_on, 12)
    begins = last - datetime.timedelta(days=queries.ASKED_BEFORE)
    assert asked(begins - datetime.timedelta(days=1)) == []
    assert asked(begins) == [signed]
    assert queries.of(signed, begins).due == last


@pytest.mark.parametrize(("every", "months"), [(Every.HALF, 6), (Every.QUARTER, 3)])
def test_the_rule_says_how_often(signed, every, months):
    set_rule(Key.REVIEW_EVERY, every)
    assert queries.of(signed).due == queries.months_after(signed.signed_on, months)


def test_where_the_rule_asks_for_nothing_nobody_is_asked(signed):
    set_rule(Key.REVIEW_EVERY, Every.NEVER)
    assert asked(later(30)) == []


def test_a_stricter_rule_makes_nothing_overdue(due, reviewer):
    since = TODAY() + datetime.timedelta(days=40)
    rules.change(Key.REVIEW_EVERY, Every.HALF, since=since, reason="会议决定", actor=reviewer)
    assert queries.of(due).due == TODAY()
    assert queries.of(due, since).due == max(since, queries.months_after(due.signed_on, 6))


def test_what_a_stricter_rule_would_have_asked_for_before_is_due_when_it_begins(signed, reviewer):
    since = queries.months_after(signed.signed_on, 4)
    rules.change(Key.REVIEW_EVERY, Every.QUARTER, since=since, reason="会议决定", actor=reviewer)
    assert queries.of(signed, since).due == since


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2027-11-30", 3, "2028-02-29"),
        ("2026-12-15", 12, "2027-12-15"),
        ("2026-02-28", -3, "2025-11-28"),
    ],
)
def test_months_end_where_a_month_ends(day, months, expected):
    assert f"{queries.months_after(datetime.date.fromisoformat(day), months)}" == expected


def test_nothing_is_asked_for_in_a_closed_year(due, head, cycle):
    assert asked(TODAY()) == [due]
    Cycle.objects.filter(pk=cycle.pk).update(closed_at=timezone.now())
    assert asked(TODAY()) == []
    with pytest.raises(UpkeepError, match="不是现行版"):
        services.look_through(due, NOTE, actor=head)


def test_what_is_revised_is_not_asked_for(due, people):
    starting.open_revision(due, reason="有变动", actor=people.head)
    assert asked(TODAY()) == []
    with pytest.raises(UpkeepError, match="正在修订"):
        services.look_through(due, NOTE, actor=people.head)


def test_it_waits_for_who_submits_the_table_and_is_done_once(due, head, clerk, office, other_head):
    def waits(user):
        return [task for task in menu.tasks(user) if task.verb == "定期复核"]

    assert [len(waits(user)) for user in (head, clerk, office, other_head)] == [1, 0, 0, 0]
    (line,) = [line for line in dues.lines(staff()) if line.group == dues.UPKEEP]
    assert (line.people, line.due) == ((head,), TODAY())
    services.look_through(due, NOTE, actor=head)
    assert waits(head) == []
    assert AuditEntry.objects.of(CampaignVerb.LOOK_THROUGH).get().detail["复核情况"] == NOTE
    with pytest.raises(UpkeepError, match="今天已经登记过"):
        services.look_through(due, "又一次", actor=head)
    assert queries.of(due).due == queries.months_after(TODAY(), 3)
    assert LookThrough.objects.count() == 1


def test_the_button_pressed_twice_is_once(due, head):
    first = services.look_through(due, NOTE, actor=head)
    assert services.look_through(due, NOTE, actor=head) == first
    assert AuditEntry.objects.of(CampaignVerb.LOOK_THROUGH).count() == 1


def test_nobody_else_writes_it(due, clerk, other_head, office, reviewer, admin):
    for person in (clerk, other_head, office, reviewer, admin):
        with pytest.raises(PermissionDenied):
            services.look_through(due, NOTE, actor=person)
    assert not LookThrough.objects.exists()


def test_the_offices_own_is_the_schools_table(quarterly, school_table, people, head, time_machine):
    version = bring_to(Status.CONFIRMED, school_table, people)
    wait(time_machine)
    with pytest.raises(PermissionDenied):
        services.look_through(version, NOTE, actor=head)
    assert services.look_through(version, NOTE, actor=people.office).version == version


def test_it_may_be_done_before_it_is_asked_for_but_not_without_words(signed, head):
    assert asked(TODAY()) == []
    assert services.look_through(signed, NOTE, actor=head).version == signed
    with pytest.raises(ValidationError) as refused:
        services.look_through(signed, " \u200b", actor=head)
    assert list(refused.value.message_dict) == ["note"]


def test_what_was_written_stays(due, head):
    services.look_through(due, NOTE, actor=head)
    with pytest.raises(TypeError):
        LookThrough.objects.update(note="别的")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE campaign_lookthrough SET note = 'x'")


def test_it_is_done_on_its_page_and_shown_with_the_table(client, due, head, staff):
    page = reverse("riskpoints:version", args=[due.pk])
    address = reverse("campaign:upkeep", args=[due.pk])
    client.force_login(head)
    assert address in client.get(page).content.decode()
    assert reverse("riskpoints:revise", args=[due.pk]) in client.get(address).content.decode()
    assert "请填写复核情况" in beside(client.post(address, {"note": ""}), "note")
    answer = client.post(address, {"note": NOTE}, follow=True)
    assert "复核无变化" in text_of(answer)
    assert NOTE in text_of(answer)
    again = client.post(address, {"note": "再来一次"})
    assert "今天已经登记过" in text_of(again)
    assert "再来一次" in again.content.decode()
    history = client.get(reverse("riskpoints:history", args=[due.table_id]))
    assert NOTE in text_of(history)


def test_the_inbox_asks_as_often_for_one_as_for_many(due, head, django_assert_max_num_queries):
    with django_assert_max_num_queries(20) as one:
        queries.asked()
    services.look_through(due, NOTE, actor=head)
    for _ in range(29):
        LookThrough.objects.create(version=due, note=NOTE, by=head, by_name="甲")
    with django_assert_max_num_queries(20) as many:
        queries.asked()
    assert len(many) == len(one)


@pytest.fixture
def elsewhere(request, tmp_path, db):
    """Return the archive of a year in which a table was looked through, made in a database that is gone."""
    with transaction.atomic():
        _, table, people = (request.getfixturevalue(name) for name in ("school", "table", "people"))
        version = bring_to(Status.CONFIRMED, table, people)
        services.look_through(version, NOTE, actor=people.head)
        told = record.PART.facts(table.cycle)
        build(table.cycle, tmp_path / "a.zip")
        transaction.set_rollback(True)
    return tmp_path / "a.zip", told


def test_it_lies_in_the_archive_and_comes_back(elsewhere, tmp_path):
    path, told = elsewhere
    files = unpacked(path)
    assert verifier.verify(path) == []
    (listed,) = [name for name in files if name.endswith("定期复核.csv")]
    assert [row["复核情况"] for row in rows(files[listed])] == [NOTE]
    imported = import_archive(path)
    assert record.PART.facts(imported.cycle) == told
    build(imported.cycle, tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == path.read_bytes()
    assert TableVersion.objects.get(pk=LookThrough.objects.get().version_id).is_in_force
