"""发文登记: numbers, who keeps it, corrections and void documents, deliveries of them, papers, the archive and back."""

import datetime
import uuid

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from riskcontrol.models import AuditEntry
from riskpoints.archives import verifier
from riskpoints.archives.importing import import_archive
from riskpoints.campaign.deliveries import record as delivered
from riskpoints.campaign.deliveries import services as deliveries
from riskpoints.campaign.enums import Purpose
from riskpoints.campaign.issued import record, services
from riskpoints.campaign.issued.services import IssuedError
from riskpoints.campaign.models import Delivery, IssuedDocument
from riskpoints.campaign.verbs import CampaignVerb
from riskpoints.enums import Status
from riskpoints.models import Cycle
from tests import scans
from tests.factories import bring_to
from tests.pages import beside, text_of
from tests.riskpoints.archives.packing import build, rows, unpacked

TODAY = timezone.localdate
DAY = datetime.timedelta(days=1)


def said(**changed):
    return {"prefix": "校字", "title": "通知", "main_to": "各处室", "copies": 30, "issued_on": TODAY()} | changed


def issue(cycle, actor, file=None, **changed):
    return services.register(cycle, said(**changed), token=str(uuid.uuid4()), file=file, actor=actor)


def send(cycle, actor, issued, **changed):
    values = {"issued": issued, "title": "", "purpose": Purpose.COPY, "to_unit": "教育工委", "copies": 1, "way": "hand"}
    return deliveries.send(cycle, values | {"sent_on": TODAY()} | changed, version=None, actor=actor)


def test_a_number_is_the_next_free_one_and_never_used_twice(cycle, office):
    year = TODAY().year
    assert issue(cycle, office).number == f"校字〔{year}〕1号"
    assert issue(cycle, office, sequence=7).sequence == 7
    assert issue(cycle, office).sequence == 8
    assert issue(cycle, office, prefix="纪字").sequence == 1
    assert issue(cycle, office, sequence=3).sequence == 3
    services.void(IssuedDocument.objects.get(prefix="校字", sequence=8), "重复", actor=office)
    assert issue(cycle, office).sequence == 9
    with pytest.raises(ValidationError, match="已经用过。不填就取下一个空号 10") as refused:
        issue(cycle, office, sequence=8)
    assert list(refused.value.message_dict) == ["sequence"]
    with pytest.raises(IntegrityError), transaction.atomic():
        IssuedDocument.objects.filter(prefix="校字", sequence=9).update(sequence=1)


def test_a_number_is_never_rewritten_nor_a_void_document_revived(cycle, office):
    row = issue(cycle, office)
    for changed in ({"sequence": 20}, {"year": 2001}, {"prefix": "别字"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            IssuedDocument.objects.update(**changed)
    services.void(row, "重复", actor=office)
    with pytest.raises(IntegrityError), transaction.atomic():
        IssuedDocument.objects.update(void_reason="")
    for act in (
        lambda: services.void(row, "又", actor=office),
        lambda: services.change(row, said(), lock=1, actor=office),
    ):
        with pytest.raises(IssuedError, match="已经作废"):
            act()


def test_only_the_office_keeps_it(cycle, head, reviewer, principal, admin, office):
    row = issue(cycle, office)
    for person in (head, reviewer, principal, admin):
        with pytest.raises(PermissionDenied):
            issue(cycle, person)
        with pytest.raises(PermissionDenied):
            services.change(row, said(title="别的"), lock=0, actor=person)
        with pytest.raises(PermissionDenied):
            services.void(row, "不要", actor=person)
    assert IssuedDocument.objects.get().title == "通知"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"title": "\u200b"}, "title"),
        ({"title": "通知\U0001f600"}, "title"),
        ({"prefix": "校\n字"}, "prefix"),
        ({"copies": 0}, "copies"),
        ({"sequence": 100_000}, "sequence"),
        ({"issued_on": TODAY() + DAY}, "issued_on"),
        ({"file": ("通知.pdf", b"not a file")}, "file"),
    ],
)
def test_what_can_not_be_is_refused_beside_its_field(cycle, office, changed, field):
    with pytest.raises(ValidationError) as refused:
        issue(cycle, office, **changed)
    assert list(refused.value.message_dict) == [field]
    assert not IssuedDocument.objects.exists()


