"""A table filled in with Excel, brought into its draft in a browser: at a desk and on a phone, to the end."""

import pytest
from playwright.sync_api import expect

from tests.access.bodies import workbook_of
from tests.e2e.browsing import enter, faults
from tests.pages import at

pytestmark = pytest.mark.e2e


def test_a_file_is_chosen_seen_and_brought_in(page, live_server, draft_version, head):
    enter(page, head)
    page.goto(at(draft_version))
    page.get_by_role("link", name="粘贴或导入整张表").click()
    expect(page.get_by_role("heading", name="粘贴或导入整张表：总务处")).to_be_visible()
    assert faults(page) == []
    page.get_by_label("或者选择 Word、Excel 文件").set_input_files(
        {"name": "表.xlsx", "mimeType": "", "buffer": b"%PDF-1.7"}
    )
    page.get_by_role("button", name="下一步：预览").click()
    expect(page.get_by_text("这不是 Word 的 .docx，也不是 Excel 的 .xlsx 文件")).to_be_visible()
    assert faults(page) == []
    content = workbook_of(draft_version)
    page.get_by_label("或者选择 Word、Excel 文件").set_input_files(
        {"name": "表.xlsx", "mimeType": "", "buffer": content}
    )
    page.get_by_role("button", name="下一步：预览").click()
    expect(page.get_by_role("row").filter(has_text="文件里的风险点")).to_contain_text("新增")
    assert faults(page) == []
    page.get_by_role("button", name="导入到草稿").dblclick()
    expect(page.get_by_text("文件里的风险点")).to_be_visible()
    assert draft_version.points.filter(text="文件里的风险点").count() == 1


PASTE = """([html, text]) => {
  const data = new DataTransfer();
  data.setData("text/html", html);
  data.setData("text/plain", text);
  document.body.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
}"""
DROP = """(text) => {
  const data = new DataTransfer();
  data.items.add(new File([text], "表.doc"));
  document.body.dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true}));
}"""
HTML = "<table><tr><td>风险类别<td>风险点<td>防范措施<tr><td>岗位职责风险<td>粘贴的风险点<td>粘贴的措施</table>"


def test_a_copied_table_is_pasted_or_a_file_dropped(page, live_server, draft_version, head):
    enter(page, head)
    page.goto(at(draft_version, "import"))
    page.evaluate(DROP, "old")
    expect(page.get_by_text("不是 Word 的 .docx，也不是 Excel 的 .xlsx 文件")).to_be_visible()
    page.evaluate(PASTE, [HTML, "粘贴的风险点"])
    expect(page.get_by_role("row").filter(has_text="粘贴的风险点")).to_contain_text("新增")
    assert faults(page) == []
    page.get_by_role("button", name="导入到草稿").click()
    expect(page.get_by_text("粘贴的风险点")).to_be_visible()


LIST = "岗位\t廉政风险点\t风险等级\t防控措施\n采购员\t甲不询价\t高\t1.三家询价；2.公示\n会计\t乙不核对\t重大\t两人核对"


def test_a_list_of_the_school_is_mended_where_it_stands(page, live_server, draft_version, head):
    enter(page, head)
    page.goto(at(draft_version, "import"))
    page.get_by_label("粘贴整张表").fill(LIST)
    page.get_by_role("button", name="下一步：预览").click()
    expect(page.get_by_text("有 2 处需要您改正或选择")).to_be_visible()
    assert faults(page) == []
    page.locator("[name='e:0-p2-1:category']").first.check()
    page.get_by_label("没有逐行选类别的，都按").select_option("业务流程风险")
    page.get_by_label("文件里的“会计”（1 处）是").select_option("部门层面")
    page.get_by_label("建议等级，第 3 行").select_option("一级（高）")
    page.get_by_role("button", name="重新预览").click()
    expect(page.get_by_role("heading", name="将导入 风险点 2、防范措施 3")).to_be_visible()
    assert faults(page) == []
    page.get_by_role("button", name="编辑第 3 行的防范措施").click()
    page.get_by_label("防范措施，第 3 行").fill("两人交叉核对")
    page.get_by_role("button", name="导入到草稿").click()
    page.get_by_role("button", name="导入到草稿").click()
    expect(page.get_by_text("两人交叉核对")).to_be_visible()
    points = {point.text: (point.category, point.proposed_level) for point in draft_version.points.all()}
    assert (points["甲不询价"], points["乙不核对"]) == (("duty", 1), ("process", 1))
