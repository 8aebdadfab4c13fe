"""Deliveries: what a table in force leaves to be sent, who records it, its receipt, papers and way back."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management.color import no_style
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from departments.enums import Role
from riskcontrol.models import AuditEntry
from riskpoints.archives import verifier
from riskpoints.archives.importing import import_archive
from riskpoints.campaign.deliveries import queries, record, services
from riskpoints.campaign.deliveries.services import DeliveryError
from riskpoints.campaign.enums import DeliveryState, Purpose
from riskpoints.campaign.models import Delivery
from riskpoints.campaign.verbs import CampaignVerb
from riskpoints.enums import Status
from tests.factories import bring_to, make_user
from tests.pages import beside, text_of
from tests.riskpoints.archives.packing import build, rows, unpacked


def values(item=None, **changed):
    said = {"title": "实施意见", "purpose": Purpose.COPY, "to_unit": "教育工委"}
    if item is not None:
        said = {"title": item.title, "purpose": item.purpose, "to_unit": item.to_unit}
    return said | {"copies": 1, "way": "hand", "sent_on": timezone.localdate()} | changed


def send(cycle, actor, item=None, **changed):
    return services.send(cycle, values(item, **changed), version=item and item.version, actor=actor)


@pytest.fixture
def signed(table, people):
    return bring_to(Status.CONFIRMED, table, people)


def test_a_signed_table_leaves_two_copies_to_be_sent(cycle, table, school_table, people, school):
    assert queries.pending(cycle) == []
    bring_to(Status.CONFIRMED, table, people)
    assert [(item.purpose, item.to_unit) for item in queries.pending(cycle)] == [
        (Purpose.COMMITTEE, "学校纪委"),
        (Purpose.DEPARTMENT, "总务处"),
    ]
    bring_to(Status.CONFIRMED, school_table, people)
    assert [(item.purpose, item.to_unit) for item in queries.pending(cycle)][:2] == [
        (Purpose.SUPERIOR, "某某市教育局"),
        (Purpose.SCHOOL, "某某职专"),
    ]


def test_the_register_in_the_archive_is_of_the_year_though_it_was_sent_before(cycle, school, office):
    send(cycle, office, sent_on=datetime.date(cycle.year - 1, 12, 20))
    facts = record.PART.facts(cycle)
    assert record.PART.papers(facts, school)[0].title == f"{cycle.year}年度报送登记表"
    former = [{name: value for name, value in row.items() if name != "of_year"} for row in facts]
    assert record.PART.papers(former, school)[0].title == f"{cycle.year - 1}年度报送登记表"


def test_the_table_of_the_leaders_is_filed_above_as_well(leaders_table, people, cycle):
    bring_to(Status.CONFIRMED, leaders_table, people)
    assert [(one.purpose, one.to_unit) for one in queries.pending(cycle)] == [
        (Purpose.COMMITTEE, "学校纪委"),
        (Purpose.DEPARTMENT, "校领导班子"),
        (Purpose.ABOVE, "某某市教育局"),
    ]
    item = queries.pending(cycle)[2]
    send(cycle, people.office, item)
    assert Purpose.ABOVE not in [one.purpose for one in queries.pending(cycle)]


def test_what_was_sent_waits_no_more_until_it_comes_back(cycle, signed, office):
    item = queries.pending(cycle)[0]
    row = send(cycle, office, item)
    assert row.title == "总务处2026年度廉政风险点防控表（第1版）".replace("2026", str(cycle.year))
    assert [one.purpose for one in queries.pending(cycle)] == [Purpose.DEPARTMENT]
    with pytest.raises(DeliveryError, match="已经登记过"):
        send(cycle, office, item)
    services.give_back(row, "没有盖章", actor=office)
    assert [one.purpose for one in queries.pending(cycle)] == [Purpose.COMMITTEE, Purpose.DEPARTMENT]
    send(cycle, office, queries.pending(cycle)[0])


def test_only_the_office_records(cycle, signed, head, reviewer, principal, admin, office):
    for person in (head, reviewer, principal, admin):
        with pytest.raises(PermissionDenied):
            send(cycle, person, queries.pending(cycle)[0])
    row = send(cycle, office)
    with pytest.raises(PermissionDenied):
        services.receipt(row, {"received_on": timezone.localdate(), "received_by": "甲"}, actor=head)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"sent_on": timezone.localdate() + datetime.timedelta(days=1)}, "sent_on"),
        ({"purpose": Purpose.SUPERIOR}, "purpose"),
        ({"to_unit": "\u200b"}, "to_unit"),
    ],
)
def test_what_can_not_be_is_refused_beside_its_field(cycle, office, changed, field):
    with pytest.raises(ValidationError) as refused:
        send(cycle, office, **changed)
    assert list(refused.value.message_dict) == [field]


def test_a_receipt_is_recorded_once_with_who_and_when(cycle, office):
    row = send(cycle, office)
    before = timezone.localdate() - datetime.timedelta(days=1)
    for said, field in (
        ({"received_on": before, "received_by": "甲"}, "received_on"),
        ({"received_on": timezone.localdate(), "received_by": ""}, "received_by"),
    ):
        with pytest.raises(ValidationError) as refused:
            services.receipt(row, said, actor=office)
        assert list(refused.value.message_dict) == [field]
    said = {"received_on": timezone.localdate(), "received_by": "档案室甲", "receipt_number": "12"}
    services.receipt(row, said, actor=office)
    with pytest.raises(DeliveryError, match="已回执"):
        services.receipt(row, said, actor=office)
    with pytest.raises(DeliveryError, match="已回执"):
        services.give_back(row, "又退回", actor=office)
    assert AuditEntry.objects.of(CampaignVerb.DELIVERY_RECEIPT).get().detail["received_by"] == "档案室甲"


def test_the_database_wants_a_receiver(cycle, office):
    send(cycle, office)
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.update(state=DeliveryState.RECEIVED)


def test_it_is_recorded_on_its_page(client, cycle, signed, office):
    client.force_login(office)
    page = client.get(reverse("campaign:deliveries")).content.decode()
    item = queries.pending(cycle)[0]
    address = f"{reverse('campaign:delivery_new')}?year={cycle.year}&version={item.version.pk}&purpose=committee"
    assert address.replace("&", "&amp;") in page
    today = f"{timezone.localdate()}"
    sent = {"to_unit": "学校纪委", "copies": "0", "way": "hand", "sent_on": today}
    assert "至少 1 份" in beside(client.post(address, sent), "copies")
    answer = client.post(address, sent | {"copies": "1"}, follow=True)
    assert "已登记" in text_of(answer)
    assert client.get(address).status_code == 404
    here = answer.redirect_chain[-1][0]
    answer = client.post(here, {"received_on": today, "received_by": "纪委甲"}, follow=True)
    assert "回执已登记" in text_of(answer)
    assert client.get(f"{here}slip.pdf").content.startswith(b"%PDF")


ODD = "\U0001f600"  # beyond every installed face


def test_what_no_face_can_draw_is_refused_beside_its_field(client, cycle, office):
    client.force_login(office)
    sent = values(to_unit=f"教育工委{ODD}", sent_on=f"{timezone.localdate()}")
    answer = client.post(f"{reverse('campaign:delivery_new')}?year={cycle.year}", sent)
    assert f"有打印不出的字符“{ODD}”" in beside(answer, "to_unit")
    assert not Delivery.objects.exists()


def test_a_paper_that_cannot_be_made_says_why_on_its_page(client, school, cycle, office):
    row = send(cycle, office)
    Delivery.objects.update(title=f"实施意见{ODD}")  # from before such texts were refused
    client.force_login(office)
    page = reverse("campaign:delivery", args=[row.pk])
    for address, back in ((f"{page}slip.pdf", page), (reverse("campaign:delivery_register", args=["pdf"]), None)):
        answer = client.get(address, follow=True)
        assert "没有可用的字体，无法打印" in text_of(answer)
        assert answer.redirect_chain[-1][0] == (back or f"{reverse('campaign:deliveries')}?year={cycle.year}")
    assert not AuditEntry.objects.of(CampaignVerb.DELIVERY_PRINT).exists()


def test_the_page_asks_as_often_for_one_as_for_thirty(client, cycle, signed, office, django_assert_max_num_queries):
    client.force_login(office)
    send(cycle, office)
    address = reverse("campaign:deliveries")
    client.get(address)
    with django_assert_max_num_queries(60) as one:
        client.get(address)
    for _ in range(29):
        send(cycle, office)
    with django_assert_max_num_queries(60) as thirty:
        client.get(address)
    assert len(thirty) == len(one)


@pytest.fixture
def elsewhere(request, tmp_path, db):
    """Return the archive of a year in which something was sent, made in a database that is gone, and what it said."""
    with transaction.atomic():
        names = ("school", "table", "people")
        _, table, people = (request.getfixturevalue(name) for name in names)
        bring_to(Status.CONFIRMED, table, people)
        row = send(table.cycle, people.office, queries.pending(table.cycle)[0])
        services.receipt(row, {"received_on": timezone.localdate(), "received_by": "纪委甲"}, actor=people.office)
        services.give_back(send(table.cycle, people.office), "地址有误", actor=people.office)
        told = record.lines(table.cycle)
        build(table.cycle, tmp_path / "a.zip")
        transaction.set_rollback(True)
    return tmp_path / "a.zip", told


def test_what_is_sent_after_an_import_gets_a_number_of_its_own(elsewhere):
    """In a new database, which has counted nothing yet; the archive's rows come with their numbers."""
    path, told = elsewhere
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [Delivery]):
            cursor.execute(statement)
    imported = import_archive(path)
    send(imported.cycle, make_user("4101", "新经办人", Role.OFFICE))
    assert Delivery.objects.count() == len(told) + 1


def test_it_lies_in_the_archive_and_comes_back(elsewhere, tmp_path):
    path, told = elsewhere
    files = unpacked(path)
    assert verifier.verify(path) == []
    (listed,) = [name for name in files if name.endswith("报送登记.csv")]
    assert [row["状态"] for row in rows(files[listed])] == ["已回执", "退回：地址有误"]
    assert [name for name in files if name.endswith("报送登记表.pdf")]
    imported = import_archive(path)
    assert record.lines(imported.cycle) == told
    build(imported.cycle, tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == path.read_bytes()
