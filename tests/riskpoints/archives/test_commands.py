"""build_archive and verify_archive."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from riskpoints.archives import shelf
from riskpoints.models import AnnualArchive
from riskpoints.models.archive import ArchiveState
from tests.riskpoints.archives.packing import repack, smudge, unpacked


def test_commands_build_and_verify(full_year, tmp_path, capsys):
    output = tmp_path / "档案.zip"
    call_command("build_archive", year=full_year.year, output=output)
    shown = capsys.readouterr()
    archive = AnnualArchive.objects.get()
    assert f"SHA-256 {archive.sha256}" in shown.out
    assert "[19/19]" not in shown.err
    assert "[19/20] 核验档案包" in shown.err
    assert (archive.state, archive.done, archive.total, archive.error) == (ArchiveState.DONE, 20, 20, "")
    assert output.read_bytes() == shelf.file_of(archive).read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["档案.zip"]
    call_command("verify_archive", output)
    assert capsys.readouterr().out == f"“档案.zip”完整无误。与本系统生成的{full_year} 档案一致。\n"
    files = unpacked(output)
    smudge(files)
    with pytest.raises(CommandError, match=r"有 1 处不对：\n  1\. “说明.txt”的内容已被改动$"):
        call_command("verify_archive", repack(output, files))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "请写明 --year 和 --output"),
        ({"year": 1999, "output": Path("a.zip")}, "没有 1999 年度"),
        ({"year": 1999, "output": Path("/没有/a.zip")}, "没有文件夹“/没有”"),
        ({"job": 999_999}, "没有第 999999 次生成"),
    ],
)
def test_build_archive_says_what_is_wrong(db, options, message):
    with pytest.raises(CommandError, match=message):
        call_command("build_archive", **options)


def test_verify_archive_says_that_there_is_no_file(db, tmp_path):
    with pytest.raises(CommandError, match="找不到"):
        call_command("verify_archive", tmp_path / "a.zip")
