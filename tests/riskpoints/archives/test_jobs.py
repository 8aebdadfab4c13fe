"""One build at a time, in a process of its own; whatever happens to it, no half file."""

import datetime
import fcntl
import hashlib
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from riskcontrol.models import AuditEntry
from riskcontrol.verbs import SystemFact
from riskpoints.archives import jobs, shelf, verifier
from riskpoints.archives.records import ArchiveError
from riskpoints.models import AnnualArchive
from riskpoints.models.archive import ArchiveState
from riskpoints.verbs import RegisterVerb
from tests.riskpoints.archives.packing import SCAN, confirm, falsify, repack, unpacked

MANAGE = [sys.executable, str(Path(settings.BASE_DIR, "manage.py"))]


def silent(archive, **ago):
    """Let the build's last sign of life be so long ago."""
    AnnualArchive.objects.filter(pk=archive.pk).update(touched_at=timezone.now() - datetime.timedelta(**ago))


def test_a_second_start_is_refused_while_one_is_under_way(full_year, people):
    first = jobs.open_build(full_year.year, actor=people.admin)
    with pytest.raises(ArchiveError, match="正在生成，请等它完成"):
        jobs.request_build(full_year.year, actor=people.admin)
    assert list(AnnualArchive.objects.all()) == [first]


@pytest.mark.parametrize(
    "name", ["staff", "clerk", "head", "leader", "reviewer", "deputy", "principal", "office", "auditor", "disabled"]
)
def test_only_the_admin_may(cycle, people, name):
    archive = AnnualArchive(cycle=cycle, state=ArchiveState.DONE, file="a.zip")
    for act in (
        lambda: jobs.request_build(cycle.year, actor=getattr(people, name)),
        lambda: shelf.open_download(archive, actor=getattr(people, name)),
        lambda: shelf.check_stored(archive, actor=getattr(people, name)),
    ):
        with pytest.raises(PermissionDenied):
            act()
    assert not AnnualArchive.objects.exists()


def test_a_build_leaves_its_traces(full_year, people):
    archive = jobs.run(jobs.open_build(full_year.year, actor=people.admin))
    with shelf.open_download(archive, actor=people.admin) as stream:
        assert hashlib.sha256(stream.read()).hexdigest() == archive.sha256
    assert shelf.check_stored(archive, actor=people.admin) == []
    entries = AuditEntry.objects.filter(object_type="riskpoints.annualarchive").order_by("number")
    head = AuditEntry.objects.filter(action=RegisterVerb.CONFIRM).last()
    assert [(entry.action, entry.actor_name, entry.succeeded) for entry in entries] == [
        (RegisterVerb.ARCHIVE_BUILD, "系统管理员", True),
        (RegisterVerb.ARCHIVE_BUILD, "系统管理员", True),
        (RegisterVerb.ARCHIVE_DOWNLOAD, "系统管理员", True),
        (RegisterVerb.ARCHIVE_VERIFY, "系统管理员", True),
    ]
    assert entries[1].detail[SystemFact.FILE_HASH] == archive.sha256
    assert entries[1].detail["审计链首"] == f"{head.number}:{head.hash}"


def test_a_replaced_file_is_told_from_the_one_that_was_built(full_year, people):
    archive = jobs.run(jobs.open_build(full_year.year))
    path = shelf.file_of(archive)
    repack(path, unpacked(path))
    assert shelf.check_stored(archive, actor=people.admin) == ["文件与生成时登记的校验值不符，已被替换或改动。"]
    path.unlink()
    assert shelf.check_stored(archive, actor=people.admin) == [
        "这份档案的文件不在服务器上了。请重新生成，或从备份恢复。"
    ]
    with pytest.raises(ArchiveError, match="不在服务器上"):
        shelf.open_download(archive, actor=people.admin)
    assert not AuditEntry.objects.filter(action=RegisterVerb.ARCHIVE_VERIFY, succeeded=True).exists()


