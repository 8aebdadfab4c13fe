"""What has to be mended: a backup that failed or is late, a clock that jumped; and who is told."""

import datetime
import time

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from departments.enums import Role
from riskcontrol import audit, clock
from riskcontrol.backup import watch
from riskcontrol.models import AuditEntry
from riskcontrol.verbs import SystemVerb
from tests.factories import make_user

HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def at(monkeypatch):
    """Return a function that lets it be so much later, or earlier."""

    def shift(span):
        real = datetime.datetime.now(datetime.UTC)
        monkeypatch.setattr(timezone, "now", lambda: real + span)

    return shift


@pytest.mark.django_db
def test_a_backup_is_good_for_a_day_and_a_half(at):
    audit.record(SystemVerb.BACKED_UP)
    at(35 * HOUR)
    assert watch.trouble() is None
    at(37 * HOUR)
    assert "已超过 36 小时" in watch.trouble()
    audit.record(SystemVerb.BACKED_UP)
    assert watch.trouble() is None


@pytest.mark.django_db
def test_a_register_that_was_never_backed_up_is_told_after_its_first_days(at):
    assert watch.trouble() is None
    audit.record(SystemVerb.LOGIN)
    at(35 * HOUR)
    assert watch.trouble() is None
    at(37 * HOUR)
    assert watch.trouble() == "启用以来还没有做过备份。"


@pytest.mark.django_db
def test_a_failed_backup_is_told_with_its_reason_until_one_succeeds(settings):
    audit.record(SystemVerb.BACKED_UP, detail={"结果": "没有完成", "原因": "磁盘已满"}, succeeded=False)
    assert watch.trouble().endswith("的备份没有做成：磁盘已满")
    audit.record(SystemVerb.BACKED_UP, detail={"问题": ["一", "二"]}, succeeded=False)
    assert "发现登记册有 2 处不符" in watch.trouble()
    settings.DEMO = True
    assert watch.trouble() is None
    settings.DEMO = False
    audit.record(SystemVerb.BACKED_UP)
    assert watch.trouble() is None


@pytest.mark.django_db
def test_what_was_restored_is_a_good_backup(at):
    """In the copy that came back, the last entry may be of a failure just before it was made."""
    audit.record(SystemVerb.BACKED_UP, detail={"原因": "磁盘已满"}, succeeded=False)
    audit.record(SystemVerb.RESTORED, succeeded=False)
    assert "磁盘已满" in watch.trouble()
    audit.record(SystemVerb.RESTORED)
    assert watch.trouble() is None
    at(37 * HOUR)
    assert "已超过 36 小时" in watch.trouble()


@pytest.mark.django_db
def test_a_clock_behind_the_trail_is_told(at):
    audit.record(SystemVerb.LOGIN)
    at(-datetime.timedelta(seconds=60))
    assert clock.trouble() is None
    at(-HOUR)
    assert "时间被调回过，或那时的时间不对" in clock.trouble()


@pytest.mark.django_db
@pytest.mark.parametrize(("seconds", "words"), [(86400, "快进了 1440 分钟"), (-600, "退回了 10 分钟"), (60, None)])
def test_a_clock_that_was_set_while_the_site_ran_is_told(monkeypatch, seconds, words):
    real = time.time
    monkeypatch.setattr(clock.time, "time", lambda: real() + seconds)
    said = clock.trouble()
    assert (said is None) if words is None else (words in said)


@pytest.fixture
def keepers(db, settings):
    """Return the addresses of an admin and an auditor; there is a mail server, and others have an address, too."""
    settings.EMAIL_HOST = "mail.school.cn"
    settings.DEFAULT_FROM_EMAIL = "register@school.cn"
    for number, role in (("a", Role.ADMIN), ("b", Role.AUDITOR), ("c", Role.OFFICE), ("d", Role.ADMIN)):
        make_user(number, number, role, email=f"{number}@school.cn", is_active=number != "d")
    return ["a@school.cn", "b@school.cn"]


def test_a_killed_backup_is_noted_and_mailed(keepers, tmp_path, capsys):
    left = tmp_path / ".work-killed"
    left.mkdir()
    (left / "lock").touch()
    call_command("backup_failed", to=tmp_path)
    entry = AuditEntry.objects.order_by("-number").first()
    assert (entry.action, entry.succeeded) == (SystemVerb.BACKED_UP, False)
    assert not left.exists()
    assert [letter.to for letter in mail.outbox] == [[address] for address in keepers]
    assert "备份进程中途被结束" in mail.outbox[0].body
    assert "已发邮件：2 封" in capsys.readouterr().out


def test_a_failure_that_was_noted_is_not_noted_twice(keepers, settings, tmp_path):
    settings.EMAIL_HOST = ""
    audit.record(SystemVerb.BACKED_UP, detail={"原因": "磁盘已满"}, succeeded=False)
    call_command("backup_failed", to=tmp_path / "nowhere")
    assert AuditEntry.objects.of(SystemVerb.BACKED_UP).count() == 1
    assert mail.outbox == []
