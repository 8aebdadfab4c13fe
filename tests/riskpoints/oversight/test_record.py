"""Checks on paper, in the archive, and back."""

import io
import json
import subprocess

import openpyxl
import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from riskcontrol.models import AuditEntry
from riskpoints.archives import verifier
from riskpoints.archives.importing import import_archive
from riskpoints.enums import Status
from riskpoints.oversight.enums import CheckAct, CheckKind, Result, Seen
from riskpoints.oversight.models import CheckSheet
from riskpoints.oversight.monitoring import acting, filling, papers, record, starting
from riskpoints.oversight.monitoring.due import possible_checks
from riskpoints.oversight.monitoring.starting import Which
from riskpoints.oversight.verbs import OversightVerb
from tests import scans
from tests.factories import bring_to
from tests.riskpoints.archives.packing import build, rows, unpacked
from tests.riskpoints.oversight.conftest import fill_in, measures, write


def text_of_pdf(content):
    """Return the words without the breaks that the cells make."""
    text = subprocess.run(["pdftotext", "-raw", "-", "-"], input=content, capture_output=True, check=True).stdout
    return "".join(text.decode().split())


@pytest.fixture
def reviewed(sheet, people):
    first = measures(sheet)[0]
    fill_in(sheet, actor=people.head, opinion="总体落实")
    more = {"sampled": 8, "sampled_of": 10, "note": "两份没有签字", "no_evidence": "台账不外借"}
    write(sheet, first, actor=people.clerk, result=Result.PARTLY, seen=Seen.SAMPLE, **more)
    sheet = acting.perform(CheckAct.SUBMIT, sheet, actor=people.head)
    return acting.perform(CheckAct.REVIEW, sheet, actor=people.principal, text="属实")


def test_the_paper_says_all_of_it(client, reviewed, staff):
    client.force_login(staff)
    answer = client.get(reverse("oversight:paper", args=[reviewed.pk]))
    assert answer["Content-Type"] == "application/pdf"
    text = text_of_pdf(answer.content)
    for words in (
        "监督检查记录表（部门自查）",
        "总务处",
        "第一季度",
        "检查人：检查甲",
        "记录人：记录乙",
        "部分落实",
        "抽查8/10",
    ):
        assert words in text, words
    for words in (
        "两份没有签字",
        "无证据：台账不外借",
        "总体落实",
        "校长",
        "属实",
        "采购员",
        "一级（高）",
        "检查人（签字）",
    ):
        assert words in text, words
    assert AuditEntry.objects.of(OversightVerb.CHECK_PRINT).count() == 1


def test_a_paper_of_the_committee_says_so_and_what_is_not_done_is_unfinished(which, reviewer, school, coming):
    made = starting.start(which(kind=CheckKind.SUPERVISION), actor=reviewer, checker="检查甲", recorder="记录乙")
    (told,) = record.told(coming)
    assert (told.state, told.reviewed, told.counts) == ("未完成", "", (0, 0, 0, 0))
    text = text_of_pdf(papers.sheet_pdf(papers.sheet(told, school)))
    assert "监督检查记录表（纪委监督检查）" in text
    assert str(made.lines.count()) in text


@pytest.mark.parametrize(("until", "state"), [((3, 1), "部门撤并"), ((12, 31), "未完成"), (None, "未完成")])
def test_what_ended_with_its_department_says_so(sheet, coming, department, until, state):
    day = f"{coming.year}-{until[0]:02d}-{until[1]:02d}" if until else None
    type(department).objects.filter(pk=department.pk).update(active_to=day)
    assert record.told(coming)[0].state == state


def test_the_list_of_a_year_holds_what_its_reader_sees(client, reviewed, head, other_head):
    client.force_login(head)
    address = f"{reverse('oversight:list', args=['xlsx'])}?year={reviewed.cycle.year}"
    page = openpyxl.load_workbook(io.BytesIO(client.get(address).content)).active
    cells = [[cell.value for cell in row] for row in page.iter_rows()]
    assert cells[2][:2] == ["序号", "部门"]
    assert cells[3][1:6] == ["总务处", "部门自查", "一级（高）", "第一季度", "已复核"]
    assert cells[3][-1] == "校长"
    client.force_login(other_head)
    assert openpyxl.load_workbook(io.BytesIO(client.get(address).content)).active.max_row == 3
    assert client.get(reverse("oversight:list", args=["docx"])).status_code == 404


def test_the_figures_count_what_was_handed_in(reviewed, coming, head):
    count = len(measures(reviewed))
    found = {figure.label: figure.value for figure in record.figures(head, coming)}
    assert found == {"已提交的检查表": "1 张", "措施落实": f"{count - 1} / {count} 项"}


@pytest.fixture
def elsewhere(request, tmp_path, db):
    """Return the archive of a year with one check reviewed and one begun, made in a database that is gone."""
    with transaction.atomic():
        names = ("school", "table", "people", "department")
        _, table, people, department = (request.getfixturevalue(name) for name in names)
        bring_to(Status.CONFIRMED, table, people)
        sheets = []
        for one in possible_checks(table.cycle, [department.pk]):
            which = Which(table.cycle, department, CheckKind.SELF, one.level, one.period.value)
            sheets.append(starting.start(which, actor=people.head))
        filling.add_evidence(measures(sheets[0])[0], scans.PDF, "验收单.pdf", actor=people.clerk)
        fill_in(sheets[0], actor=people.head)
        done = acting.perform(CheckAct.SUBMIT, sheets[0], actor=people.head)
        done = acting.perform(CheckAct.RETURN, done, actor=people.principal, text="请补台账")
        done = acting.perform(CheckAct.SUBMIT, done, actor=people.head)
        acting.perform(CheckAct.REVIEW, done, actor=people.principal, text="属实")
        told = record.PART.facts(table.cycle)
        build(table.cycle, tmp_path / "a.zip")
        transaction.set_rollback(True)
    return tmp_path / "a.zip", told


def test_they_lie_in_the_archive_and_come_back(elsewhere, tmp_path):
    path, told = elsewhere
    files = unpacked(path)
    assert verifier.verify(path) == []
    assert len(json.loads(files[verifier.METADATA])["parts"]["checks"]) == len(told) == 2
    assert [files[name] for name in files if name.endswith("总务处_验收单.pdf")] == [scans.PDF]
    (listed,) = [name for name in files if name.endswith("监督检查汇总.csv")]
    assert {row["落实情况"] for row in rows(files[listed])} == {"落实", ""}
    assert len([name for name in files if papers.SHEET_TITLE in name]) == 2
    imported = import_archive(path)
    assert record.PART.facts(imported.cycle) == told
    build(imported.cycle, tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == path.read_bytes()
    states = dict(CheckSheet.objects.values_list("level", "state"))
    assert states == {1: "reviewed", 3: "filling"}
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE oversight_checksheet SET opinion = 'x' WHERE state = 'reviewed'")
