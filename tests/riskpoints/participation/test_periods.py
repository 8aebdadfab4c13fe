"""历次公示 and 公示结果: what was said of the tables of a period, and what came of it; nobody is named."""

import datetime
import subprocess

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from riskpoints import documents
from riskpoints.enums import Action, Category, Status
from riskpoints.models import Publication, TableVersion
from riskpoints.participation import opinions, results
from riskpoints.participation.enums import Outcome
from riskpoints.rules.enums import Key, Mode
from riskpoints.tables import workflow
from tests import once
from tests.factories import bring_to, publish_for, set_rule

PERIODS = reverse("participation:periods")


def enter(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@once.fixture
def running(school, table, people) -> TableVersion:
    publish_for(3)
    return bring_to(Status.REVIEWED, table, people)


@pytest.fixture
def publication(running) -> Publication:
    return Publication.objects.get()


def test_without_opinions_there_is_no_objection(publication):
    (row,) = results.results(publication)
    assert (row.owner, row.opinions, row.result, row.waiting) == ("总务处", 0, "无异议", 0)
    assert "没有收到意见，无异议" in results.result_paper(publication).paragraphs[0]


def test_the_result_says_how_opinions_were_dealt_with(publication, running, people):
    said = [opinions.send_feedback(running, text=f"意见{number}", name="家长甲") for number in range(3)]
    opinions.answer_feedback(said[0], outcome=Outcome.EXPLAINED, answer="好", actor=people.office)
    worded = {"category": Category.DUTY, "text": "补上食堂采购"}
    opinions.answer_feedback(said[1], outcome=Outcome.OBJECTED, answer="好", worded=worded, actor=people.office)
    (row,) = results.results(publication)
    assert row.handled == "待答复 1 条；已作为异议，送纪委审核 1 条；已作说明 1 条"
    assert (row.opinions, row.waiting, row.result) == (3, 2, "还有 2 条没有办结")
    opinions.decide_objection(said[1].objection, state="returned", reason="请补", actor=people.reviewer)
    (row,) = results.results(publication)
    assert row.result.startswith("已退回部门修改：补上食堂采购；")
    assert "退出公示（退回修改）" in row.result
    paper = str(results.result_paper(publication))
    assert "家长甲" not in paper
    assert said[0].code not in paper


def test_an_opinion_of_an_earlier_period_counts_there(publication, running, people):
    opinions.send_feedback(running, text="第一次公示时的意见")
    workflow.perform(Action.RETURN, running, actor=people.principal, comment="有误")
    with time_machine.travel(timezone.now() + datetime.timedelta(days=20)):
        bring_to(Status.REVIEWED, running.table, people)
    second = Publication.objects.exclude(pk=publication.pk).get()
    assert [row.opinions for row in results.results(second)] == [0]
    assert [row.opinions for row in results.results(publication)] == [1]


def test_the_result_is_printed_when_the_period_is_over(publication, people, tmp_path):
    address = reverse("participation:period_result", args=[publication.pk])
    assert enter(people.office).get(address).status_code == 404
    over = timezone.make_aware(datetime.datetime.combine(publication.last, datetime.time(9)))
    with time_machine.travel(over + datetime.timedelta(days=1)):
        answer = enter(people.office).get(address)
    path = tmp_path / "result.pdf"
    path.write_bytes(answer.getvalue())
    printed = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, text=True, check=True).stdout
    words = "".join(printed.split())
    assert "没有收到意见，无异议" in words
    assert "总务处" in words


def test_the_office_gathers_and_ends_on_its_pages(school, table, people):
    publish_for(3)
    set_rule(Key.PUBLICATION_MODE, Mode.GATHERED)
    version = bring_to(Status.REVIEWED, table, people)
    client = enter(people.office)
    assert "总务处防控表已审核，等待公示" in client.get(reverse("riskpoints:inbox")).content.decode()
    assert "请先勾选要公示的表。" in client.post(PERIODS, {"title": "我起的标题"}).content.decode()
    answer = client.post(PERIODS, {"chosen": [version.pk], "title": "第一批公示"})
    publication = Publication.objects.get()
    assert answer.url == reverse("participation:period", args=[publication.pk])
    assert "第一批公示" in client.get(PERIODS).content.decode()
    assert client.post(answer.url, {"reason": ""}).status_code == 422
    assert client.post(answer.url, {"reason": "公示稿有误"}).status_code == 302
    assert "公示稿有误" in client.get(answer.url).content.decode()


def test_documents_of_a_result_are_made_of_plain_values(publication):
    assert documents.publication_result_pdf(results.result_paper(publication)).startswith(b"%PDF-")
