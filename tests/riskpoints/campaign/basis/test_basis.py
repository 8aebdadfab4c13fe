"""依据文件: who keeps them, what a 公示稿 cites on its day, the file, the next year, the archive and the way back."""

import datetime
import uuid

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from riskcontrol.models import AuditEntry
from riskpoints import wings
from riskpoints.archives import verifier
from riskpoints.archives.importing import import_archive
from riskpoints.campaign.basis import record, services
from riskpoints.campaign.basis.services import BasisError
from riskpoints.campaign.models import BasisDocument
from riskpoints.campaign.verbs import CampaignVerb
from riskpoints.documents import build_public
from riskpoints.enums import Status
from riskpoints.models import Cycle, TableVersion
from riskpoints.years import opening
from tests import scans
from tests.factories import bring_to, publish_for, year_dates
from tests.pages import beside, text_of
from tests.riskpoints.archives.packing import build, rows, unpacked

TODAY = timezone.localdate
DAY = datetime.timedelta(days=1)


def cite(cycle, actor, file=None, **changed):
    values = {"title": "实施意见", "number": "教纪〔2026〕3号", "issuer": "市教育局"} | changed
    return services.add(cycle, values, token=str(uuid.uuid4()), file=file, actor=actor)


def correct(row, actor, *, seen=None, **changed):
    values = {"title": "实施意见", "number": "教纪〔2026〕3号", "issuer": "市教育局"} | changed
    seen = row.pk if seen is None else seen
    return services.correct(row, values, seen=seen, token=str(uuid.uuid4()), actor=actor)


@pytest.fixture
def posted(table, people):
    """A table whose 公示 began today."""
    publish_for(3)
    version = bring_to(Status.REVIEWED, table, people)
    TableVersion.objects.filter(pk=version.pk).update(publish_from=TODAY())
    version.refresh_from_db()
    return version


def cited_in(version):
    return [text for text in build_public.notice(version).paragraphs if text.startswith("依据文件")]


def test_a_notice_cites_what_the_year_cites(cycle, posted, office):
    before = build_public.notice(posted)
    assert cited_in(posted) == []
    cite(cycle, office)
    cite(cycle, office, title="关于转发＜意见＞的通知", number="", cited_as="市纪委《关于转发＜意见＞的通知》")
    assert cited_in(posted) == ["依据文件：《实施意见》（教纪〔2026〕3号）；市纪委《关于转发＜意见＞的通知》。"]
    BasisDocument.objects.all().delete()
    assert build_public.notice(posted) == before


def test_what_was_posted_before_is_printed_again_as_it_was(cycle, posted, office):
    row = cite(cycle, office)
    TableVersion.objects.filter(pk=posted.pk).update(publish_from=TODAY() - DAY)
    posted.refresh_from_db()
    assert cited_in(posted) == []
    # Cited since yesterday, corrected today: who posted yesterday posted the former words.
    with pytest.raises(IntegrityError), transaction.atomic():
        BasisDocument.objects.update(cited_from=TODAY() - DAY)
    insert_yesterday = BasisDocument.objects.get(pk=row.pk)
    insert_yesterday.pk, insert_yesterday.token = None, "yesterday"
    insert_yesterday.cited_from = TODAY() - DAY
    BasisDocument.objects.all().delete()
    insert_yesterday.save()
    correct(insert_yesterday, office, number="教纪〔2026〕4号")
    assert cited_in(posted) == ["依据文件：《实施意见》（教纪〔2026〕3号）。"]
    assert wings.basis(cycle, TODAY()) == ["《实施意见》（教纪〔2026〕4号）"]
    services.end(BasisDocument.objects.get(ended_on=None), actor=office)
    assert wings.basis(cycle, TODAY()) == []
    assert cited_in(posted) == ["依据文件：《实施意见》（教纪〔2026〕3号）。"]


