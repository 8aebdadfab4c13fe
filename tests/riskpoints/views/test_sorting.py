"""Scans of several tables in one go: sorted by their codes, looked at, saved with each table, nothing dropped."""

import datetime
import io

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from riskcontrol import files
from riskcontrol.models import AuditEntry
from riskpoints.content.content import content_code
from riskpoints.enums import Action, ConfirmedBy, Status
from riskpoints.models import SentPage, SentScans, SignedScan, StoredDocument, TableVersion
from riskpoints.tables import papers, sorting, workflow
from riskpoints.verbs import RegisterVerb
from tests import once, scans
from tests.factories import bring_to, own_signature, paper_signature, publish_for
from tests.pages import beside, messages_of, text_of

INDEX, SAVE = reverse("riskpoints:sorting"), reverse("riskpoints:sorting_save")


@once.fixture
def three(table, other_table, school_table, people):
    """总务处 and 教务处 reviewed; the school's confirmed in the browser, its sealed sheet not scanned yet."""
    found = [bring_to(Status.REVIEWED, one, people) for one in (table, other_table, school_table)]
    workflow.perform(Action.CONFIRM, found[2], actor=people.principal, signature=own_signature())
    return [TableVersion.objects.get(pk=version.pk) for version in found]


def code_of(version) -> str:
    return content_code(version.decisions.order_by("at", "id").last().content_hash)


def send(client, *contents, **options):
    sent = [SimpleUploadedFile(f"扫描{place}.pdf", content) for place, content in enumerate(contents, start=1)]
    return client.post(INDEX, {"scans": sent}, follow=True, **options)


def proposed(response) -> list:
    """What is proposed for each page: the owner of the table, or why there is none."""
    guesses = response.context["sort"].guesses
    return [guess.version.owner_name if guess.version else guess.words for guess in guesses]


def filled(response, **changes):
    """The form as it is shown, with changes by the place of the page (p1=…)."""
    values = {"signed_on": timezone.localdate().isoformat()}
    for place, (guess, field) in enumerate(response.context["sort"].rows, start=1):
        values[f"page-{guess.page.pk}"] = changes.get(f"p{place}", field.value())
    return values | {name: value for name, value in changes.items() if name == "signed_on"}


def stored(version):
    return TableVersion.objects.get(pk=version.pk)


def scans_of(version) -> list[bytes]:
    return [files.read(scan.file) for scan in papers.valid_scans(version).select_related("file")]


def pages_in(content: bytes) -> int:
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return len(pdf.pages)


def test_one_pdf_of_many_sheets_goes_to_their_tables(three, people, enter):
    client = enter(people.second_office)
    one, two, school = three
    page = send(client, scans.sheets(code_of(two), code_of(one), code_of(one), code_of(school)))
    assert proposed(page) == ["教务处", "总务处", "总务处", school.owner_name]
    assert [stored(version).status for version in three] == [Status.REVIEWED, Status.REVIEWED, Status.CONFIRMED]
    assert SignedScan.objects.count() == 0  # looked at first
    response = client.post(SAVE, filled(page), follow=True)
    assert messages_of(response) == [
        "教务处：已确定，本表从现在起是现行版。",
        "总务处：已确定，本表从现在起是现行版。",
        f"{school.owner_name}：扫描件已登记。",
    ]
    for version, count in ((one, 2), (two, 1), (school, 1)):
        assert [pages_in(content) for content in scans_of(version)] == [count]
        assert stored(version).status == Status.CONFIRMED
    assert (stored(one).confirmed_how, stored(one).signer_name) == (ConfirmedBy.PAPER, "校长")
    assert stored(one).signed_on == timezone.localdate()
    assert (SentScans.objects.count(), SentPage.objects.count()) == (0, 0)


def test_the_trail_tells_what_was_sent_and_where_each_page_went(three, people, enter):
    client, before = enter(people.second_office), AuditEntry.objects.latest("number").number
    page = send(client, scans.sheets(code_of(three[0]), ""))
    client.post(SAVE, filled(page, p2="none"))
    received, confirmed, sorted_ = AuditEntry.objects.filter(
        actor_number=people.second_office.staff_number,
        action__in=[RegisterVerb.RECEIVE_SCANS, RegisterVerb.CONFIRM, RegisterVerb.SORT_SCANS],
        number__gt=before,
    ).order_by("number")
    assert (received.action, received.detail["页数"]) == (RegisterVerb.RECEIVE_SCANS, 2)
    assert confirmed.action == RegisterVerb.CONFIRM
    assert sorted_.action == RegisterVerb.SORT_SCANS
    assert sorted_.detail == {
        "文件": "扫描1.pdf",
        "file_hash": received.detail["file_hash"],
        "第1页": f"总务处第{three[0].number}版",
        "第2页": "不登记",
    }


def test_a_file_that_is_wholly_of_one_table_is_kept_as_it_was_sent(three, people, enter):
    client = enter(people.second_office)
    whole, picture = scans.sheets(*[code_of(three[0])] * 2), scans.sheets(code_of(three[0]), kind="JPEG")
    page = send(client, whole, picture)
    assert proposed(page) == ["总务处"] * 3
    client.post(SAVE, filled(page))
    assert scans_of(three[0]) == [whole, picture]
    assert list(three[0].scans.values_list("suffix", flat=True)) == ["pdf", "jpg"]


