"""On screens names, dates and times are not broken in the middle: 学校办公/室, 23:43提/交."""

import pytest
from django.urls import reverse

from tests.e2e.browsing import enter, too_wide
from tests.factories import make_post
from tests.pages import at

pytestmark = pytest.mark.e2e

# The elements whose first words stand on more than one line.
BROKEN = """(selector) => Array.from(document.querySelectorAll(selector)).filter((element) => {
  const range = document.createRange();
  range.selectNodeContents(element.firstChild);
  const parts = Array.from(range.getClientRects()).filter((part) => part.width > 1);
  return new Set(parts.map((part) => Math.round(part.top / 8))).size > 1;
}).map((element) => element.textContent.trim())"""


def shown_broken(page, selector: str, *widths: int) -> list[str]:
    found = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": 768})
        found += page.evaluate(BROKEN, selector) + too_wide(page)
    return found


def test_names_in_the_register_stay_whole(page, confirmed_version, people):
    enter(page, people.office)
    page.goto(reverse("riskpoints:register"))
    assert page.locator("td.name").count() >= 9
    assert shown_broken(page, "td.name, .person", 1366, 1000, 760, 390) == []


def test_names_and_times_on_a_table_stay_whole(page, submitted_version, people):
    enter(page, people.reviewer)
    page.goto(at(submitted_version))
    assert page.locator(".grid-table th[scope=row]").count() >= 2
    assert page.locator(".nowrap", has_text="提交").count() == 1
    assert shown_broken(page, ".nowrap, .person, time", 1366, 1000, 390) == []
    posts = ".grid-table th[scope=row]:not(:has(.post-tag))"
    assert shown_broken(page, posts, 1366, 390) == []
    assert shown_broken(page, ".post-tag", 1366, 390) == []


def test_a_wide_table_scrolls_in_its_own_place(page, draft_version, people, department):
    make_post(department, "食堂与校园物业服务管理员")
    make_post(department, "食堂与校园物业服务监督员")
    enter(page, people.head)
    page.goto(at(draft_version))
    page.set_viewport_size({"width": 390, "height": 768})
    grid = page.locator(".table-wrap:has(.grid-table)")
    assert grid.evaluate("(place) => place.scrollWidth > place.clientWidth")
    assert too_wide(page) == []