def test_its_words_are_never_rewritten(cycle, office):
    cite(cycle, office)
    for changed in ({"title": "别的"}, {"number": ""}, {"cited_as": "别的"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            BasisDocument.objects.update(**changed)
    BasisDocument.objects.update(ended_on=TODAY())
    with pytest.raises(IntegrityError), transaction.atomic():
        BasisDocument.objects.update(ended_on=None)


def test_only_the_office_keeps_them(cycle, head, reviewer, principal, admin, office):
    row = cite(cycle, office)
    for person in (head, reviewer, principal, admin):
        with pytest.raises(PermissionDenied):
            cite(cycle, person, title="别的")
        with pytest.raises(PermissionDenied):
            correct(row, person, title="别的")
        with pytest.raises(PermissionDenied):
            services.end(row, actor=person)
    assert BasisDocument.objects.get().ended_on is None


def test_the_same_document_is_cited_once(cycle, office):
    row = cite(cycle, office)
    with pytest.raises(ValidationError, match="已经引用"):
        cite(cycle, office)
    services.end(row, actor=office)
    cite(cycle, office)
    values = {"title": "通知", "issuer": "市教育局"}
    first = services.add(cycle, values, token="once", actor=office)
    assert services.add(cycle, values, token="once", actor=office) == first


def test_two_people_at_one_document_see_each_other(cycle, office, second_office):
    row = cite(cycle, office)
    new = correct(row, office, number="教纪〔2026〕4号")
    with pytest.raises(ValidationError, match="别人更改过"):
        correct(row, second_office, number="教纪〔2026〕5号")
    correct(row, second_office, seen=new.pk, number="教纪〔2026〕5号")
    assert BasisDocument.objects.get(ended_on=None).number == "教纪〔2026〕5号"
    services.end(row, actor=office)
    for act in (lambda: services.end(row, actor=office), lambda: correct(row, office, title="又")):
        with pytest.raises(BasisError, match="不再引用"):
            act()
    assert AuditEntry.objects.of(CampaignVerb.BASIS_CHANGE).count() == 3


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"title": "\u200b"}, "title"),
        ({"title": "意见\U0001f600"}, "title"),
        ({"issuer": ""}, "issuer"),
        ({"issued_on": TODAY() + DAY}, "issued_on"),
        ({"file": ("意见.pdf", b"not a file")}, "file"),
        ({"file": ("意见\U0001f600.pdf", scans.PDF)}, "file"),
    ],
)
def test_what_can_not_be_is_refused_beside_its_field(cycle, office, changed, field):
    with pytest.raises(ValidationError) as refused:
        cite(cycle, office, **changed)
    assert list(refused.value.message_dict) == [field]
    assert not BasisDocument.objects.exists()


def test_a_closed_year_cites_what_it_cited(cycle, office):
    row = cite(cycle, office)
    Cycle.objects.filter(pk=cycle.pk).update(closed_at=timezone.now())
    row.refresh_from_db()
    for act in (lambda: cite(cycle, office, title="别的"), lambda: services.end(row, actor=office)):
        with pytest.raises(BasisError, match="已经关闭"):
            act()


def test_a_new_year_begins_with_those_of_the_last(cycle, office):
    services.end(cite(cycle, office, title="旧意见"), actor=office)
    kept = cite(cycle, office, file=("意见.pdf", scans.PDF))
    made = opening.open_year(cycle.year + 1, year_dates(cycle.year + 1), actor=office)
    copy = BasisDocument.objects.get(cycle=made)
    assert (copy.citation, copy.file, copy.cited_from) == (kept.citation, kept.file, TODAY())


