"""从 Word 或 Excel 导入 as people do it: a file, its preview, the draft with what was in it; or the reason why not."""

import datetime
import hashlib
import html
import io
import re
from pathlib import Path

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from riskcontrol.models import AuditEntry
from riskcontrol.paper.excel_reading import DAMAGED
from riskcontrol.paper.html_tables import NO_TABLE
from riskcontrol.paper.table_reading import OTHER
from riskpoints.enums import Action, Category
from riskpoints.forms.workbooks import WORKBOOK_LIMIT
from riskpoints.importing import carrying
from riskpoints.importing.content import FileContent, FilePoint, SheetPart
from riskpoints.importing.template import template_xlsx
from riskpoints.models import RiskPoint
from riskpoints.tables import editing, workflow
from riskpoints.verbs import RegisterVerb
from tests.access.bodies import workbook_of
from tests.factories import make_post
from tests.pages import at, beside, messages_of, text_of

WORKBOOKS = Path(__file__).parent.parent / "importing/workbooks"


def choose(client, version, content, name="采购.xlsx"):
    return client.post(at(version, "import"), {"workbook": SimpleUploadedFile(name, content)})


def case(name) -> bytes:
    return (WORKBOOKS / f"{name}.xlsx").read_bytes()


def rows_of(response) -> str:
    """Return what the preview carries to the draft."""
    return re.search(r'name="rows" value="([^"]+)"', response.content.decode()).group(1)


def test_a_file_is_shown_then_brought_in(client, draft_version, head):
    client.force_login(head)
    assert "粘贴或导入整张表" in text_of(client.get(at(draft_version)))
    assert client.get(at(draft_version, "import")).status_code == 200
    content, before = workbook_of(draft_version), RiskPoint.objects.count()
    preview = choose(client, draft_version, content)
    assert preview.status_code == 200
    assert "将导入 风险点 1、防范措施 1" in text_of(preview)
    assert RiskPoint.objects.count() == before
    saved = client.post(at(draft_version, "import_save"), {"rows": rows_of(preview)}, follow=True)
    assert saved.redirect_chain == [(at(draft_version), 302)]
    assert messages_of(saved) == ["已从“采购.xlsx”导入：风险点 1，防范措施 1。"]
    point = draft_version.points.get(text="文件里的风险点")
    assert [measure.text for measure in point.measures.all()] == ["文件里的措施"]
    entry = AuditEntry.objects.get(action=RegisterVerb.IMPORT_SHEET)
    assert (entry.detail["文件"], entry.detail["SHA-256"]) == ("采购.xlsx", hashlib.sha256(content).hexdigest())
    # Pressed twice, or the page reloaded: nothing more.
    again = client.post(at(draft_version, "import_save"), {"rows": rows_of(preview)}, follow=True)
    assert messages_of(again) == ["文件里的内容草稿里都有了，没有添加。"]
    assert RiskPoint.objects.count() == before + 1
    assert "没有要导入的内容" in text_of(choose(client, draft_version, content))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "这个文件是空的，请换一个文件。"),
        (b"%PDF-1.7", OTHER),
        (b"PK\x03\x04" + bytes(100), DAMAGED),
        (b"PK\x03\x04" + bytes(WORKBOOK_LIMIT), "文件超过 5 MB。请删去图片和多余的工作表，另存后再上传。"),
    ],
)
def test_what_cannot_be_read_is_said_beside_the_field(client, draft_version, head, content, words):
    client.force_login(head)
    answer = choose(client, draft_version, content)
    assert (answer.status_code, beside(answer, "workbook")) == (422, words)
    assert beside(client.post(at(draft_version, "import")), "pasted") == "请先粘贴一张表，或选择 Word、Excel 文件。"


TABLE = "<table><tr><td>风险类别<td>风险点<td>防范措施<tr><td>岗位职责风险<td>粘贴的风险点<td>粘贴的措施</table>"
TABBED = "风险类别\t风险点\t防范措施\n岗位职责风险\t粘贴的风险点\t粘贴的措施"


