"""年度档案 on the screen: starting, watching, fetching and checking, for the admin alone."""

import datetime
import re
import time
from urllib.parse import unquote

import pytest
from django.urls import reverse
from django.utils import timezone

from riskcontrol.models import AuditEntry
from riskcontrol.verbs import SystemVerb
from riskpoints.archives import jobs, shelf
from riskpoints.enums import Status
from riskpoints.models import AnnualArchive
from riskpoints.models.archive import ArchiveState
from riskpoints.verbs import RegisterVerb
from riskpoints.views import archives
from tests.factories import bring_to, make_cycle

PANEL = "/years/#archives"
OTHERS = ["staff", "clerk", "head", "leader", "reviewer", "deputy", "principal", "office", "auditor", "outsider"]


@pytest.fixture
def year(table, people):
    """Return the 年度 of today with one table in force."""
    bring_to(Status.CONFIRMED, table, people)
    return table.cycle


@pytest.fixture
def archive(year, people):
    """Return a finished archive."""
    return jobs.run(jobs.open_build(year.year, actor=people.admin))


@pytest.fixture
def screen(enter, people):
    """Return the admin's browser session."""
    return enter(people.admin)


def panel(screen) -> str:
    return screen.get(reverse("riskpoints:years")).content.decode()


def addresses(archive):
    return {
        "start": ("post", reverse("riskpoints:archive_start", args=[archive.cycle.year])),
        "status": ("get", reverse("riskpoints:archive_status", args=[archive.pk])),
        "download": ("get", reverse("riskpoints:archive_download", args=[archive.pk])),
        "verify": ("post", reverse("riskpoints:archive_verify", args=[archive.pk])),
    }


@pytest.fixture
def unmade(db, people):
    """Return a finished archive without its file: enough where nobody gets that far."""
    cycle = make_cycle(timezone.localdate().year)
    return AnnualArchive.objects.create(cycle=cycle, state=ArchiveState.DONE, file="a.zip", finished_at=timezone.now())


@pytest.mark.parametrize("name", OTHERS)
def test_nobody_but_the_admin_comes_in(unmade, enter, people, name):
    session = enter(getattr(people, name))
    for verb, address in addresses(unmade).values():
        assert getattr(session, verb)(address).status_code == 403
    assert AnnualArchive.objects.count() == 1
    assert (
        AuditEntry.objects.filter(action=SystemVerb.REFUSED, detail__原因="年度档案由系统管理员生成和下载。").count()
        == 4
    )


def test_who_is_not_logged_in_is_led_to_the_login(unmade, client):
    for verb, address in addresses(unmade).values():
        assert getattr(client, verb)(address).url.startswith(reverse("login"))


def test_the_office_sees_the_years_but_no_archive(archive, enter, people):
    assert "年度档案" not in panel(enter(people.office))


