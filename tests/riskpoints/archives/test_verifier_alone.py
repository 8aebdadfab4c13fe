"""The verifier as it lies in an archive: alone, with an old Python, without this project."""

import ast
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from riskcontrol import audit
from riskpoints.archives import verifier
from tests.riskpoints.archives.packing import repack, smudge, unpacked


def run_alone(folder, *arguments):
    """Run 核验.py isolated from this project, in an empty folder, as an archivist would in twenty years."""
    folder.mkdir(exist_ok=True)
    command = [sys.executable, "-I", *map(str, arguments)]
    environment = {"PATH": os.environ["PATH"], "PYTHONIOENCODING": "utf-8", "LANG": "C.UTF-8"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8")


def test_the_verifier_runs_alone(whole, tmp_path):
    script = tmp_path / "核验.py"
    script.write_bytes(unpacked(whole)["核验.py"])
    good = run_alone(tmp_path / "空", script, whole)
    assert (good.returncode, good.stderr) == (0, "")
    assert good.stdout == "“档案.zip”完整无误。这里核对公开的校验链，不核对封签：封签的密钥不随档案。\n"
    files = unpacked(whole)
    smudge(files)
    bad = run_alone(tmp_path / "空", script, repack(whole, files))
    assert (bad.returncode, bad.stdout) == (1, "“档案.zip”有 1 处不对：\n  1. “说明.txt”的内容已被改动\n")
    assert list((tmp_path / "空").iterdir()) == []


def test_the_verifier_checks_the_folder_it_was_unpacked_to(whole, tmp_path):
    folder = tmp_path / "解压"
    with zipfile.ZipFile(whole) as package:
        package.extractall(folder)
    (folder / "Thumbs.db").write_bytes(b"left by the desktop")
    assert run_alone(folder, "核验.py").returncode == 0
    (folder / "01_总务处" / "0001_签字盖章扫描件_第1版_1.pdf").unlink()
    bad = run_alone(folder, "核验.py")
    assert (bad.returncode, bad.stdout) == (
        1,
        "“解压”有 1 处不对：\n  1. 缺少“01_总务处/0001_签字盖章扫描件_第1版_1.pdf”\n",
    )


def test_the_verifier_says_how_it_is_called(tmp_path):
    assert run_alone(tmp_path, verifier.__file__, "a", "b").returncode == 2
    assert run_alone(tmp_path, verifier.__file__, "没有这个文件.zip").returncode == 2


def test_the_verifier_needs_only_an_old_python():
    tree = ast.parse(Path(verifier.__file__).read_text(encoding="utf-8"), feature_version=(3, 8))
    imported = {
        name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names])
    }
    assert imported - set(sys.stdlib_module_names) == set()


@pytest.mark.parametrize("value", [{"b": 1, "a": ["é", None, True, 1.5, "e\u0301"]}, {}, {"意见": "“好”\n\\"}])
def test_the_verifier_hashes_as_the_program_does(value):
    assert verifier.canonical_json(value) == audit.canonical_json(value)
    assert verifier.sha256(verifier.canonical_json(value)) == audit.sha256(audit.canonical_json(value))