@pytest.mark.parametrize(
    "sent", [{"pasted": TABBED}, {"pasted": "别的", "html": TABLE}, {"pasted": TABBED, "html": "<p>"}]
)
def test_a_table_is_pasted(client, draft_version, head, sent):
    client.force_login(head)
    preview = client.post(at(draft_version, "import"), sent)
    assert "将导入 风险点 1、防范措施 1" in text_of(preview)
    assert "粘贴的表格" in text_of(preview)
    saved = client.post(at(draft_version, "import_save"), {"rows": rows_of(preview)}, follow=True)
    assert messages_of(saved) == ["已从“粘贴的表格”导入：风险点 1，防范措施 1。"]


def test_what_is_no_table_is_said_beside_the_field(client, draft_version, head):
    client.force_login(head)
    answer = client.post(at(draft_version, "import"), {"pasted": "只是一段文字"})
    assert (answer.status_code, beside(answer, "pasted")) == (422, NO_TABLE)
    assert "只是一段文字" in answer.content.decode()


def test_an_untouched_draft_offers_it_first(client, draft_version, head):
    client.force_login(head)
    assert "不用重新录入" not in text_of(client.get(at(draft_version)))
    for row in [*draft_version.measures.all(), *draft_version.points.all()]:
        editing.remove_row(row, actor=head)
    for nil in draft_version.nils.all():
        editing.withdraw_nil(draft_version, nil.category, actor=head)
    page = client.get(at(draft_version)).content.decode()
    assert "不用重新录入" in page
    assert page.count("粘贴或导入整张表") == 1


def test_a_problem_stands_at_its_row_and_nothing_can_be_saved(client, draft_version, head):
    client.force_login(head)
    editing.save_head(draft_version, {"duties": ""}, actor=head)
    for row in [*draft_version.measures.filter(category="duty"), *draft_version.points.filter(category="duty")]:
        editing.remove_row(row, actor=head)
    editing.declare_nil(draft_version, Category.DUTY, actor=head)
    preview = choose(client, draft_version, workbook_of(draft_version))
    assert "有 2 处需要您改正或选择，现在还不能导入" in text_of(preview)
    assert "这一类已确认为“无”。如有风险点，请先取消“无”。" in text_of(preview)
    assert "导入到草稿" not in text_of(preview)
    refused = client.post(at(draft_version, "import_save"), {"rows": rows_of(preview)})
    assert refused.status_code == 409
    assert "什么都没有导入" in text_of(refused)
    assert not draft_version.points.filter(text="文件里的风险点").exists()


def test_a_preview_is_good_for_its_writer_and_its_table_only(client, draft_version, people):
    content = FileContent(points=[FilePoint(2, "岗位职责风险", "新的")])
    file = carrying.ReadFile("表.xlsx", "0" * 64, [SheetPart("表", False, True, content)])
    client.force_login(people.head)
    for rows in ("", "made up", carrying.sealed(file, draft_version, people.clerk)):
        answer = client.post(at(draft_version, "import_save"), {"rows": rows}, follow=True)
        assert answer.redirect_chain == [(at(draft_version, "import"), 302)]
        assert messages_of(answer) == ["预览已经过期，或不是为这张表做的。请重新上传文件。"]
    assert not RiskPoint.objects.filter(text="新的").exists()


def test_what_was_handed_in_meanwhile_is_not_added_to(client, draft_version, people):
    client.force_login(people.clerk)
    rows = rows_of(choose(client, draft_version, workbook_of(draft_version)))
    workflow.perform(Action.SUBMIT, draft_version, actor=people.head)
    answer = client.post(at(draft_version, "import_save"), {"rows": rows})
    assert answer.status_code == 409
    assert "这一版已经提交，内容不能再改" in text_of(answer)
    assert client.get(at(draft_version, "import")).status_code == 302
    assert not RiskPoint.objects.filter(text="文件里的风险点").exists()


def test_a_preview_survives_a_login_that_ran_out(client, draft_version, head, time_machine):
    time_machine.move_to("2026-11-20T08:00:00+08:00", tick=False)
    client.force_login(head)
    rows = rows_of(choose(client, draft_version, workbook_of(draft_version)))
    time_machine.shift(datetime.timedelta(minutes=31))
    sent = client.post(at(draft_version, "import_save"), {"rows": rows})
    assert sent.url.startswith(reverse("login"))
    client.force_login(head)
    shown = client.get(at(draft_version, "import_save"))
    assert shown.status_code == 422
    assert "文件里的风险点" in text_of(shown)
    assert not RiskPoint.objects.filter(text="文件里的风险点").exists()
    client.post(at(draft_version, "import_save"), {"rows": rows_of(shown)})
    assert RiskPoint.objects.filter(text="文件里的风险点").exists()


