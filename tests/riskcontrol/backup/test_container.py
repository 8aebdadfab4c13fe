"""The backup's file: each damaged byte is found, and so is a package that was sealed anew."""

import stat
import zipfile

import pytest

from riskcontrol.backup import container
from riskcontrol.backup.errors import BackupError
from tests.riskcontrol.backup.contents import backups


def test_a_sealed_package_reads_back(package, tmp_path):
    read = container.read(package)
    assert read.names("files/") == ["files/media/content.txt"]
    assert read.extract(read.names()[0], tmp_path / "out").read_bytes() == b"content " * 20
    assert stat.S_IMODE(package.stat().st_mode) == 0o600
    assert zipfile.ZipFile(package).testzip() is None


def test_each_flipped_byte_is_found(package):
    whole = package.read_bytes()
    unseen = []
    for place in range(len(whole)):
        package.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        try:
            container.read(package)
        except BackupError:
            continue
        unseen.append(place)
    assert unseen == []
    assert len(whole) > 500


@pytest.mark.parametrize("content", [b"", b"PK", b"no zip at all " * 50, container.SEAL + b"0" * 64])
def test_what_is_no_backup_is_told(tmp_path, content):
    path = tmp_path / "x.zip"
    path.write_bytes(content)
    with pytest.raises(BackupError, match="请换一个备份"):
        container.read(path)


def test_each_lost_end_is_found(package):
    whole = package.read_bytes()
    for length in range(0, len(whole), 7):
        package.write_bytes(whole[:length])
        with pytest.raises(BackupError):
            container.read(package)


def resealed(package, change):
    """Change the manifest of a package and seal it anew, as somebody would who knows how."""
    with zipfile.ZipFile(package) as old:
        members = {name: old.read(name) for name in old.namelist()}
    members = change(members)
    with package.open("w+b") as stream:
        with zipfile.ZipFile(stream, "w") as new:
            new.comment = container.SEAL + b"0" * container.DIGITS
            for name, content in members.items():
                new.writestr(name, content)
        container._seal(stream)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda members: members | {"files/media/content.txt": b"changed"}, "与清单的校验值不符"),
        (lambda members: members | {"more.txt": b""}, "与清单不符"),
        (lambda members: {"manifest.json": members["manifest.json"]}, "与清单不符"),
        (lambda members: {name.replace("media", ".."): text for name, text in members.items()}, "与清单不符"),
        (
            lambda members: {
                name.replace("media", ".."): text.replace(b"media", b"..") for name, text in members.items()
            },
            "不允许的文件名",
        ),
        (lambda members: {"manifest.json": b'{"format": "register-backup 2", "files": []}'}, "另一种格式"),
        (lambda members: {"manifest.json": b"{"}, "已损坏"),
    ],
)
def test_a_package_that_was_sealed_anew_is_checked_part_by_part(package, change, reason):
    resealed(package, change)
    with pytest.raises(BackupError, match=reason):
        container.read(package)


def test_an_interrupted_package_leaves_nothing(tmp_path):
    with pytest.raises(RuntimeError), container.written(tmp_path / "x.zip"):
        raise RuntimeError
    assert backups(tmp_path) == []