def test_the_same_file_twice_is_one(three, people, enter):
    client, content = enter(people.second_office), scans.sheets(code_of(three[0]), "")
    for _ in range(2):
        assert len(proposed(send(client, content))) == 2
    send(enter(people.office), content)
    assert SentScans.objects.count() == 2


def test_what_will_be_done_is_said_before(three, people, enter):
    page = send(enter(people.second_office), scans.sheets(*[code_of(version) for version in three]))
    year, said = three[0].table.cycle.year, "".join(text_of(page).split())
    for version, does in zip(three, ("登记签字并确定", "登记签字并确定", "登记扫描件"), strict=True):
        assert f"{version.owner_name}{year}年度第1版：1页，{does}" in said


def test_a_page_that_is_missing_is_noticed(three, people, enter):
    """As many pages as were printed and kept; one more, as of two copies, is nothing to ask about."""
    client, code = enter(people.second_office), code_of(three[0])
    for action, pages in ((Action.SUBMIT, 3), (Action.APPROVE, 2)):  # what was printed last counts
        kept = files.keep(scans.pdf(pages=pages), "application/pdf")
        decision = three[0].decisions.get(action=action)
        StoredDocument.objects.create(decision=decision, kind="pdf", file=kept)
    assert "这张表印出来有 2 页，请核对是不是漏扫了。" in text_of(send(client, scans.sheets(code)))
    SentScans.objects.all().delete()
    assert "漏扫" not in text_of(send(client, scans.sheets(code, code)))


def test_a_page_without_a_table_is_named_and_kept_until_it_has_one(three, people, enter):
    client = enter(people.second_office)
    page = send(client, scans.sheets(code_of(three[0]), "", "AAAA-BBBB-CCCC"))
    assert proposed(page) == [
        "总务处",
        "没有找到校验码，请看图选择。",
        "校验码 AAAA-BBBB-CCCC 没有查到您能办理的表，请看图选择。",
    ]
    response = client.post(SAVE, filled(page))
    assert response.status_code == 422
    for guess, field in response.context["sort"].rows[1:]:
        assert beside(response, field.html_name).startswith("请选择这一页是哪张表"), guess
    assert stored(three[0]).status == Status.REVIEWED
    again = client.get(INDEX)
    assert len(proposed(again)) == 3
    shown = client.get(reverse("riskpoints:sorting_page", args=[again.context["sort"].guesses[1].page.pk]))
    assert (shown["Content-Type"], shown.content[:8]) == ("image/png", b"\x89PNG\r\n\x1a\n")
    response = client.post(SAVE, filled(again, p2=str(three[0].pk), p3="none"), follow=True)
    assert messages_of(response) == ["总务处：已确定，本表从现在起是现行版。"]
    assert [pages_in(content) for content in scans_of(three[0])] == [2]
    assert SentScans.objects.count() == 0


def test_what_one_table_refuses_stays_and_the_others_are_done(three, people, enter, school):
    """The signature of a day before the submission is refused as it is on the table's own page."""
    client = enter(people.second_office)
    one, two, school_version = three
    workflow.note_signature(two, paper_signature(scan=b"", scan_suffix=""), actor=people.second_office)
    page = send(client, scans.sheets(code_of(one), code_of(two), code_of(school_version)))
    day = (timezone.localdate() - datetime.timedelta(days=900)).isoformat()
    response = client.post(SAVE, filled(page, signed_on=day), follow=True)
    said = messages_of(response)
    assert said[0].startswith("总务处：没有办理。签字日期不能早于提交日期（")
    assert said[1:] == ["教务处：已确定，本表从现在起是现行版。", f"{school_version.owner_name}：扫描件已登记。"]
    assert (stored(one).status, stored(two).status) == (Status.REVIEWED, Status.CONFIRMED)
    assert proposed(client.get(INDEX)) == ["总务处"]
    assert client.post(SAVE, filled(client.get(INDEX)), follow=True).status_code == 200
    assert stored(one).status == Status.CONFIRMED


def test_the_day_of_the_signature_is_asked_for_where_it_is_not_known(three, people, enter):
    client = enter(people.second_office)
    page = send(client, scans.sheets(code_of(three[0])))
    response = client.post(SAVE, filled(page, signed_on=""))
    assert beside(response, "signed_on") == "总务处还没有登记签字，请填写签字日期。"
    response = client.post(SAVE, filled(page, signed_on="2099-01-01"))
    assert beside(response, "signed_on") == "签字日期不能晚于今天。"
    workflow.note_signature(three[0], paper_signature(scan=b"", scan_suffix=""), actor=people.second_office)
    response = client.post(SAVE, filled(client.get(INDEX), signed_on=""), follow=True)
    assert messages_of(response) == ["总务处：已确定，本表从现在起是现行版。"]


