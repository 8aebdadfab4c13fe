"""年度对照 as a page and taken away: counts lead to the list, the list to the tables; what is exported is audited."""

import io

import openpyxl
import pytest
from django.urls import reverse

from riskcontrol.models import AuditEntry
from riskpoints.enums import Scope, Status
from riskpoints.figures import change_lines
from riskpoints.models import ControlTable
from riskpoints.tables import editing, starting
from riskpoints.verbs import RegisterVerb
from tests import once
from tests.factories import bring_to, make_cycle
from tests.riskpoints.years.test_taking import put_in_force

PAGE = reverse("riskpoints:year_changes")


def export_of(kind):
    return reverse("riskpoints:year_changes_export", args=[kind])


@once.fixture
def years(table, people):
    """Return the query for this year and the next, in which one point of 总务处 says something else."""
    bring_to(Status.CONFIRMED, table, people)
    cycle = make_cycle(table.cycle.year + 1)
    later = ControlTable.objects.create(cycle=cycle, scope=Scope.DEPARTMENT, department=table.department)
    draft = starting.start_table(later, actor=people.head)
    editing.save_point(draft, {"text": "改写后的风险点"}, point=draft.points.first(), actor=people.head)
    put_in_force(draft, people)
    return f"?from={table.cycle.year}&to={cycle.year}"


@pytest.mark.parametrize("who", ["office", "head"])
def test_the_page_leads_to_the_points_concerned(years, people, enter, who):
    client = enter(getattr(people, who))
    answer = client.get(PAGE + years)
    page = answer.content.decode()
    [line] = answer.context["page"]
    assert f"{reverse('riskpoints:version', args=[line.version_id])}#{line.anchor}" in page
    assert client.get(reverse("riskpoints:version", args=[line.version_id])).status_code == 200
    assert "kind=reworded" in page
    assert "还没有可以对照的两个年度" not in page


def test_a_count_narrows_the_list(years, office, enter):
    client = enter(office)
    assert len(client.get(f"{PAGE}{years}&kind=reworded").context["page"]) == 1
    answer = client.get(f"{PAGE}{years}&kind=gone")
    assert len(answer.context["page"]) == 0
    assert "取消：0 处" in answer.content.decode()


def test_each_count_says_what_it_counts(years, office, enter):
    """On a phone the headings of the columns are not there."""
    page = enter(office).get(PAGE + years).content.decode()
    for label in change_lines.KINDS.values():
        assert page.count(f'<td class="num" data-label="{label}">') == 4, label  # a department, a category, two totals


def test_one_year_alone_is_compared_with_nothing(confirmed_version, office, enter):
    client = enter(office)
    assert "还没有可以对照的两个年度" in client.get(PAGE).content.decode()
    assert "有两个年度的现行表以后" in client.get(export_of("pdf"), follow=True).content.decode()
    assert not AuditEntry.objects.filter(action=RegisterVerb.CHANGES_EXPORT).exists()


def test_what_is_found_is_taken_away(years, office, enter):
    client = enter(office)
    answer = client.get(export_of("xlsx") + years)
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer))).worksheets[0]
    assert any(cell.value == "改写后的风险点" for row in sheet.iter_rows() for cell in row)
    answer = client.get(export_of("pdf") + years)
    assert b"".join(answer).startswith(b"%PDF")
    assert [entry.detail["行数"] for entry in AuditEntry.objects.filter(action=RegisterVerb.CHANGES_EXPORT)] == [1, 1]
    assert client.get(export_of("docx") + years).status_code == 404


def test_a_head_finds_it_in_the_menu_and_the_office_beside_the_progress(years, people, enter):
    assert PAGE in enter(people.head).get(reverse("riskpoints:inbox")).content.decode()
    assert PAGE in enter(people.office).get(reverse("riskpoints:progress")).content.decode()
    assert PAGE not in enter(people.clerk).get(reverse("riskpoints:inbox")).content.decode()
    assert enter(people.clerk).get(PAGE).status_code == 403


@pytest.mark.parametrize(("who", "label"), [("office", "全校进度"), ("principal", "全校进度"), ("head", "年度对照")])
def test_the_menu_marks_the_page_from_which_it_is_opened(years, people, enter, who, label):
    entries = enter(getattr(people, who)).get(PAGE).context["navigation"]
    assert [name for name, _, is_here, _ in entries if is_here] == [label]
