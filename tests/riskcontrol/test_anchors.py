"""Heads written down outside of the database show a trail that was rewritten, however whole it is in itself."""

import datetime

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.utils import timezone

from riskcontrol import anchors, audit, environment
from riskcontrol.backup import making
from riskcontrol.models import AuditEntry
from riskcontrol.verbs import SystemFact, SystemVerb
from riskpoints.evidence.verification import verify_register
from tests.riskcontrol.backup.conftest import beside, register  # noqa: F401 - a register that is really committed
from tests.riskcontrol.recomputing import recompute
from tests.riskpoints.archives.packing import falsify

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


@pytest.fixture
def place(settings, tmp_path):
    """Return the auditor's file, which is not there yet."""
    settings.ANCHOR_FILE = tmp_path / "auditor" / "heads.txt"
    settings.ANCHOR_FILE.parent.mkdir()
    return settings.ANCHOR_FILE


def entries(count=3):
    for _ in range(count):
        audit.record(SystemVerb.LOGIN)
    return audit.stored_head()


def noted(head):
    """Anchor a head as a backup does, with its entry."""
    said = anchors.write(head)
    audit.record(SystemVerb.BACKED_UP, detail=said)
    return said


def yesterday(place):
    """Make the last line of the file one of the day before."""
    lines = place.read_text().splitlines()
    moment, rest = lines[-1].split(" ", 1)
    lines[-1] = f"{(datetime.datetime.fromisoformat(moment) - DAY).isoformat()} {rest}"
    place.write_text("\n".join(lines) + "\n")


def found(folder):
    return list(anchors.faults(folder))


def rewritten(number):
    """Change an entry and recompute all after it, seals included: what only root or the service's account can do."""
    falsify(AuditEntry.objects.get(number=number), actor_name="别人")
    recompute(number)


def test_one_line_a_day_with_time_number_and_head(place, tmp_path):
    head = entries()
    assert anchors.write(head) == {
        SystemFact.ANCHOR: f"3:{head.hash}",
        SystemFact.ANCHOR_FILE: str(place),
    }
    assert anchors.write(head) == {}, "this day has its line"
    (line,) = place.read_text().splitlines()
    moment, number, digest = line.split(" ")
    assert abs(datetime.datetime.fromisoformat(moment) - timezone.now()) < datetime.timedelta(minutes=1)
    assert (number, digest) == ("3", head.hash)
    yesterday(place)
    later = entries(1)
    assert anchors.write(later)[SystemFact.ANCHOR] == f"4:{later.hash}"
    assert len(place.read_text().splitlines()) == 2
    assert found(tmp_path) == []


def test_a_rewritten_trail_no_longer_fits_the_file(place, tmp_path, without_triggers):
    noted(entries())
    rewritten(2)
    ((where, reason),) = [pair for pair in found(tmp_path) if "行" in pair[0]]
    assert where == "锚定文件第 1 行"
    assert "记下的第 3 条的校验值" in reason
    assert "记录被改写、截去，或数据库换成了另一个" in reason
    assert any(fault.about == "锚定文件第 1 行" for fault in verify_register())
    state = anchors.state(tmp_path)
    assert not state.is_good
    assert "第 3 条，与现在的记录不符，请核验" in str(state)


def test_a_line_that_was_taken_out_is_told_by_the_trail(place, tmp_path):
    noted(entries())
    place.unlink()
    ((where, reason),) = found(tmp_path)
    assert (where, reason[:21]) == ("锚定文件", "缺少审计记录第 4 条所说的一行（链首 3:"[:21])
    assert "还没有，或已经不在" in str(anchors.state(tmp_path))


def test_half_a_line_costs_only_itself(place, tmp_path):
    head = entries()
    place.write_text("2026-11-29T03:0")
    anchors.write(head)
    assert place.read_text().splitlines()[1].endswith(head.hash)
    assert found(tmp_path) == [("锚定文件第 1 行", "读不出来，不是“时间 条数 链首”")]