def test_the_templates_are_to_be_had(client, draft_version, clerk):
    client.force_login(clerk)
    for kind, is_filled in (("blank", False), ("draft", True)):
        answer = client.get(at(draft_version, f"import_{kind}"))
        assert answer.content == template_xlsx(draft_version, is_filled=is_filled)
        assert "filename*=utf-8''" in answer["Content-Disposition"]
    assert (
        AuditEntry.objects.filter(action=RegisterVerb.TEMPLATE_DOWNLOAD, actor_number=clerk.staff_number).count() == 2
    )


def test_what_is_hidden_is_offered_and_taken_only_when_ticked(client, draft_version, head):
    client.force_login(head)
    shown = choose(client, draft_version, case("hidden"))
    assert "连同隐藏的第 3 行，I 列：风险点 3、防范措施 3" in text_of(shown)
    assert "隐藏行里的风险点" not in text_of(shown)
    again = client.post(at(draft_version, "import_save"), {"rows": rows_of(shown), "take": ["0h"], "again": "1"})
    assert again.status_code == 200
    assert "隐藏行里的风险点" in text_of(again)
    assert "责任人：隐藏列里的责任人" in text_of(again)
    client.post(at(draft_version, "import_save"), {"rows": rows_of(again), "take": ["0h"], "shown": "0h"})
    assert draft_version.points.get(text="又一个可见的").responsible == "隐藏列里的责任人"
    assert draft_version.points.filter(text__startswith="隐藏行里的").exists()


def test_nothing_hidden_is_taken_unasked(client, draft_version, head):
    client.force_login(head)
    rows = rows_of(choose(client, draft_version, case("hidden")))
    client.post(at(draft_version, "import_save"), {"rows": rows, "take": ["0"], "shown": "0"})
    assert draft_version.points.filter(text="可见的风险点").exists()
    assert not draft_version.points.filter(text__startswith="隐藏行里的").exists()


def test_both_filled_sheets_are_shown_with_their_names(client, draft_version, head):
    make_post(draft_version.table.department, "教学督导员")
    client.force_login(head)
    shown = text_of(choose(client, draft_version, case("two-sheets")))
    assert "工作表“导入模板”：风险点 1、防范措施 1" in shown
    assert "督导制度不完善" in shown
    assert "另一张表里的风险点" in shown


def test_what_was_ticked_after_the_preview_is_shown_first(client, draft_version, head):
    client.force_login(head)
    rows = rows_of(choose(client, draft_version, case("hidden")))
    before = RiskPoint.objects.count()
    answer = client.post(at(draft_version, "import_save"), {"rows": rows, "take": ["0h"], "shown": "0"})
    assert messages_of(answer) == ["预览有了变动，还没有导入。请看过新的预览，再点“导入到草稿”。"]
    assert "隐藏行里的风险点" in text_of(answer)
    client.post(at(draft_version, "import_save"), {"rows": rows, "shown": ""})  # nothing ticked
    assert RiskPoint.objects.count() == before


def test_every_field_and_what_was_left_out_is_shown(client, draft_version, head):
    client.force_login(head)
    shown = text_of(choose(client, draft_version, case("rich")))
    for words in ("发生机率：高", "针对：第 2 行的风险点", "J2 格里划掉的文字没有导入：已删去的措施"):
        assert words in shown
    assert "D2 格的批注没有导入：批注：请核实" in shown


# ---- mended where it stands ----------------------------------------------------------------------------------------

LIST = "岗位\t风险点\t等级\t防控措施\n采购员\t甲不询价\t高\t三家询价\n采购员\t乙不验收\t重大\t两人验收"


def paste(client, version, text):
    return client.post(at(version, "import"), {"pasted": text})


def hidden_of(response) -> dict[str, list[str]]:
    """Return what the preview carries in hidden fields."""
    found: dict[str, list[str]] = {}
    for tag in re.findall(r'<input type="hidden"[^>]*>', response.content.decode()):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        found.setdefault(html.unescape(name.group(1)), []).append(html.unescape(value.group(1)) if value else "")
    return {name: values for name, values in found.items() if name != "csrfmiddlewaretoken"}