def test_a_sheet_that_was_printed_before_a_change_is_not_taken_for_the_table(three, people, enter):
    client = enter(people.second_office)
    one = three[0]
    old = code_of(one)
    workflow.perform(Action.RETURN, one, actor=people.reviewer, comment="请补充")
    assert proposed(send(client, scans.sheets(old)))[0].startswith("校验码")  # a draft is not the office's to see
    SentScans.objects.all().delete()
    draft = stored(one)
    draft.points.update(text="改过的风险点")
    version = workflow.perform(Action.SUBMIT, draft, actor=people.head)
    workflow.perform(Action.APPROVE, version, actor=people.reviewer)
    assert code_of(one) != old
    assert proposed(send(client, scans.sheets(old))) == [
        "这是总务处的旧稿，内容后来改过，不能用来确定。请核对是不是印错了一版。"
    ]


def test_a_table_that_is_not_theirs_to_record_is_not_proposed(three, people, enter):
    """The office wrote and submitted the school's table: its paper is recorded by somebody else (R66)."""
    TableVersion.objects.filter(pk=three[0].pk).update(submitted_by=people.office)
    client = enter(people.office)
    page = send(client, scans.sheets(code_of(three[0])))
    assert proposed(page) == ["这是总务处的表，现在是“已审核”，不能登记它的扫描件。"]
    field = page.context["sort"].rows[0][1].html_name
    response = client.post(SAVE, {field: str(three[0].pk), "signed_on": timezone.localdate().isoformat()})
    assert (response.status_code, stored(three[0]).status) == (422, Status.REVIEWED)


def test_nothing_is_put_in_force_while_it_is_published(table, school, people, enter):
    publish_for(5)
    version = bring_to(Status.REVIEWED, table, people)
    client = enter(people.office)
    response = client.post(SAVE, filled(send(client, scans.sheets(code_of(version)))), follow=True)
    assert messages_of(response)[0].startswith("总务处：没有办理。")
    assert (stored(version).status, SentPage.objects.filter(is_done=False).count()) == (Status.REVIEWED, 1)


def test_what_can_not_be_read_is_refused_by_its_name_and_nothing_is_kept(three, people, enter):
    client = enter(people.second_office)
    for contents, words in (
        ([], "请先选择扫描件。"),
        ([b"no scan"], "“扫描1.pdf”：这不是 PDF、JPG 或 PNG 文件，请重新扫描或另存为这几种格式。"),
        ([scans.PDF, b"%PDF-1.4 broken"], "“扫描2.pdf”：这个文件已经损坏，读不完整。请重新扫描，或另存后再上传。"),
        ([scans.PDF] * 61, "一次最多选 60 个文件，请分几次上传。"),
    ):
        response = send(client, *contents)
        assert (response.status_code, beside(response, "scans")) == (422, words)
    assert SentScans.objects.count() == 0
    assert client.get(SAVE).url == INDEX
    assert client.post(SAVE, {}).url == INDEX


def test_too_much_at_once_is_refused(three, people, enter, monkeypatch):
    monkeypatch.setattr("riskpoints.forms.sorting.SCAN_BYTES", 2 * len(scans.PDF) - 1)
    response = send(enter(people.second_office), scans.PDF, scans.PDF)
    assert beside(response, "scans").startswith("合计超过 20 MB，请分几次上传")


def test_what_was_sent_is_its_senders_alone_and_can_be_given_up(three, people, enter):
    client, other = enter(people.second_office), enter(people.office)
    page = send(client, scans.sheets(code_of(three[0]), ""))
    first = page.context["sort"].guesses[0].page
    assert proposed(other.get(INDEX)) == []
    assert other.get(reverse("riskpoints:sorting_page", args=[first.pk])).status_code == 404
    give_up = reverse("riskpoints:sorting_discard", args=[first.sent_id])
    assert other.post(give_up).status_code == 404
    assert client.get(give_up).url == INDEX
    assert messages_of(client.post(give_up, follow=True)) == ["“扫描1.pdf”没有分派的页已经放弃。"]
    entry = AuditEntry.objects.latest("number")
    assert (entry.action, entry.detail["没有分派的页"]) == (RegisterVerb.DISCARD_SCANS, [1, 2])
    assert SentPage.objects.count() == 0


@pytest.mark.parametrize("name", ["head", "reviewer", "principal", "admin", "auditor", "leader"])
def test_only_the_office_sends_scans(three, people, enter, name):
    client = enter(getattr(people, name))
    assert client.get(INDEX).status_code == 403
    assert send(client, scans.PDF).status_code == 403
    assert "一批扫描件一次上传" not in text_of(client.get(reverse("riskpoints:together")))
    assert SentScans.objects.count() == 0


def test_the_page_costs_the_same_for_one_and_for_many_pages(three, people, enter, queries_of):
    client = enter(people.second_office)
    send(client, scans.sheets(code_of(three[0])))
    few = queries_of(client, INDEX)
    send(client, scans.sheets(*[code_of(version) for version in three] * 4))
    assert len(sorting.waiting_pages(people.second_office)) == 13
    assert queries_of(client, INDEX) == few