def test_a_build_that_fails_says_why_and_can_be_started_again(full_year):
    file = full_year.second.scans.get().file
    falsify(file, content=b"%PDF another")
    archive = jobs.open_build(full_year.year)
    with pytest.raises(ArchiveError):
        jobs.run(archive)
    archive.refresh_from_db()
    assert (archive.state, archive.file) == (ArchiveState.FAILED, "")
    name = "总务处：签字盖章扫描件 第2版 1（PDF）"
    assert archive.error == f"{name}与登记时的校验值不符，已被改动。请从备份恢复后再生成。"
    assert left_over() == []
    falsify(file, content=SCAN + b"2")
    assert jobs.run(jobs.open_build(full_year.year)).state == ArchiveState.DONE


def test_an_archive_of_a_falsified_trail_is_refused(full_year):
    entry = AuditEntry.objects.filter(action=RegisterVerb.SUBMIT).first()
    falsify(entry, actor_name="别人")
    with pytest.raises(ArchiveError, match=f"没有通过核验（1 处）：审计记录第 {entry.number} 条的内容与校验值不符"):
        jobs.run(jobs.open_build(full_year.year))
    assert left_over() == []


def test_a_given_up_build_stops_and_leaves_nothing(full_year):
    archive = jobs.open_build(full_year.year)

    def give_up(progress):
        if progress.done == 3:
            AnnualArchive.objects.filter(pk=archive.pk).update(state=ArchiveState.FAILED, error="放弃")

    with pytest.raises(jobs.SupersededError):
        jobs.run(archive, watcher=give_up)
    archive.refresh_from_db()
    assert archive.error == "放弃"
    assert left_over() == []


def left_over():
    """Return what builds left in their folder beside finished archives."""
    return [path.name for path in shelf.folder().iterdir() if path.suffix not in (".zip", ".parts")]


def test_a_build_whose_process_never_came_is_given_up(full_year):
    archive = jobs.open_build(full_year.year)
    silent(archive, seconds=2)
    jobs.fail_dead_builds()
    archive.refresh_from_db()
    assert archive.state == ArchiveState.WAITING
    silent(archive, seconds=4)
    again = jobs.open_build(full_year.year)
    archive.refresh_from_db()
    assert (archive.state, archive.error) == (
        ArchiveState.FAILED,
        "生成程序没有启动。请重新生成；如还是这样，请联系管理员检查服务器。",
    )
    assert again.state == ArchiveState.WAITING
    with pytest.raises(ArchiveError, match="已经结束"):
        jobs.run(archive)


def test_a_process_that_takes_long_to_come_is_waited_for(full_year):
    archive = jobs.open_build(full_year.year)
    silent(archive, minutes=5)
    with jobs._begun_path(archive).open("ab") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        jobs.fail_dead_builds()
        archive.refresh_from_db()
        assert archive.state == ArchiveState.WAITING
    jobs.fail_dead_builds()
    archive.refresh_from_db()
    assert archive.state == ArchiveState.FAILED
    assert left_over() == []


@pytest.mark.parametrize("state", [ArchiveState.WAITING, ArchiveState.RUNNING])
def test_a_dead_build_whose_time_lies_in_the_future_blocks_nobody(full_year, state):
    archive = jobs.open_build(full_year.year)
    moment = timezone.now() + datetime.timedelta(days=400)
    AnnualArchive.objects.filter(pk=archive.pk).update(state=state, touched_at=moment)
    assert jobs.open_build(full_year.year).state == ArchiveState.WAITING
    archive.refresh_from_db()
    assert archive.state == ArchiveState.FAILED


def test_a_build_that_hangs_is_given_up_though_its_process_lives(full_year):
    archive = jobs.open_build(full_year.year)
    with jobs._lock(archive) as is_held:
        assert is_held
        silent(archive, minutes=14)
        jobs.fail_dead_builds()
        archive.refresh_from_db()
        assert archive.state == ArchiveState.WAITING
        silent(archive, minutes=16)
        jobs.fail_dead_builds()
    archive.refresh_from_db()
    assert archive.error == "生成程序超过 15 分钟没有进展，已放弃。请重新生成。"


