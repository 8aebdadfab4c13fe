"""典型风险库 in the browser: a point taken from it into a draft; no axe violation at a desk and on a phone."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from riskpoints.enums import Action
from riskpoints.library.workbook import library_xlsx
from riskpoints.references.library.models import TypicalRisk
from riskpoints.tables import starting, workflow
from tests.e2e.browsing import enter, faults
from tests.e2e.test_axe import walk
from tests.factories import fill, make_point
from tests.pages import at

pytestmark = pytest.mark.e2e


@pytest.fixture
def draft(table, people):
    """Return an empty draft of 总务处."""
    return starting.start_table(table, actor=people.head)


def test_a_point_is_taken_from_the_library_into_a_draft(page, live_server, draft, people, purchasing_post):
    entry = TypicalRisk.objects.get(key="CG-03")
    enter(page, people.head)
    page.goto(at(draft))
    page.get_by_role("link", name=re.compile("从典型库选.*采购员")).click()
    page.get_by_role("combobox", name="风险类别").select_option("process")
    page.get_by_role("button", name="查找").click()
    assert faults(page) == []
    page.get_by_role("link", name=re.compile("取用这一条.*CG-03")).click()
    page.get_by_text("这里还没有保存").wait_for()
    assert page.get_by_label("风险点", exact=False).first.input_value() == entry.text
    assert draft.points.count() == 0
    assert faults(page) == []
    page.get_by_label("防范措施 2", exact=True).fill("按季统计供应商成交额")
    page.get_by_label("防范措施 3", exact=True).fill("")
    page.get_by_role("button", name="保存风险点").click()
    page.get_by_text("这里还没有保存").wait_for(state="detached")
    point = draft.points.get()
    assert (point.text, point.post, point.library_entry) == (entry.text, purchasing_post, entry)
    assert [row.text for row in point.measures.order_by("order")] == [
        entry.measures.first().text,
        "按季统计供应商成交额",
    ]


@pytest.mark.long
def test_the_pages_of_the_library(page, live_server, draft, other_table, people):
    entry = TypicalRisk.objects.get(key="CG-01")
    other = starting.start_table(other_table, actor=people.other_head)
    make_point(other, actor=people.other_head, library_entry=entry)
    workflow.perform(Action.SUBMIT, fill(other, actor=people.other_head), actor=people.other_head)
    make_point(draft, actor=people.head, library_entry=entry)

    def of(name, *args):
        return reverse(f"library:{name}", args=args)

    enter(page, people.head)
    assert walk(page, [of("index"), of("pick", draft.pk), of("missing", draft.pk), at(draft)]) == {}
    page.goto(of("missing", draft.pk))
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="确认勾选的不适用").click()
    page.get_by_text("已确认 1 条不适用").wait_for()
    assert faults(page) == []
    workflow.perform(Action.SUBMIT, fill(draft, actor=people.head), actor=people.head)
    enter(page, people.reviewer)
    forms = [of("add"), of("change", entry.pk), of("question_form", "duty"), of("import")]
    assert walk(page, [of("index"), of("questions"), *forms, at(draft)]) == {}
    workbook = SimpleUploadedFile("库.xlsx", library_xlsx(TypicalRisk.objects.filter(area="采购")))
    page.goto(of("import"))
    page.set_input_files(
        "input[type=file]", {"name": "库.xlsx", "mimeType": "application/octet-stream", "buffer": workbook.read()}
    )
    page.get_by_role("button", name="上传并预览").click()
    page.get_by_text("没有变化").first.wait_for()
    assert faults(page) == []
