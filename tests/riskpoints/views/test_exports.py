"""Small files come at once, others from the page of one's own files; nobody sees anybody else's."""

import pytest
from django.urls import reverse

from riskcontrol import turns
from riskcontrol.models import AuditEntry
from riskcontrol.processes import detached
from riskpoints.enums import Status
from riskpoints.exports import orders, runner
from riskpoints.models import Export
from riskpoints.models.export import ExportState
from riskpoints.verbs import RegisterVerb
from tests.factories import bring_to
from tests.pages import messages_of, text_of

PAGE = reverse("riskpoints:exports")


@pytest.fixture(autouse=True)
def no_process(monkeypatch):
    monkeypatch.setattr(detached, "start", lambda *arguments, name: None)


@pytest.fixture
def nothing_is_quick(monkeypatch):
    monkeypatch.setattr(orders, "QUICK_POINTS", {"pdf": -1, "xlsx": -1})


def export(client, kind, **query):
    return client.get(reverse("riskpoints:register_export", args=[kind]), query)


@pytest.mark.parametrize("kind", ["xlsx", "pdf"])
def test_up_to_so_many_points_come_at_once(record_table, office, enter, monkeypatch, kind):
    monkeypatch.setitem(orders.QUICK_POINTS, kind, 2)
    client = enter(office)
    record_table("甲处", 2)
    assert export(client, kind).status_code == 200
    record_table("乙处", 1)
    answer = export(client, kind)
    assert (answer.status_code, answer.url) == (302, PAGE)
    assert Export.objects.get().name.endswith(kind)
    assert AuditEntry.objects.filter(action=RegisterVerb.REGISTER_EXPORT).count() == 1
    entry = AuditEntry.objects.get(action=RegisterVerb.EXPORT_ASK)
    assert (entry.object_label, entry.detail["风险点数"]) == (Export.objects.get().name, 3)


def test_a_second_small_pdf_on_this_machine_waits_in_the_queue(record_table, office, enter):
    """So that sixteen asked for at once don't take the places of all others' pages."""
    record_table("甲处", 1)
    with turns.taken("quick-export", at_once=1, in_line=0, patience=0):
        assert export(enter(office), "pdf").url == PAGE
        assert export(enter(office), "xlsx").status_code == 200
    assert export(enter(office), "pdf").status_code == 200


@pytest.mark.usefixtures("nothing_is_quick")
def test_the_page_says_how_far_it_is_and_offers_the_file(record_table, office, enter):
    record_table("甲处", 2)
    client = enter(office)
    assert "排队等待" in text_of(client.get(reverse("riskpoints:register_export", args=["xlsx"]), follow=True))
    page = client.get(PAGE).content.decode()
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in page
    assert 'hx-trigger="every 1s"' in page
    Export.objects.update(state=ExportState.RUNNING, done=1, step="排版")
    assert "排版 1/2" in text_of(client.get(PAGE))
    Export.objects.update(state=ExportState.WAITING)
    runner.run_queue()
    made = Export.objects.get()
    page = client.get(PAGE).content.decode()
    assert "http-equiv" not in page.split("X-UA-Compatible")[1]
    assert "every 1s" not in page
    assert f'href="{reverse("riskpoints:export_file", args=[made.pk])}"' in page
    answer = client.get(reverse("riskpoints:export_file", args=[made.pk]))
    assert b"".join(answer.streaming_content)[:2] == b"PK"
    assert (answer["Cache-Control"], "filename*=utf-8''" in answer["Content-Disposition"]) == (
        "no-store, private",
        True,
    )
    assert AuditEntry.objects.filter(action=RegisterVerb.REGISTER_EXPORT).count() == 1


@pytest.mark.usefixtures("nothing_is_quick")
def test_a_fourth_one_is_refused_with_what_to_do(office, enter):
    client = enter(office)
    for level in "123":
        export(client, "pdf", level=level)
    answer = client.get(reverse("riskpoints:register_export", args=["pdf"]), follow=True)
    assert messages_of(answer) == ["您已有 3 份文件在排队或生成。请等一份完成，或先取消一份，再导出新的。"]
    first = Export.objects.earliest("pk")
    answer = client.post(reverse("riskpoints:export_remove", args=[first.pk]), follow=True)
    assert messages_of(answer) == ["已取消并删除。"]
    assert AuditEntry.objects.get(action=RegisterVerb.EXPORT_REMOVE).detail == {"状态": "排队等待"}
    assert export(client, "pdf").url == PAGE
    assert Export.objects.count() == 3


@pytest.mark.usefixtures("nothing_is_quick")
def test_nobody_sees_fetches_or_removes_anothers(office, people, enter):
    export(enter(office), "xlsx", level="1")
    runner.run_queue()
    made, other = Export.objects.get(), enter(people.reviewer)
    assert "没有导出的文件" in text_of(other.get(PAGE))
    for answer in (
        other.get(reverse("riskpoints:export_file", args=[made.pk]), follow=True),
        other.post(reverse("riskpoints:export_remove", args=[made.pk]), follow=True),
    ):
        assert messages_of(answer) == ["这份文件已经不在了：导出的文件只保留 60 分钟。请重新导出。"]
    assert Export.objects.filter(pk=made.pk).exists()


@pytest.mark.usefixtures("nothing_is_quick")
def test_why_one_was_not_made_stands_beside_it(office, enter):
    client = enter(office)
    export(client, "xlsx")
    Export.objects.update(state=ExportState.FAILED, error="以下字符没有可用的字体。")
    assert "没有生成：以下字符没有可用的字体。" in text_of(client.get(PAGE))


@pytest.mark.usefixtures("nothing_is_quick")
def test_all_tables_of_a_year_are_made_so_as_well(table, people, enter):
    bring_to(Status.CONFIRMED, table, people)
    client = enter(people.office)
    answer = client.get(reverse("riskpoints:year_tables", args=[table.cycle_id]), {"copies": "2"})
    assert answer.url == PAGE
    runner.run_queue()
    made = Export.objects.get()
    assert made.name == f"{table.cycle.year}年度廉政风险点防控表合订（一式二份）.pdf"
    answer = client.get(reverse("riskpoints:export_file", args=[made.pk]))
    assert b"".join(answer.streaming_content).startswith(b"%PDF-1.7")
    entry = AuditEntry.objects.get(action=RegisterVerb.YEAR_DOWNLOAD)
    assert (entry.object_id, entry.detail) == (str(table.cycle_id), {"文件": made.name, "表数": 1})


def test_the_page_costs_the_same_with_one_file_and_with_ten(office, enter, queries_of):
    client = enter(office)
    facts = {"person": office, "kind": orders.REGISTER, "name": "a.xlsx", "state": ExportState.FAILED}
    Export.objects.create(**facts)
    few = queries_of(client, PAGE)
    for _ in range(9):
        Export.objects.create(**facts)
    assert queries_of(client, PAGE) == few
