"""制度库 in the browser: a regulation is repealed, the measure flagged and revised; a long list is narrowed."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from riskpoints.enums import Category, Status
from riskpoints.models import Measure
from riskpoints.references.regulations import files
from riskpoints.references.regulations.enums import Kind, State
from riskpoints.references.regulations.models import Regulation
from riskpoints.tables import editing
from tests import scans
from tests.e2e.browsing import enter
from tests.e2e.test_axe import walk
from tests.factories import bring_to, make_regulation
from tests.pages import at as sheet_at

pytestmark = pytest.mark.e2e


def at(name, *args):
    return reverse(f"regulations:{name}", args=args)


@pytest.fixture
def cited(live_server, draft_version, people) -> Measure:
    """Return a measure in force that cites a regulation; nine others can be cited."""
    for number in range(9):
        make_regulation(f"第{number}项制度", document_number=f"校发〔2020〕{number} 号")
    measure = draft_version.measures.filter(points__isnull=False, category=Category.DUTY).first()
    said = {"points": list(measure.points.all()), "regulations": [make_regulation()], "measure": measure}
    measure = editing.save_measure(draft_version, {}, **said, actor=people.head)
    bring_to(Status.CONFIRMED, draft_version.table, people)
    return measure


@pytest.mark.long
def test_a_repealed_regulation_is_flagged_and_the_measure_revised(page, cited, people):
    regulation = cited.regulations.get()
    enter(page, people.office)
    page.goto(at("page", regulation.pk))
    page.get_by_role("link", name="废止").click()
    page.get_by_role("textbox", name="理由").fill("市教育局已有统一规定")
    page.get_by_role("button", name="废止").click()
    expect(page.get_by_text("还有 1 条措施引用它，已列入各部门负责人的待办。")).to_be_visible()

    enter(page, people.head)
    page.goto(reverse("riskpoints:inbox"))
    page.get_by_role("link", name="总务处防控表有 1 条措施引用的制度已废止或被替代").click()
    expect(page.get_by_text("引用的制度已废止").first).to_be_visible()
    page.goto(sheet_at(cited.version, "revise"))
    page.get_by_role("textbox").first.fill("改引现行的制度")
    page.get_by_role("button", name="开始修订").click()
    draft = cited.version.table.versions.get(number=2)
    measure = draft.measures.get(identity=cited.identity)
    page.goto(f"{sheet_at(draft)}?open=measure-{measure.pk}")
    ticks = page.locator(".findable .form-check:visible")
    expect(ticks).to_have_count(10)
    page.get_by_label("查找引用制度").fill("第3项")
    expect(ticks).to_have_count(2)  # what is ticked stays
    page.get_by_label("《第3项制度》（校发〔2020〕3 号）").check()
    page.get_by_label("《采购管理办法》").uncheck()
    page.get_by_role("button", name="保存措施").click()
    expect(page.get_by_text("引用制度：《第3项制度》（校发〔2020〕3 号）")).to_be_visible()
    expect(page.get_by_text("引用的制度已废止")).to_have_count(0)
    measure.refresh_from_db()
    assert measure.cited == ["《第3项制度》（校发〔2020〕3 号）"]
    page.goto(reverse("riskpoints:inbox"))
    expect(page.get_by_text("引用的制度已废止或被替代")).to_have_count(0)


@pytest.mark.long
def test_the_pages_of_regulations(page, live_server, draft_version, department, people):
    row = make_regulation(department=department, summary="采购的程序。", next_review_on="2026-01-01")
    ended = make_regulation("旧办法", state=State.REPEALED, ended_on="2026-01-01", reason="已有上级规定")
    own = make_regulation("仓库制度", kind=Kind.DEPARTMENT, department=department)
    kept = files.add(row, scans.PDF, name="办法.pdf", actor=people.office)
    measure = draft_version.measures.first()
    said = {"points": measure.points.all(), "regulations": [row], "measure": measure}
    editing.save_measure(draft_version, {"basis": "仓库制度"}, **said, actor=people.head)
    enter(page, people.office)
    forms = [at("edit", row.pk), at("act", row.pk, "replace"), at("decide", row.pk), at("check", row.pk)]
    forms += [at("file_new", row.pk), at("file_replace", row.pk, kept.pk), at("new")]
    pages = [at("index"), f"{at('index')}?q=无此制度", at("plan"), at("page", row.pk), at("page", ended.pk)]
    assert walk(page, [*pages, *forms]) == {}
    page.goto(at("new"))
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_text("请填写制度名称。")).to_be_visible()
    assert not Regulation.objects.filter(title="").exists()
    enter(page, people.head)
    opened = [f"{sheet_at(draft_version)}?open={form}" for form in (f"measure-{measure.pk}", "new-institution")]
    assert walk(page, [at("page", own.pk), at("new"), sheet_at(draft_version), *opened]) == {}
