"""The admin makes an archive in a real browser: it shows how far it is, then hands the archive out and checks it."""

import pytest
from django.urls import reverse

from riskpoints.archives import jobs, verifier
from riskpoints.enums import Status
from riskpoints.models import AnnualArchive
from riskpoints.models.archive import ArchiveState
from tests.e2e.browsing import axe, enter, too_wide
from tests.factories import bring_to

pytestmark = pytest.mark.e2e


@pytest.fixture
def year(live_server, table, people):
    """Return the 年度 of today with one table in force, in the database that the server sees."""
    bring_to(Status.CONFIRMED, table, people)
    return table.cycle


def years_page(page, admin):
    enter(page, admin)
    page.goto(reverse("riskpoints:years"))
    return page.locator("#archives")


def test_an_archive_is_made_while_one_looks_on(page, year, admin, tmp_path):
    panel = years_page(page, admin)
    panel.get_by_role("button", name="生成档案").click()
    panel.get_by_role("progressbar").wait_for()
    panel.get_by_role("link", name="下载").wait_for(timeout=60_000)
    assert panel.get_by_role("progressbar").count() == 0
    panel.get_by_role("button", name="重新生成").wait_for()
    with page.expect_download() as fetched:
        panel.get_by_role("link", name="下载").click()
    assert fetched.value.suggested_filename == f"{year.year}年度廉政风险防控档案.zip"
    fetched.value.save_as(tmp_path / "档案.zip")
    assert verifier.verify(tmp_path / "档案.zip") == []
    panel.get_by_role("button", name="核验").click()
    page.get_by_role("heading", name="完整无误").wait_for()


def test_without_javascript_the_link_shows_how_far_it_is(new_page, year, admin):
    build = jobs.open_build(year.year, actor=admin)
    AnnualArchive.objects.filter(pk=build.pk).update(done=2, total=9, step="登记汇总表")
    with jobs._lock(build):
        panel = years_page(new_page(java_script_enabled=False), admin)
        assert "2/9 登记汇总表" in panel.inner_text()
        AnnualArchive.objects.filter(pk=build.pk).update(done=5)
        panel.get_by_role("link", name="刷新进展").click()
        panel.get_by_text("5/9 登记汇总表").wait_for()


@pytest.mark.parametrize("width", [1366, 390])
def test_no_axe_violation_and_nothing_wider_than_the_screen(new_page, year, people, admin, width):
    jobs.run(jobs.open_build(year.year, actor=admin))
    build = jobs.open_build(year.year, actor=admin)
    AnnualArchive.objects.filter(pk=build.pk).update(state=ArchiveState.RUNNING, done=3, total=9, step="x")
    page = new_page(viewport={"width": width, "height": 768})
    with jobs._lock(build):
        panel = years_page(page, admin)
        found = {"panel": [*axe(page), *too_wide(page)]}
    panel.get_by_role("button", name="核验").click()
    page.get_by_role("heading", name="完整无误").wait_for()
    found["check"] = [*axe(page), *too_wide(page)]
    assert found == {"panel": [], "check": []}