def test_a_second_click_registers_nothing_more(cycle, office):
    first = services.register(cycle, said(), token="once", actor=office)
    assert services.register(cycle, said(), token="once", actor=office) == first


def test_two_people_at_one_document_see_each_other(cycle, office, second_office):
    row = issue(cycle, office)
    services.change(row, said(title="改名的通知"), lock=0, actor=office)
    with pytest.raises(ValidationError, match="别人更改过"):
        services.change(row, said(title="另一个名"), lock=0, actor=second_office)
    with pytest.raises(ValidationError, match="也要在这一年"):
        services.change(row, said(issued_on=TODAY() - 366 * DAY), lock=1, actor=office)
    services.change(row, said(title="另一个名"), lock=1, actor=second_office)
    assert AuditEntry.objects.of(CampaignVerb.ISSUED_CHANGE).count() == 2
    with pytest.raises(ValidationError, match="作废原因"):
        services.void(row, " \u200b", actor=office)


def test_a_closed_year_issues_nothing_more(cycle, office):
    row = issue(cycle, office)
    Cycle.objects.filter(pk=cycle.pk).update(closed_at=timezone.now())
    row.refresh_from_db()
    for act in (lambda: issue(cycle, office), lambda: services.void(row, "重复", actor=office)):
        with pytest.raises(IssuedError, match="已经关闭"):
            act()


def test_a_delivery_names_what_was_issued(cycle, office):
    row = issue(cycle, office)
    sent = send(cycle, office, row)
    assert (sent.issued, sent.title) == (row, f"通知（{row.number}）")
    services.void(row, "重复", actor=office)
    with pytest.raises(ValidationError) as refused:
        send(cycle, office, row)
    assert list(refused.value.message_dict) == ["issued"]


def test_it_is_kept_and_sent_on_its_pages(client, school, cycle, office, staff):
    client.force_login(office)
    new = f"{reverse('campaign:issued_new')}?year={cycle.year}"
    sent = {"prefix": "校字", "title": "通知", "main_to": "", "copies": "30", "issued_on": f"{TODAY()}", "token": "t"}
    assert "请填写主送" in beside(client.post(new, sent), "main_to")
    assert "请填写整数" in beside(client.post(new, sent | {"main_to": "各处室", "copies": "三十"}), "copies")
    file = SimpleUploadedFile("通知.pdf", scans.PDF)
    answer = client.post(
        new, sent | {"main_to": "各处室", "copies": "３０", "sequence": "２", "file": file}, follow=True
    )
    row = IssuedDocument.objects.get()
    assert f"已登记，文号是校字〔{TODAY().year}〕2号" in text_of(answer)
    taken = client.post(new, sent | {"main_to": "各处室", "sequence": "2", "token": "u"})
    assert "已经用过" in beside(taken, "sequence")
    edit = reverse("campaign:issued_edit", args=[row.pk])
    values = sent | {"main_to": "各科室", "lock": "0"}
    services.change(row, said(title="别人改的名"), lock=0, actor=office)
    again = client.post(edit, values)
    assert "别人改的名" in text_of(again)
    client.post(edit, values | {"lock": "1"})
    row.refresh_from_db()
    assert (row.main_to, row.sequence) == ("各科室", 2)

    deliver = f"{reverse('campaign:delivery_new')}?year={cycle.year}&issued={row.pk}"
    assert f'<option value="{row.pk}" selected' in client.get(deliver).content.decode()
    said_of_it = {"purpose": "copy", "to_unit": "教育工委", "copies": "1", "way": "hand", "sent_on": f"{TODAY()}"}
    assert "请填写文件名称，或选择发文" in beside(client.post(deliver, said_of_it), "title")
    client.post(deliver, said_of_it | {"issued": f"{row.pk}"})
    assert Delivery.objects.get().issued == row
    one = reverse("campaign:issued_one", args=[row.pk])
    assert "教育工委" in text_of(client.get(one))
    client.force_login(staff)
    assert client.get(reverse("campaign:issued_file", args=[row.pk])).content == scans.PDF
    assert client.post(one, {"void_reason": "重复"}).status_code == 403
    client.force_login(office)
    assert "请填写作废原因" in text_of(client.post(one, {"void_reason": ""}))
    assert "已作废" in text_of(client.post(one, {"void_reason": "重复"}, follow=True))
    for kind in ("pdf", "xlsx"):
        paper = client.get(f"{reverse('campaign:issued_register', args=[kind])}?year={cycle.year}")
        assert paper.content[:2] == {"pdf": b"%P", "xlsx": b"PK"}[kind]


