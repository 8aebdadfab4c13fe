"""Next year is opened in November; a late table and a revision confirmed since are offered in next year's drafts."""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from riskpoints.enums import Status
from riskpoints.models import ControlTable
from riskpoints.tables import editing, starting
from tests.e2e.browsing import enter, faults
from tests.factories import bring_to, make_measure, make_point
from tests.riskpoints.years.test_taking import put_in_force

pytestmark = pytest.mark.e2e


@pytest.mark.long
def test_a_late_table_and_a_revision_are_offered(new_page, table, other_table, people):
    first = bring_to(Status.CONFIRMED, table, people)  # 总务处's is in force, 教务处's is late
    office = new_page()
    enter(office, people.office)
    office.goto(reverse("riskpoints:year_open"))
    office.get_by_role("button", name="开启").click()
    expect(office.get_by_text("年度已开启，共")).to_be_visible()
    year = timezone.localdate().year + 1
    drafts = {}
    for owner, user in ((table, people.head), (other_table, people.other_head)):
        later = ControlTable.objects.get(cycle__year=year, department=owner.department)
        drafts[owner.pk] = starting.start_table(later, actor=user)
    assert [draft.points.count() for draft in drafts.values()] == [first.points.count(), 0]

    # Both are confirmed after next year's drafts were begun.
    revision = starting.open_revision(first, reason="岗位有变动", actor=people.head)
    editing.save_point(revision, {"text": "改写后的风险点"}, point=revision.points.first(), actor=people.head)
    added = make_point(revision, actor=people.head, text="新增的风险点")
    make_measure(revision, added, actor=people.head, text="新增的措施")
    put_in_force(revision, people)
    late = bring_to(Status.CONFIRMED, other_table, people)

    # The head takes one point with its measure, then the rest.
    head = new_page()
    enter(head, people.head)
    head.goto(reverse("riskpoints:version", args=[drafts[table.pk].pk]))
    expect(head.get_by_text("现行表已有新版")).to_be_visible()
    head.get_by_role("link", name="对照新版").click()
    expect(head.get_by_role("heading", name="对照新版：总务处")).to_be_visible()
    assert faults(head) == []
    place = head.locator(".offers > li").filter(has_text="新增的风险点")
    place.get_by_role("button", name="采纳（连同 1 条措施）").click()
    expect(head.get_by_text("已采纳“风险点：新增的风险点”。")).to_be_visible()
    head.get_by_role("button", name="全部采纳").click()
    expect(head.get_by_text("已采纳新版的全部内容。")).to_be_visible()
    expect(head.get_by_text("现行表已有新版")).to_have_count(0)
    expect(head.locator(".form-table")).to_contain_text("改写后的风险点")
    expect(head.locator(".form-table")).to_contain_text("新增的措施")

    # The other head, whose draft was begun empty, takes the late table over at once.
    other = new_page()
    enter(other, people.other_head)
    other.goto(reverse("riskpoints:version", args=[drafts[other_table.pk].pk]))
    expect(other.get_by_text(f"{table.cycle.year} 年度有了现行表")).to_be_visible()
    other.get_by_role("link", name="对照新版").click()
    other.get_by_role("button", name="全部采纳").click()
    expect(other.get_by_text("已采纳新版的全部内容。")).to_be_visible()
    expect(other.get_by_role("button", name="提交纪委审核")).to_be_enabled()
    assert drafts[other_table.pk].points.count() == late.points.count()
