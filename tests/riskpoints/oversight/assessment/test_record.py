"""Assessments on paper, in the archive, and back; a veto in words without its case."""

import io
import json

import openpyxl
import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from riskcontrol.models import AuditEntry
from riskpoints.archives import verifier
from riskpoints.archives.importing import import_archive
from riskpoints.enums import Status
from riskpoints.oversight.assessment import acting, filling, papers, record, sheet_record, sheets, vetoes
from riskpoints.oversight.enums import AssessmentState as State
from riskpoints.oversight.models import Assessment, AssessmentItem, IndicatorSheet, ItemScore, Veto
from riskpoints.oversight.verbs import OversightVerb
from tests import scans
from tests.factories import bring_to
from tests.riskpoints.archives.packing import build, unpacked
from tests.riskpoints.oversight.assessment.conftest import ROWS, bring, case, give, say
from tests.riskpoints.oversight.test_record import text_of_pdf

PARTS = (sheet_record.PART, record.VETOES, record.PART)
BARRED = "按规定不得评为“优秀”"


def corrected(row, proposed, people):
    """Decided as 优秀, then corrected."""
    row = bring(row, State.DECIDED, people)
    vetoes.confirm(proposed, text="事后查明", actor=people.principal)
    row.refresh_from_db()
    return row


def test_the_paper_says_all_of_it_and_nothing_of_the_case(client, begun, proposed, people):
    row = corrected(begun, proposed, people)
    client.force_login(people.office)
    answer = client.get(reverse("oversight:assessment_paper", args=[row.pk]))
    assert answer["Content-Type"] == "application/pdf"
    text = text_of_pdf(answer.content)
    for words in (
        "年度考核评分表", "总务处", "总务处负责人", "岗位覆盖", "在用岗位2个", "2÷2=1", "不适用", "制度清单在办公室",
        "缺一项减5分", "核准分：96.67（不适用的10分不计：87÷90×100=96.67分）", "按分等次：优秀", "最终等次：合格",
        BARRED, "更正：优秀→合格",
        "纪要〔2026〕9号", "纪委审核员27分", "部门负责人（签字）",
    ):  # fmt: skip
        assert words in text, words
    for words in ("某纪处", "某市纪委监委", "教育局通报", "事后查明"):
        assert words not in text
    assert AuditEntry.objects.of(OversightVerb.ASSESSMENT_PRINT).count() == 1


def test_the_paper_of_the_department_holds_no_score_before_its_time(client, begun, people):
    row = give(bring(begun, State.HANDED_IN, people), "26.31", actor=people.reviewer)
    address = reverse("oversight:assessment_paper", args=[row.pk])
    for user, sees in ((people.head, False), (people.reviewer, True)):
        client.force_login(user)
        assert ("26.31" in text_of_pdf(client.get(address).content)) is sees


def test_the_list_of_results_holds_what_its_reader_sees(client, begun, proposed, people):
    row = corrected(begun, proposed, people)
    address = f"{reverse('oversight:assessment_list', args=['xlsx'])}?year={row.cycle.year}"
    client.force_login(people.principal)
    page = openpyxl.load_workbook(io.BytesIO(client.get(address).content)).active
    cells = [[cell.value for cell in line] for line in page.iter_rows()]
    assert "已审定 1 个：合格 1 个" in cells[1][0]
    assert cells[3][1:8] == ["总务处", "总务处负责人", "已审定", "96.67", "96.67", "优秀", "合格"]
    assert cells[3][-1].startswith(f"{BARRED}；")
    assert "更正：优秀→合格" in cells[3][-1]
    client.force_login(people.other_head)
    assert openpyxl.load_workbook(io.BytesIO(client.get(address).content)).active.max_row == 3
    pdf = client.get(address.replace("xlsx", "pdf"))
    assert text_of_pdf(pdf.content)
    assert client.get(address.replace("xlsx", "docx")).status_code == 404


