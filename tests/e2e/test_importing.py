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
    page.get_by_role("link", name="从 Word 或 Excel 导入").click()
    expect(page.get_by_role("heading", name="从 Word 或 Excel 导入：总务处")).to_be_visible()
    assert faults(page) == []
    page.get_by_label("Word 或 Excel 文件").set_input_files({"name": "表.xlsx", "mimeType": "", "buffer": b"%PDF-1.7"})
    page.get_by_role("button", name="上传并预览").click()
    expect(page.get_by_text("这不是 Word 的 .docx，也不是 Excel 的 .xlsx 文件")).to_be_visible()
    assert faults(page) == []
    content = workbook_of(draft_version)
    page.get_by_label("Word 或 Excel 文件").set_input_files({"name": "表.xlsx", "mimeType": "", "buffer": content})
    page.get_by_role("button", name="上传并预览").click()
    expect(page.get_by_role("row").filter(has_text="文件里的风险点")).to_contain_text("将添加")
    assert faults(page) == []
    page.get_by_role("button", name="导入到草稿").dblclick()
    expect(page.get_by_text("文件里的风险点")).to_be_visible()
    assert draft_version.points.filter(text="文件里的风险点").count() == 1
