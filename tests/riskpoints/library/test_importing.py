"""The library as a workbook: out, and in again, compared with what there is."""

from io import BytesIO

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from riskcontrol.models import AuditEntry
from riskpoints.library.workbook import SHEET
from riskpoints.references.library import services
from riskpoints.references.library.models import TypicalRisk
from riskpoints.references.library.values import MeasureValues, values_of
from riskpoints.references.library.verbs import LibraryVerb
from tests.pages import text_of

NEW = {"领域": "校车", "风险类别": "岗位职责风险", "风险点": "照管员不清点人数", "前期预防": "点名【每趟】\n双人核对"}


@pytest.fixture
def keeper(client, school, reviewer):
    client.force_login(reviewer)
    return client


@pytest.fixture
def book(keeper):
    """Return the workbook as it is exported."""
    return openpyxl.load_workbook(BytesIO(keeper.get(reverse("library:export"), {"standing": "all"}).content))


def cell(book, key, title):
    sheet = book[SHEET]
    titles = [found.value for found in sheet[1]]
    row = next(row for row in sheet.iter_rows(min_row=2) if row[0].value == key)
    return row[titles.index(title)]


def add(book, **words):
    sheet = book[SHEET]
    titles = [found.value for found in sheet[1]]
    row = next(row for row in sheet.iter_rows(min_row=2) if not any(found.value for found in row))
    for title, text in words.items():
        row[titles.index(title)].value = text
    return row[0].row


def upload(client, book):
    stream = BytesIO()
    book.save(stream)
    return client.post(reverse("library:import"), {"workbook": SimpleUploadedFile("库.xlsx", stream.getvalue())})


def save(client, page, *taken):
    body = page.context["carried"] | {"take": list(taken)}
    return client.post(reverse("library:import_save"), body, follow=True)


def test_what_was_exported_changes_nothing(keeper, book):
    page = upload(keeper, book)
    assert page.context["counts"] == {"new": 0, "changed": 0, "same": TypicalRisk.objects.count(), "wrong": 0}
    assert "没有变化" in text_of(page)


def test_what_is_typed_into_it_stays_text(book):
    formats = {found.number_format for row in book[SHEET].iter_rows(min_row=2) for found in row}
    assert formats == {"@"}


def test_new_rows_are_added_and_changed_ones_only_where_ticked(keeper, book):
    before = values_of(TypicalRisk.objects.get(key="CG-02"))
    cell(book, "CG-01", "后期处置").value = "改过的措施【3 天内】"
    cell(book, "CG-02", "风险点").value = "没有勾选的改动"
    cell(book, "CG-03", "启用").value = "否"
    add(book, **NEW)
    page = upload(keeper, book)
    assert (page.context["counts"]["new"], page.context["counts"]["changed"]) == (1, 3)
    ticks = {line.risk.key: line.name for line in page.context["lines"] if line.risk}
    assert "已导入：新增 1 条，修改 2 条" in text_of(save(keeper, page, ticks["CG-01"], ticks["CG-03"]))
    changed, left, retired = (TypicalRisk.objects.get(key=f"CG-0{number}") for number in (1, 2, 3))
    assert changed.measures.last().said == ("response", "改过的措施", "3 天内")
    assert (values_of(left), retired.is_active) == (before, False)
    new = values_of(TypicalRisk.objects.get(area="校车"))
    assert new.measures == (MeasureValues("prevention", "点名", "每趟"), MeasureValues("prevention", "双人核对"))
    entry = AuditEntry.objects.order_by("number").last()
    assert (entry.action, entry.detail) == (LibraryVerb.IMPORT, {"文件": "库.xlsx", "新增": 1, "修改": 2})
    again = upload(keeper, book)
    assert (again.context["counts"]["new"], again.context["counts"]["changed"]) == (0, 1)


def test_what_is_wrong_stands_beside_its_cell_and_nothing_is_saved(keeper, book):
    count = TypicalRisk.objects.count()
    cell(book, "CG-01", "发生机率").value = "很高"
    cell(book, "CG-02", "岗位职能").value = "采购、没有的职能"
    cell(book, "CG-03", "风险点").value = None
    cell(book, "CG-04", "编号").value = "CG-99"
    cell(book, "CG-05", "当年重点").value = "今年"
    cell(book, "CG-06", "前期预防").value = "很" * 2001
    add(book, **NEW)
    page = upload(keeper, book)
    wrong = {title: text for line in page.context["lines"] for title, (text, *_) in line.wrong.items()}
    said = {
        "发生机率": "请填写 高、较高、较小 中的一个。",
        "岗位职能": "没有这样的岗位职能：没有的职能。",
        "风险点": "请填写风险点。",
        "编号": "没有编号为 CG-99 的条目。新增的请把编号留空。",
        "当年重点": "请填写年份，如 2026；几个年份之间用顿号。",
    }
    assert wrong == said | {"前期预防": wrong["前期预防"]}
    assert "2000" in wrong["前期预防"]
    assert '<button class="btn primary"' not in page.content.decode()
    save(keeper, page)
    assert TypicalRisk.objects.count() == count


def test_a_row_twice_is_refused(keeper, book):
    first = add(book, **NEW)
    add(book, **NEW)
    page = upload(keeper, book)
    (line,) = [line for line in page.context["lines"] if line.state == "wrong"]
    assert f"与第 {first} 行是同一条" in line.wrong["风险点"][0]


def test_what_changed_since_the_preview_is_shown_anew(keeper, book, second_reviewer):
    cell(book, "CG-01", "来源说明").value = "校纪委"
    page = upload(keeper, book)
    risk = TypicalRisk.objects.get(key="CG-01")
    services.set_active(risk, False, actor=second_reviewer)
    again = save(keeper, page, page.context["lines"][0].name)
    assert again.status_code == 409
    assert "典型风险库有了变动" in text_of(again)
    risk.refresh_from_db()
    assert risk.source != "校纪委"


def test_what_was_sealed_for_somebody_else_is_nothing(keeper, book, client, second_reviewer):
    page = upload(keeper, book)
    client.force_login(second_reviewer)
    assert "预览已经过期" in text_of(save(client, page))


def test_other_files_are_refused_with_words(keeper):
    def refused(content):
        page = keeper.post(reverse("library:import"), {"workbook": SimpleUploadedFile("库.xlsx", content)})
        return page.status_code, page.context["form"].errors["workbook"][0]

    other = openpyxl.Workbook()
    other.active.append(["部门", "岗位"])
    stream = BytesIO()
    other.save(stream)
    assert refused(b"no workbook")[0] == 422
    assert "没有找到“典型风险库”的表" in refused(stream.getvalue())[1]


def test_unknown_columns_and_formulas_are_named(keeper, book):
    sheet = book[SHEET]
    sheet.cell(1, sheet.max_column + 1).value = "备注"
    sheet.cell(2, sheet.max_column).value = "看看"
    cell(book, "CG-01", "来源说明").value = "=A1"
    page = upload(keeper, book)
    assert page.context["sent"].notes == ["“备注”一栏不认识，没有读取。"]
    (line,) = [line for line in page.context["lines"] if line.state == "wrong"]
    assert "公式" in line.wrong["来源说明"][0]