def test_a_list_of_the_school_is_mended_and_taken_over(client, draft_version, head):
    client.force_login(head)
    shown = paste(client, draft_version, LIST)
    page = shown.content.decode()
    assert "有 2 处需要您改正或选择" in text_of(shown)
    for name in ("e:0-p2-1:category", "e:0-p3-1:category", "e:0-p3-1:level"):
        assert f'name="{name}"' in page
    assert 'name="e:0-p2-1:level"' not in page
    first = client.post(
        at(draft_version, "import_save"),
        hidden_of(shown) | {"e:0-p2-1:category": "岗位职责风险", "e:0-p3-1:level": "二级（中）"},
    )
    assert first.status_code == 422
    assert beside_name(first, "e:0-p3-1:category") == ["请选择风险类别。"]
    assert "二级（中）" in first.content.decode()
    carried = hidden_of(first)
    assert carried["e:0-p2-1:category"] == ["岗位职责风险"]
    second = client.post(
        at(draft_version, "import_save"), carried | {"rest": "业务流程风险", "e:0-p3-1:level": "一级（高）"}
    )
    assert "将导入 风险点 2、防范措施 2" in text_of(second)
    assert "预览有了变动" in messages_of(second)[0]
    assert not draft_version.points.filter(text="甲不询价").exists()
    client.post(at(draft_version, "import_save"), hidden_of(second) | {"rest": "业务流程风险"})
    points = {point.text: point for point in draft_version.points.all()}
    assert (points["甲不询价"].category, points["甲不询价"].proposed_level) == ("duty", 1)
    assert (points["乙不验收"].category, points["乙不验收"].post_name) == ("process", "采购员")
    assert [measure.text for measure in points["乙不验收"].measures.all()] == ["两人验收"]


def beside_name(response, name) -> list[str]:
    """Return what stands beside the choice of this name."""
    part = response.content.decode().partition(f'name="{name}"')[2]
    return re.findall(r'invalid-feedback"[^>]*>([^<]+)<', part.partition("</fieldset>")[0])


def test_columns_are_chosen_over_the_list(client, draft_version, head):
    client.force_login(head)
    shown = paste(client, draft_version, "项目\t内容\t办法\n岗位职责风险\t甲不询价\t三家询价")
    assert "有的栏还没有对上" in text_of(shown)
    columns = {"c:0:0": "both.category", "c:0:1": "point.text", "c:0:2": "measure.text"}
    again = client.post(at(draft_version, "import_save"), hidden_of(shown) | columns | {"again": "1"})
    assert "将导入 风险点 1、防范措施 1" in text_of(again)
    assert '<option value="measure.text" selected>' in again.content.decode()
    client.post(at(draft_version, "import_save"), hidden_of(again) | columns)
    assert draft_version.points.get(text="甲不询价").measures.get().text == "三家询价"


@pytest.mark.parametrize("name", ["c:²:1", f"c:{'9' * 30}:1", "c::", "c:0:x"])
def test_names_of_fields_that_no_page_has_change_nothing(client, draft_version, head, name):
    client.force_login(head)
    page = paste(client, draft_version, LIST)
    address = reverse("riskpoints:import_save", args=[draft_version.pk])
    answer = client.post(address, hidden_of(page) | {"again": "1", name: "point.text"})
    assert answer.status_code == 200
    # The seals themselves tell the second in which they were made.
    assert carrying.opened(rows_of(answer), draft_version, head) == carrying.opened(rows_of(page), draft_version, head)


def test_any_line_is_opened_mended_or_left_out(client, draft_version, head):
    client.force_login(head)
    shown = paste(client, draft_version, TABBED)
    opened = client.post(at(draft_version, "import_save"), hidden_of(shown) | {"open": "0-p2-1"})
    assert 'name="e:0-p2-1:manifestation"' in opened.content.decode()
    mended = client.post(
        at(draft_version, "import_save"),
        hidden_of(opened) | {"e:0-p2-1:text": "改过的风险点", "left": "0-m2-1", "again": "1"},
    )
    assert "将导入 风险点 1" in text_of(mended)
    assert "改过的风险点" in text_of(mended)
    client.post(
        at(draft_version, "import_save"), hidden_of(mended) | {"e:0-p2-1:text": "改过的风险点", "left": "0-m2-1"}
    )
    assert not draft_version.points.get(text="改过的风险点").measures.exists()