def test_a_place_that_is_not_mounted_is_never_made_and_keeps_no_backup(settings, tmp_path):
    settings.ANCHOR_FILE = tmp_path / "mount" / "heads.txt"
    assert anchors.write(entries()) == {"没有锚定": f"{settings.ANCHOR_FILE}：No such file or directory"}
    assert not settings.ANCHOR_FILE.parent.exists()


def test_a_folder_in_its_place_is_a_fault(place, tmp_path):
    entries()
    place.mkdir()
    assert found(tmp_path) == [("锚定文件", f"{place} 读不出来（Is a directory），没有核对")]


def test_lines_behind_a_restore_are_told_by_it(place, tmp_path, without_triggers):
    """The restore is in the trail; a line written after it has to fit."""
    anchors.write(entries())
    AuditEntry.objects.filter(number__gt=1)._raw_delete("default")
    first = AuditEntry.objects.get()
    falsify(audit.AuditHead.objects.get(), number=1, hash=first.hash, seal=first.seal)
    assert len(found(tmp_path)) == 1
    audit.record(SystemVerb.RESTORED)
    entries()
    assert found(tmp_path) == []
    place.write_text(place.read_text() + f"{timezone.now().isoformat()} 3 {'0' * 64}\n")
    assert [where for where, _ in found(tmp_path)] == ["锚定文件第 2 行"]


def test_names_of_backups_have_the_head_and_are_compared(register, without_triggers):  # noqa: F811
    folder = making.folder_of_backups()
    made = making.make_backup(folder)
    head = made.head
    assert making.NAME.fullmatch(made.path.name)
    assert f"-{head.number}-{head.hash[:16]}.zip" in made.path.name
    again = making.make_backup(folder)
    assert again.head.number == head.number + 1
    assert found(folder) == []
    assert f"第 {again.head.number} 条，与现在的记录相符" in str(anchors.state(folder))
    rewritten(1)
    assert [where for where, _ in found(folder)] == [f"备份“{path.name}”" for path in (made.path, again.path)]


def test_a_backup_writes_the_line_and_says_so_in_its_entry(register, place, capsys):  # noqa: F811
    made = making.make_backup(making.folder_of_backups())
    assert place.read_text().split()[1:] == [str(made.head.number), made.head.hash]
    entry = AuditEntry.objects.of(SystemVerb.BACKED_UP).get()
    assert entry.said(SystemFact.ANCHOR) == str(made.head)
    call_command("verify_register")
    assert "完好" in capsys.readouterr().out


def test_a_backup_without_a_head_in_its_name_is_still_one_of_ours(tmp_path):
    (tmp_path / "register-20261128T010000Z.zip").touch()
    (tmp_path / "register-20261128T010000Z-2.zip").touch()
    assert anchors.of_backups(tmp_path) == []
    assert all(making.NAME.fullmatch(path.name) for path in tmp_path.iterdir())
    assert anchors.of_backups(tmp_path / "nowhere") == []


def test_an_old_anchor_is_named(place, tmp_path):
    anchors.write(entries())
    for _ in range(3):
        yesterday(place)
    assert str(anchors.state(tmp_path)).endswith("与现在的记录相符；已有 3 天没有锚定，请检查每天的备份")


def test_the_setting_wants_a_file(monkeypatch, tmp_path):
    monkeypatch.setenv("ANCHOR_FILE", str(tmp_path))
    with pytest.raises(ImproperlyConfigured, match="is a folder"):
        environment.file("ANCHOR_FILE")
    monkeypatch.delenv("ANCHOR_FILE")
    assert environment.file("ANCHOR_FILE") is None


def test_the_auditors_page_says_when(client, auditor, school, place):
    client.force_login(auditor)
    assert "还没有锚定" in client.get("/audit/").content.decode()
    head = entries(1)
    anchors.write(head)
    assert f"第 {head.number} 条，与现在的记录相符" in client.get("/audit/").content.decode()