def wait_until(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


@pytest.mark.django_db(transaction=True)
def test_a_build_runs_in_a_process_of_its_own(full_year, people):
    archive = jobs.request_build(full_year.year, actor=people.admin)
    with pytest.raises(ArchiveError, match="正在生成"):
        jobs.request_build(full_year.year, actor=people.admin)

    def ended():
        archive.refresh_from_db()
        return archive.state not in jobs.UNDER_WAY

    wait_until(ended)
    assert (archive.state, archive.error) == (ArchiveState.DONE, "")
    assert verifier.verify(shelf.file_of(archive)) == []
    wait_until(lambda: left_over() == [])


def printed_of(archive):
    """Return how many papers a finished build printed anew, as its entry in the trail says."""
    return AuditEntry.objects.filter(object_id=archive.pk, detail__结果__startswith="完成").get().detail["新打印"]


@pytest.mark.django_db(transaction=True)
def test_a_build_killed_in_the_middle_goes_on_where_it_was(full_year, empty_parts):
    archive = jobs.open_build(full_year.year)
    child = subprocess.Popen([*MANAGE, "build_archive", "--job", str(archive.pk)])
    wait_until(lambda: finished(empty_parts))
    child.kill()
    child.wait(timeout=30)
    before = finished(empty_parts)
    archive.refresh_from_db()
    assert archive.state == ArchiveState.RUNNING
    silent(archive, seconds=4)
    again = jobs.run(jobs.open_build(full_year.year))
    archive.refresh_from_db()
    assert archive.error == "生成程序已中断（服务器重启或进程被结束）。请重新生成，已完成的部分会接着用。"
    # 附件1, two forms, an 一览表, 登记汇总表, 分级管理清单, 查找方法统计表; the forms and the 汇总表 as .xlsx, too.
    assert 1 <= len(before) < 9
    assert printed_of(again) == 10 - len(before)
    assert before <= finished(empty_parts)


def finished(folder):
    """Return the parts that are there whole: {name: when written}."""
    return {(path.name, path.stat().st_mtime_ns) for path in folder.glob("*.*.part")}


def test_a_second_build_of_the_same_is_the_first_one(full_year, empty_parts):
    first = jobs.run(jobs.open_build(full_year.year))
    steps = []
    second = jobs.run(jobs.open_build(full_year.year), watcher=lambda progress: steps.append(progress.step))
    assert (first.sha256, first.file) == (second.sha256, second.file)
    assert steps == ["读取办理记录和审计记录", "内容没有变化，核对上次的档案包"]
    assert (printed_of(first), printed_of(second)) == (10, 0)


def test_a_damaged_archive_or_part_is_made_again(full_year, empty_parts):
    first = jobs.run(jobs.open_build(full_year.year))
    for path in [shelf.file_of(first), *empty_parts.iterdir()]:
        path.write_bytes(path.read_bytes()[:-1] + b"!")
    second = jobs.run(jobs.open_build(full_year.year))
    assert (printed_of(second), second.sha256) == (10, first.sha256)
    assert verifier.verify(shelf.file_of(second)) == []


def test_what_has_changed_is_printed_and_nothing_else(full_year, empty_parts, people):
    jobs.run(jobs.open_build(full_year.year))
    confirm(full_year.first.table, people)
    second = jobs.run(jobs.open_build(full_year.year))
    assert printed_of(second) == 5  # the new version's form, its 一览表 and the 登记汇总表; the 清单 is as it was
    assert len(finished(empty_parts)) == 11  # with the archive itself; what it no longer shows is gone
    assert verifier.verify(shelf.file_of(second)) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_build_leaves_no_half_file_and_can_be_started_again(full_year, number):
    archive = jobs.open_build(full_year.year)
    before = set(shelf.folder().glob("*.zip"))
    child = subprocess.Popen([*MANAGE, "build_archive", "--job", str(archive.pk)])

    def is_writing():
        archive.refresh_from_db()
        return archive.state == ArchiveState.RUNNING and archive.done > 0

    wait_until(is_writing)
    child.send_signal(number)
    child.wait(timeout=30)
    assert set(shelf.folder().glob("*.zip")) == before
    silent(archive, seconds=4)
    jobs.fail_dead_builds()
    archive.refresh_from_db()
    assert archive.state == ArchiveState.FAILED
    assert "请重新生成" in archive.error
    assert left_over() == []
    assert jobs.run(jobs.open_build(full_year.year)).state == ArchiveState.DONE