def judge(cycle, department, other_department, people):
    """总务处 was decided as 优秀 and corrected; 教务处 is being scored; another veto was lifted."""
    sheet = sheets.draft(cycle, actor=people.office)
    sheet = sheets.save(sheet, ROWS, seen=sheet.lock, actor=people.office)
    sheets.activate(sheet, actor=people.office)
    row = filling.begin(cycle, department, actor=people.head)
    say(row, file=("制度清单.pdf", scans.PDF), actor=people.head)
    row = bring(Assessment.objects.get(pk=row.pk), State.DECIDED, people)
    veto = vetoes.propose(cycle, department, people.head, "", case(), actor=people.reviewer)
    vetoes.confirm(veto, text="事后查明", actor=people.principal)
    other = filling.begin(cycle, other_department, actor=people.other_head)
    other = acting.submit(say(other, actor=people.other_head), actor=people.other_head)
    give(other, "10", "缺三项制度", actor=people.reviewer)
    gone = vetoes.propose(
        cycle, other_department, None, "当时的负责人", case(violation_number="二号"), actor=people.reviewer
    )
    vetoes.withdraw(gone, "写错了部门", actor=people.reviewer)


@pytest.fixture
def elsewhere(request, tmp_path, db):
    """Return the archive of a judged year, made in a database that is gone."""
    with transaction.atomic():
        names = ("school", "table", "people", "department", "other_department")
        _, table, people, *departments = (request.getfixturevalue(name) for name in names)
        bring_to(Status.CONFIRMED, table, people)
        judge(table.cycle, *departments, people)
        told = {part.name: part.facts(table.cycle) for part in PARTS}
        build(table.cycle, tmp_path / "档案.zip")
        transaction.set_rollback(True)
    return tmp_path / "档案.zip", told


def test_all_of_it_comes_back_and_is_told_the_same(elsewhere, tmp_path):
    path, told = elsewhere
    files = unpacked(path)
    assert verifier.verify(path) == []
    kept = json.loads(files[verifier.METADATA])["parts"]
    assert {name: len(kept[name]) for name in told} == {"indicators": 1, "vetoes": 2, "assessments": 2}
    assert [files[name] for name in files if name.endswith("总务处_制度清单.pdf")] == [scans.PDF]
    assert len([name for name in files if papers.SHEET_TITLE in name]) == 2
    assert len([name for name in files if name.endswith(f"{papers.LIST_TITLE}.pdf")]) == 1
    imported = import_archive(path)
    assert {part.name: part.facts(imported.cycle) for part in PARTS} == told
    build(imported.cycle, tmp_path / "再次.zip")
    assert (tmp_path / "再次.zip").read_bytes() == path.read_bytes()


def test_what_came_back_is_as_frozen_as_it_was(elsewhere):
    import_archive(elsewhere[0])
    assert [row.state for row in Assessment.objects.order_by("pk")] == [State.DECIDED, State.SCORING]
    assert Assessment.objects.get(final_grade="good").corrections.count() == 1
    assert (IndicatorSheet.objects.get().is_active, ItemScore.objects.count()) == (True, 2)
    assert sorted(veto.state for veto in Veto.objects.all()) == ["in_force", "withdrawn"]
    assert AssessmentItem.objects.exclude(file=None).get().file_name == "制度清单.pdf"
    for statement in (
        "UPDATE oversight_assessment SET final_grade = 'excellent' WHERE state = 'decided'",
        "UPDATE oversight_indicator SET weight = 1",
        "UPDATE oversight_veto SET violation_number = 'x'",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_the_lists_of_the_archive_say_nothing_of_the_case(elsewhere):
    files = unpacked(elsewhere[0])
    texts = [content.decode("utf-8-sig") for name, content in files.items() if name.endswith(".csv")]
    assert any(BARRED in text for text in texts)
    assert not [text for text in texts if "某市纪委监委" in text or "某纪处" in text]


def test_a_year_that_was_not_judged_tells_nothing(confirmed_version):
    cycle = confirmed_version.table.cycle
    parts = (record.PART, record.VETOES)
    assert [part.facts(cycle) for part in parts] == [[], []]
    assert record.PART.papers([], None) == []
    assert json.dumps(record.PART.lines([])) == "[]"