def test_it_is_kept_on_the_page_of_the_plan(client, cycle, posted, office, staff):
    client.force_login(office)
    address = reverse("campaign:basis_new", args=[cycle.year])
    sent = {"title": "实施意见", "issuer": "", "token": "t"}
    assert "请填写发文单位" in beside(client.post(address, sent), "issuer")
    answer = client.post(
        address, sent | {"issuer": "市教育局", "file": SimpleUploadedFile("意见.pdf", scans.PDF)}, follow=True
    )
    assert "已保存" in text_of(answer)
    row = BasisDocument.objects.get()
    file = reverse("campaign:basis_file", args=[cycle.year, row.pk])
    assert file in answer.content.decode()
    edit = reverse("campaign:basis_edit", args=[cycle.year, row.pk])
    new = correct(row, office, title="别人改的名")
    assert client.get(edit).headers["Location"] == reverse("campaign:basis_edit", args=[cycle.year, new.pk])
    again = client.post(edit, sent | {"issuer": "省教育厅", "token": "u", "lock": str(row.pk)})
    assert again.status_code == 422
    assert "别人改的名" in text_of(again)
    assert f'value="{new.pk}"' in again.content.decode()
    assert "省教育厅" in again.content.decode()
    client.post(edit, sent | {"issuer": "省教育厅", "token": "u", "lock": str(new.pk)})
    assert BasisDocument.objects.get(ended_on=None).issuer == "省教育厅"
    public = client.get(reverse("riskpoints:publication_table", args=[posted.pk]))
    assert "《实施意见》" in text_of(public)
    client.force_login(staff)
    assert client.get(file).content == scans.PDF
    end = reverse("campaign:basis_end", args=[cycle.year, row.pk])
    assert client.post(end).status_code == 403
    client.force_login(office)
    assert "已停止引用" in text_of(client.post(end, follow=True))


def test_a_wrong_file_for_what_is_cited_no_more_is_said(client, cycle, office, second_office):
    row = cite(cycle, office)
    services.end(row, actor=second_office)
    client.force_login(office)
    sent = {"title": "改过的名", "issuer": "市教育局", "token": "t", "lock": str(row.pk)}
    wrong = SimpleUploadedFile("意见.pdf", b"not a file")
    answer = client.post(reverse("campaign:basis_edit", args=[cycle.year, row.pk]), sent | {"file": wrong})
    assert answer.status_code == 422
    assert "已经不再引用" in text_of(answer)
    assert "改过的名" in answer.content.decode()


def test_the_page_asks_as_often_for_one_as_for_thirty(client, cycle, office, django_assert_max_num_queries):
    client.force_login(office)
    cite(cycle, office, title="一")
    address = reverse("campaign:plan")
    client.get(address)
    with django_assert_max_num_queries(60) as one:
        client.get(address)
    for number in range(29):
        cite(cycle, office, title=f"意见{number}")
    with django_assert_max_num_queries(60) as thirty:
        client.get(address)
    assert len(thirty) == len(one)


@pytest.fixture
def elsewhere(request, tmp_path, db):
    """Return the archive of a year that cites documents, made in a database that is gone, and its rows."""
    with transaction.atomic():
        _, table, people = (request.getfixturevalue(name) for name in ("school", "table", "people"))
        bring_to(Status.CONFIRMED, table, people)
        correct(cite(table.cycle, people.office, file=("意见.pdf", scans.PDF)), people.office, title="更正的名称")
        cite(table.cycle, people.office, title="通知", number="", issued_on=TODAY())
        services.end(cite(table.cycle, people.office, title="不再引用的"), actor=people.office)
        told = record.PART.facts(table.cycle)
        build(table.cycle, tmp_path / "a.zip")
        transaction.set_rollback(True)
    return tmp_path / "a.zip", told


def test_it_lies_in_the_archive_and_comes_back(elsewhere, tmp_path):
    path, told = elsewhere
    files = unpacked(path)
    assert verifier.verify(path) == []
    (listed,) = [name for name in files if name.endswith("依据文件.csv")]
    assert len(rows(files[listed])) == 4
    assert "本年度工作的依据文件：" in files["说明.txt"].decode("utf-8-sig")
    assert "不再引用的" not in files["说明.txt"].decode("utf-8-sig")
    assert [files[name] for name in files if "意见" in name and name.endswith(".pdf")] == [scans.PDF]
    imported = import_archive(path)
    assert record.PART.facts(imported.cycle) == told
    build(imported.cycle, tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == path.read_bytes()
