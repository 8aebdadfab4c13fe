"""The header of the office, which has the most entries, and the narrow headings of the progress page."""

import pytest
from django.urls import reverse

from tests.e2e.browsing import enter

pytestmark = pytest.mark.e2e
LINES = "links => new Set(links.map(link => Math.round(link.getBoundingClientRect().top))).size"
SPILLED = "document.documentElement.scrollWidth > window.innerWidth"


@pytest.mark.parametrize(("width", "height"), [(1366, 100), (1093, 140)])
def test_the_offices_entries_stand_on_two_lines(page, live_server, school, office, width, height):
    enter(page, office)
    page.set_viewport_size({"width": width, "height": 768})
    page.goto(reverse("inbox"))
    for line, least in ((".site-nav:not(.beside)", 8), (".site-nav.beside", 2)):
        entries = page.locator(f".site-bar > {line} a")
        assert entries.count() >= least
        assert entries.evaluate_all(LINES) == 1
    assert page.locator(".site-header").bounding_box()["height"] <= height
    assert not page.evaluate(SPILLED)


def test_levels_stay_whole_in_narrow_cells(page, live_server, school, office, confirmed_version):
    enter(page, office)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(reverse("riskpoints:progress"))
    parts = page.locator(".heat thead span")
    assert parts.all_inner_texts() == ["一级", "（高）", "二级", "（中）", "三级", "（低）"]
    assert set(parts.evaluate_all("parts => parts.map(part => part.getClientRects().length)")) == {1}
    assert parts.evaluate_all("parts => parts.every(part => part.offsetHeight < 32)")
    assert not page.evaluate(SPILLED)