def test_starting_opens_a_build_and_leads_to_the_panel(year, screen, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as started:
        response = screen.post(reverse("riskpoints:archive_start", args=[year.year]))
    assert response.url == PANEL
    assert len(started) == 1
    build = AnnualArchive.objects.get()
    assert (build.state, build.requested_by.real_name) == (ArchiveState.WAITING, "系统管理员")


def test_a_second_start_says_that_one_is_under_way(year, screen, people):
    jobs.open_build(year.year, actor=people.admin)
    page = screen.post(reverse("riskpoints:archive_start", args=[year.year]), follow=True).content.decode()
    assert f"{year}的档案正在生成，请等它完成后再试。" in page
    assert AnnualArchive.objects.count() == 1


@pytest.mark.parametrize("year", [1999, 10**30])
def test_an_unknown_year_is_said_to_be_none(screen, school, year):
    page = screen.post(reverse("riskpoints:archive_start", args=[year]), follow=True).content.decode()
    assert f"没有 {year} 年度。请核对年份。" in page


@pytest.mark.parametrize("key", [999_999, 10**30])
@pytest.mark.parametrize("name", ["archive_status", "archive_download", "archive_verify"])
def test_an_unknown_archive_is_not_found(screen, name, key):
    address = reverse(f"riskpoints:{name}", args=[key])
    assert (screen.post if name == "archive_verify" else screen.get)(address).status_code == 404


def test_a_year_without_a_table_in_force_offers_nothing(screen, people, year):
    make_cycle(year.year + 1)
    page = panel(screen)
    assert "还没有签字确定的表，没有可归档的内容" in page
    assert reverse("riskpoints:archive_start", args=[year.year]) in page
    assert reverse("riskpoints:archive_start", args=[year.year + 1]) not in page


@pytest.mark.parametrize("name", ["start", "verify"])
def test_the_address_of_a_form_opened_by_hand_leads_to_the_panel(unmade, screen, name):
    assert screen.get(addresses(unmade)[name][1]).url == PANEL
    assert AnnualArchive.objects.count() == 1
    assert not AuditEntry.objects.filter(action=RegisterVerb.ARCHIVE_VERIFY).exists()


def under_way(year, people, **values):
    build = jobs.open_build(year.year, actor=people.admin)
    AnnualArchive.objects.filter(pk=build.pk).update(
        **{"state": ArchiveState.RUNNING, "touched_at": timezone.now()} | values
    )
    return build


def test_progress_is_shown_with_the_time_left(year, screen, people):
    build = under_way(year, people, done=6, total=18, step="总务处：部门表（PDF）")
    foreseen = jobs._lock_path(build)
    foreseen.write_text(str(time.time() + 121), encoding="ascii")
    page = panel(screen)
    foreseen.unlink()
    assert "6/18 总务处：部门表（PDF）" in page
    assert re.search(r"约还需 1[12]\d 秒", page)
    assert '<progress class="progress-bar" max="18" value="6"' in page
    assert f'<a class="small" href="{reverse("riskpoints:archive_status", args=[build.pk])}">刷新进展</a>' in page
    assert reverse("riskpoints:archive_start", args=[year.year]) not in page


def poll(screen, build):
    return screen.get(reverse("riskpoints:archive_status", args=[build.pk]), headers={"HX-Request": "true"})


def test_htmx_gets_the_line_while_it_runs_and_the_panel_when_it_ends(year, screen, people):
    build = under_way(year, people, done=1, total=9, step="办理记录")
    response = poll(screen, build)
    assert f'<div id="archive-{build.pk}" hx-get=' in response.content.decode()
    assert "HX-Retarget" not in response
    jobs._fail(build, "字体不见了。")
    response = poll(screen, build)
    assert (response["HX-Retarget"], response["HX-Reselect"]) == ("#archives", "#archives")
    assert "没有生成：字体不见了。" in response.content.decode()


def test_a_build_that_ends_while_the_answer_is_made_brings_the_panel(year, screen, people, monkeypatch):
    build = under_way(year, people, done=1, total=9, step="办理记录")
    render = archives.render

    def ended_first(*arguments):
        jobs._fail(build, "字体不见了。")
        return render(*arguments)

    monkeypatch.setattr(archives, "render", ended_first)
    response = poll(screen, build)
    assert f'id="archive-{build.pk}"' not in response.content.decode()
    assert (response["HX-Retarget"], response["HX-Reselect"]) == ("#archives", "#archives")


def test_without_htmx_the_link_leads_back_to_the_panel(year, screen, people):
    build = under_way(year, people)
    assert screen.get(reverse("riskpoints:archive_status", args=[build.pk])).url == PANEL


def test_a_dead_build_is_noticed_by_whoever_looks(year, screen, people):
    build = under_way(year, people, touched_at=timezone.now() - datetime.timedelta(minutes=20))
    assert "生成程序超过 15 分钟没有进展，已放弃。请重新生成。" in panel(screen)
    assert AnnualArchive.objects.get(pk=build.pk).state == ArchiveState.FAILED
    assert reverse("riskpoints:archive_start", args=[year.year]) in panel(screen)


def test_a_finished_archive_is_listed_and_handed_out_as_it_is(archive, screen):
    page = panel(screen)
    assert archive.sha256 in page
    assert "已生成" in page
    response = screen.get(reverse("riskpoints:archive_download", args=[archive.pk]))
    assert response.streaming
    assert b"".join(response.streaming_content) == shelf.file_of(archive).read_bytes()
    assert f"{archive.cycle.year}年度廉政风险防控档案.zip" in unquote(response["Content-Disposition"])
    assert (response["Content-Type"], response["Content-Length"]) == ("application/zip", str(archive.size))
    entry = AuditEntry.objects.last()
    assert (entry.action, entry.actor_name, entry.detail) == (
        RegisterVerb.ARCHIVE_DOWNLOAD,
        "系统管理员",
        {"file_hash": archive.sha256},
    )


def test_an_archive_whose_file_is_gone_says_so(archive, screen):
    shelf.file_of(archive).unlink()
    page = panel(screen)
    assert "文件不在服务器上，请重新生成" in page
    assert reverse("riskpoints:archive_download", args=[archive.pk]) not in page
    response = screen.get(reverse("riskpoints:archive_download", args=[archive.pk]), follow=True)
    assert "这份档案的文件不在服务器上了。请重新生成，或从备份恢复。" in response.content.decode()


def test_checking_says_that_it_is_whole_or_what_is_wrong(archive, screen):
    address = reverse("riskpoints:archive_verify", args=[archive.pk])
    assert "完整无误" in screen.post(address).content.decode()
    path = shelf.file_of(archive)
    path.write_bytes(path.read_bytes()[:-100])
    page = screen.post(address).content.decode()
    assert "有 2 处不对" in page
    assert "文件与生成时登记的校验值不符，已被替换或改动。" in page
    assert "完整无误" not in page


def test_the_panel_costs_the_same_for_one_and_for_thirty_builds(archive, screen, queries_of, people):
    one = queries_of(screen, reverse("riskpoints:years"))
    for number in range(30):
        AnnualArchive.objects.create(
            cycle=archive.cycle if number % 2 else make_cycle(2060 + number),
            state=ArchiveState.DONE if number % 3 else ArchiveState.FAILED,
            requested_by=people.admin,
            finished_at=timezone.now(),
            file="a.zip",
        )
    assert queries_of(screen, reverse("riskpoints:years")) == one


def test_the_last_archive_of_a_year_is_told_from_those_before(archive, screen, people, year):
    bring_to(Status.CONFIRMED, year.tables.get(), people)
    last = jobs.run(jobs.open_build(year.year, actor=people.admin))
    page = screen.get("/years/").content.decode()
    first, second = re.findall(
        r'<th scope="row" class="nowrap">[^<]*<br>(.*?)</th>.*?<code>(.*?)</code>', page, re.DOTALL
    )
    assert first == ('<span class="post-tag">最新</span>', last.sha256)
    assert second == ('<span class="muted small">已有更新的</span>', archive.sha256)
