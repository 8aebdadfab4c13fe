"""Fixtures: a small register that is really committed, files beside it, and a small package."""

import pytest

from departments.models import User
from riskcontrol import audit, files
from riskcontrol.backup import container
from riskcontrol.verbs import SystemVerb
from tests.riskcontrol.backup.contents import EVERY_BYTE, ODD


@pytest.fixture
def beside(settings, tmp_path, monkeypatch):
    """Return the folder that holds the data: files beside the database, some of them not for a backup."""
    settings.VAR_DIR = tmp_path / "var"
    settings.MEDIA_ROOT, settings.FONT_DIR = settings.VAR_DIR / "media", settings.VAR_DIR / "fonts"
    monkeypatch.setenv("TEST_RUN_DIR", str(tmp_path / "child"))  # a command that writes files writes them there
    monkeypatch.setenv("FONT_DIR", str(tmp_path / "child/fonts"))
    beside = {
        "archives/2026-0123456789abcdef.zip": EVERY_BYTE,
        "archives/build-1.part": b"not finished",
        "media/a/扫描件.pdf": EVERY_BYTE,
        "fonts/FZXBSJW.TTF": EVERY_BYTE,
        "fonts/FandolFang-Regular.otf": b"comes with the set-up",
        "secret_key": b"never in a backup",
    }
    for name, content in beside.items():
        path = settings.VAR_DIR / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return tmp_path


@pytest.fixture
def register(transactional_db, beside):
    """Return the folder of a register with people, a kept file and a trail, all of them really committed."""
    files.keep(EVERY_BYTE, "application/octet-stream")
    audit.record(SystemVerb.LOGIN, label=ODD, detail={"文字": ODD, "数": [1, 2.5, None, True]})
    for number in ("9000", "9001"):
        User.objects.create_user(number, ODD.strip())
    return beside


@pytest.fixture
def package(tmp_path):
    """Return a small sealed package."""
    (tmp_path / "content.txt").write_bytes(b"content " * 20)
    path = tmp_path / "small.zip"
    with container.written(path) as writer:
        writer.add("files/media/content.txt", tmp_path / "content.txt")
        writer.finish({"is_sample": False})
    return path