def test_the_paper_in_the_archive_is_of_the_year_whatever_the_day_of_issue(cycle, office, school):
    issue(cycle, office, issued_on=datetime.date(cycle.year - 1, 12, 20))
    (paper,) = record.PART.papers(record.PART.facts(cycle), school)
    assert paper.title == f"{cycle.year}年度发文登记表"
    assert f"{cycle.year}年度" in paper.values.title


def test_a_second_reason_for_a_void_document_is_answered(client, school, cycle, office):
    row = issue(cycle, office)
    services.void(row, "重复", actor=office)
    client.force_login(office)
    answer = client.post(reverse("campaign:issued_one", args=[row.pk]), {"void_reason": "发错单位"})
    assert "已经作废" in text_of(answer)
    assert "发错单位" in answer.content.decode()
    assert "作废这份发文" not in client.get(reverse("campaign:issued_one", args=[row.pk])).content.decode()


def test_the_page_asks_as_often_for_one_as_for_thirty(client, cycle, office, django_assert_max_num_queries):
    client.force_login(office)
    issue(cycle, office)
    address = reverse("campaign:issued")
    client.get(address)
    with django_assert_max_num_queries(60) as one:
        client.get(address)
    for _ in range(29):
        issue(cycle, office)
    with django_assert_max_num_queries(60) as thirty:
        client.get(address)
    assert len(thirty) == len(one)


@pytest.fixture
def elsewhere(request, tmp_path, db):
    """Return the archive of a year in which something was issued, made in a database that is gone, and its rows."""
    with transaction.atomic():
        _, table, people = (request.getfixturevalue(name) for name in ("school", "table", "people"))
        bring_to(Status.CONFIRMED, table, people)
        row = issue(table.cycle, people.office, file=("通知.pdf", scans.PDF), copy_to="教育工委")
        send(table.cycle, people.office, row)
        services.void(issue(table.cycle, people.office), "重复", actor=people.office)
        told = record.PART.facts(table.cycle), delivered.PART.facts(table.cycle)
        build(table.cycle, tmp_path / "a.zip")
        transaction.set_rollback(True)
    return tmp_path / "a.zip", told


def test_it_lies_in_the_archive_and_comes_back(elsewhere, tmp_path):
    path, told = elsewhere
    files = unpacked(path)
    assert verifier.verify(path) == []
    (listed,) = [name for name in files if name.endswith("发文登记表.csv")]
    assert [row["作废原因"] for row in rows(files[listed])] == ["", "重复"]
    assert [name for name in files if name.endswith("发文登记表.pdf")]
    assert [files[name] for name in files if name.endswith("号_通知.pdf")] == [scans.PDF]
    imported = import_archive(path)
    assert (record.PART.facts(imported.cycle), delivered.PART.facts(imported.cycle)) == told
    build(imported.cycle, tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == path.read_bytes()