def test_a_table_of_another_department_is_asked_about(client, draft_version, head):
    client.force_login(head)
    shown = paste(client, draft_version, "部门：教务处\t\t\n" + TABBED.replace("风险点\t", "廉政风险点\t", 1))
    assert "这是“教务处”的表，不是“总务处”的。" in text_of(shown)
    left = client.post(at(draft_version, "import_save"), hidden_of(shown) | {"left": "0-h1-1"})
    assert "将导入 风险点 1、防范措施 1" in text_of(left)


def test_a_preview_asks_the_database_as_often_for_many_rows(client, draft_version, head):
    client.force_login(head)
    counts = []
    for count in (1, 2, 12):  # the first fills the caches
        rows = "\n".join(f"岗位职责\t采购员\t第 {number} 项不询价\t高\t第 {number} 条" for number in range(count))
        with CaptureQueriesContext(connection) as asked:
            shown = paste(client, draft_version, "类别\t岗位\t风险点\t等级\t防控措施\n" + rows)
        assert f"将导入 风险点 {count}" in text_of(shown)
        counts.append(len(asked))
    assert counts[1] == counts[2]


def test_an_edited_template_shows_old_and_new_side_by_side(client, draft_version, head):
    client.force_login(head)
    point = draft_version.points.exclude(text="").first()
    book = openpyxl.load_workbook(io.BytesIO(template_xlsx(draft_version, is_filled=True)))
    [cell] = [cell for row in book["导入模板"] for cell in row if cell.value == point.text]
    cell.value = "改成完全不同的一句话"
    stream = io.BytesIO()
    book.save(stream)
    shown = choose(client, draft_version, stream.getvalue())
    assert "将导入 修改 1" in text_of(shown)
    page = shown.content.decode()
    assert f"<del>{point.text}</del>" in page
    assert "<ins>改成完全不同的一句话</ins>" in page
    saved = client.post(at(draft_version, "import_save"), hidden_of(shown), follow=True)
    assert messages_of(saved) == ["已从“采购.xlsx”导入：修改 1。"]
    point.refresh_from_db()
    assert point.text == "改成完全不同的一句话"


def test_a_row_that_is_nearly_there_asks_what_to_do(client, draft_version, head):
    client.force_login(head)
    point = draft_version.points.get(category="duty")
    label = draft_version.table.categories(point.category).label
    text = point.text + "了"
    shown = paste(client, draft_version, f"类别\t岗位\t风险点\n{label}\t{point.post_name}\t{text}")
    assert "疑似重复" in text_of(shown)
    assert "没有要导入的内容" in text_of(shown)
    asked = client.post(at(draft_version, "import_save"), hidden_of(shown) | {"near:0-p2-1": "add", "again": "1"})
    assert "将导入 风险点 1" in text_of(asked)
    assert 'value="add" checked' in asked.content.decode()
    client.post(at(draft_version, "import_save"), hidden_of(asked) | {"near:0-p2-1": "add"})
    assert draft_version.points.filter(text=text).exists()


def test_an_import_is_taken_back_until_the_next_change(client, draft_version, head):
    client.force_login(head)
    shown = paste(client, draft_version, TABBED)
    client.post(at(draft_version, "import_save"), hidden_of(shown))
    page = client.get(at(draft_version))
    assert "已从“粘贴的表格”导入：风险点 1，防范措施 1。" in text_of(page)
    undone = client.post(at(draft_version, "import_undo"), follow=True)
    assert messages_of(undone) == ["已撤销从“粘贴的表格”的导入，草稿恢复到导入以前。"]
    assert "撤销这次导入" not in text_of(undone)
    assert not draft_version.points.filter(text="粘贴的风险点").exists()
    again = client.post(at(draft_version, "import_undo"), follow=True)
    assert messages_of(again) == ["导入以后草稿又有了改动，这次导入不能再整个撤销。请逐项修改或删除。"]
