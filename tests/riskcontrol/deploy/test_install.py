"""Install: what lies where afterwards, who may read it, and that a second call changes nothing."""

import re
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from riskcontrol import keyring
from riskcontrol.deploy import install, layout, machine, units
from tests.riskcontrol.deploy.copies import Copy

CERTIFICATE = "/etc/riskcontrol/tls/certificate.pem"


@pytest.fixture
def call(tmp_path, monkeypatch, capsys):
    """Return a function that calls ./run install on a copy of a machine and returns its code and what it said."""
    monkeypatch.setenv("CALLER_DIR", str(tmp_path))

    def run(*arguments):
        code = install.main(["--root", "root", "--names", "register.school.cn,10.0.0.5", *arguments])
        told = capsys.readouterr()
        return code, told.out + told.err

    return run


@pytest.fixture
def root(tmp_path):
    return tmp_path / "root"


def settings(root):
    return layout.settings_of(machine.Machine(root=root))


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_everything_has_its_place(call, root):
    code, told = call()
    assert code == 0
    written = Copy(root).files()
    assert {path: mode for path, (mode, _) in written.items()} == {
        "/etc/logrotate.d/riskcontrol": "0o644",
        "/etc/nginx/conf.d/riskcontrol-log.conf": "0o644",
        "/etc/nginx/sites-available/riskcontrol": "0o644",
        "/etc/riskcontrol/install.json": "0o644",
        "/etc/riskcontrol/riskcontrol.env": "0o640",
        "/etc/riskcontrol/seal_keys": "0o640",
        "/etc/riskcontrol/secret_key": "0o640",
        "/etc/systemd/system/riskcontrol-backup.service": "0o644",
        "/etc/systemd/system/riskcontrol-backup.timer": "0o644",
        "/etc/systemd/system/riskcontrol-remind.service": "0o644",
        "/etc/systemd/system/riskcontrol-remind.timer": "0o644",
        "/etc/systemd/system/riskcontrol.service": "0o644",
        "/usr/local/sbin/riskcontrol": "0o755",
        "/var/log/riskcontrol/riskcontrol.log": "0o640",
    }
    folders = {"/var/lib/riskcontrol": 0o750, "/var/backups/riskcontrol": 0o700, "/etc/riskcontrol/tls": 0o700}
    assert {path: mode(root / path[1:]) for path in folders} == folders
    for path, (_, text) in written.items():
        assert re.findall(r"@\w+@", text) == [], path
    assert len(written["/etc/riskcontrol/secret_key"][1].strip()) > 80
    (key,) = keyring.parse(written["/etc/riskcontrol/seal_keys"][1])
    assert key.algorithm == "sha256"
    (release,) = (root / "opt/riskcontrol/releases").iterdir()
    assert (root / "opt/riskcontrol/current").readlink() == Path("/opt/riskcontrol/releases", release.name)
    assert (release / "run").stat().st_mode & 0o111
    assert (release / "riskcontrol/deploy/templates/nginx.conf").is_file()
    assert not (release / ".git").exists()
    assert not (release / "var").exists()
    assert "nothing was started" in told


def test_the_settings_are_those_that_were_asked_for(call, root):
    call("--port", "8123", "--data", "/srv/data", "--backups", "/mnt/backups", "--keep", "7")
    assert settings(root) == {
        "PYTHONUTF8": "1",
        "VAR_DIR": "/srv/data",
        "SECRET_KEY_FILE": "/etc/riskcontrol/secret_key",
        "SEAL_KEYS_FILE": "/etc/riskcontrol/seal_keys",
        "SEAL_ALGORITHM": "sha256",
        "DATABASE_URL": "",
        "SCRATCH_DATABASE_URL": "",
        "ALLOWED_HOSTS": "register.school.cn,10.0.0.5,127.0.0.1,localhost",
        "BEHIND_TLS": "1",
        "HOST": "127.0.0.1",
        "PORT": "8123",
        "LOG_FORMAT": "json",
    }
    files = Copy(root).files()
    assert "--to /mnt/backups --keep 7\n" in files["/etc/systemd/system/riskcontrol-backup.service"][1]
    assert "ReadWritePaths=/srv/data\n" in files["/etc/systemd/system/riskcontrol.service"][1]
    nginx = files["/etc/nginx/sites-available/riskcontrol"][1]
    assert nginx.count("server_name register.school.cn 10.0.0.5;") == 2
    assert "proxy_pass http://127.0.0.1:8123;" in nginx
    assert f"ssl_certificate {CERTIFICATE};" in nginx


def test_seals_are_of_the_algorithm_asked_for(call, root):
    call("--seals", "sm3")
    (key,) = keyring.parse((root / "etc/riskcontrol/seal_keys").read_text())
    assert (key.algorithm, settings(root)["SEAL_ALGORITHM"]) == ("sm3", "sm3")


def test_an_installation_from_before_there_were_seals_gets_them_once(call, root):
    call()
    path, keys = root / "etc/riskcontrol/riskcontrol.env", root / "etc/riskcontrol/seal_keys"
    before = [line for line in path.read_text().splitlines() if not line.startswith("SEAL_")]
    path.write_text("\n".join(before) + "\n")
    keys.unlink()
    _, told = call()
    assert "manage.py seal_keys --first" in told
    assert path.read_text().splitlines()[: len(before)] == before
    assert settings(root)["SEAL_KEYS_FILE"] == "/etc/riskcontrol/seal_keys"
    kept = keys.read_text()
    _, told = call()
    assert "seal_keys --first" not in told, "seals that were taken away are not covered by a second call"
    assert keys.read_text() == kept


def test_a_second_call_changes_nothing_and_needs_no_options(call, root):
    call("--data", "/srv/data", "--keep", "7")
    site = root / "etc/nginx/sites-available/riskcontrol"
    site.write_text("what the administrator made of it")
    (root / CERTIFICATE[1:]).write_text("the school's certificate")
    before = Copy(root).files()
    code, told = call("--database", "postgres", "--port", "9999")
    assert code == 0
    assert Copy(root).files() == before
    assert "· wrote" not in told
    assert "openssl" not in told
    assert "what was asked for on the command line gives way" in told
    assert "systemctl start riskcontrol.service" in told
    assert "restart riskcontrol" not in told


def test_what_was_lost_comes_back(call, root):
    call()
    unit = root / "etc/systemd/system/riskcontrol.service"
    before = unit.read_text()
    unit.unlink()
    _, told = call()
    assert unit.read_text() == before
    assert [line for line in told.splitlines() if line.startswith("· wrote")] == [f"· wrote /{unit.relative_to(root)}"]
    assert "systemctl daemon-reload" in told
    assert "systemctl restart riskcontrol.service" in told


def test_a_dry_run_says_the_steps_and_changes_nothing(call, root):
    code, told = call("--dry-run", "--database", "postgres")
    assert code == 0
    assert not root.exists()
    steps = ["useradd", "copy the program", "run setup", "psql", "riskcontrol.env", "migrate", "collectstatic"]
    steps += [
        "/opt/riskcontrol/current lead to",
        "riskcontrol.service",
        "openssl",
        "nginx -t",
        "restart",
        "first_admin",
    ]
    places = [told.index(step) for step in steps]
    assert places == sorted(places)
    assert told.endswith("nothing was changed\n")


def test_services_wait_where_systemd_is_not_running(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(machine, "SYSTEMD", tmp_path / "nowhere")
    machine.Machine().systemctl("restart", "riskcontrol.service")
    told = capsys.readouterr().out
    assert told == "· systemd isn't running here; when it does: systemctl restart riskcontrol.service\n"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--database", "mysql"], "--database: write sqlite, postgres or"),
        (["--names", "a b"], "--names: write host names"),
        (["--names", ","], "--names: write host names"),
        (["--data", "data"], "give the whole path"),
        (["--dir", "/opt/my folder"], "without blanks"),
        (["--keep", "0"], "at least one backup has to stay"),
    ],
)
def test_a_wrong_option_changes_nothing(call, root, arguments, reason):
    code, told = call(*arguments)
    assert code == 1
    assert reason in told
    assert not root.exists()


def test_a_database_of_its_own_gets_a_password_that_no_command_line_shows(root):
    copy = Copy(root)
    wishes = install.Wishes(["register.school.cn"], "postgres", 8000, None, "admin")
    install.install(copy, layout.ServerLayout(has_nginx=False), wishes)
    address = settings(root)["DATABASE_URL"]
    password = re.fullmatch(r"postgres://riskcontrol:([\w-]{32})@127\.0\.0\.1:5432/riskcontrol", address)[1]
    assert settings(root)["SCRATCH_DATABASE_URL"] == f"{address}_scratch"
    assert password not in " ".join(copy.commands)
    (sql,) = [text for text in copy.inputs if text]
    assert f"ALTER ROLE riskcontrol PASSWORD '{password}';" in sql
    setup = next(command for command in copy.commands if command.endswith("run setup"))
    assert copy.commands.index(setup) < copy.commands.index(
        "RELEASE/.venv/bin/python manage.py migrate --no-input --verbosity=0"
    )
    assert [command for command in copy.commands if "openssl" in command or "nginx" in command] == []


# ---- the program's files ------------------------------------------------------------------------------------------


def test_data_and_caches_are_no_program(tmp_path):
    program = ["manage.py", "run", "riskcontrol/__init__.py", ".ci/run", "static/css/app.css"]
    others = [".venv/bin/python", "var/register.sqlite3", "var-demo/x", ".ruff_cache/x", "a/__pycache__/b.pyc", "c.pyc"]
    for name in [*program, *others]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    assert layout.program_files(tmp_path) == sorted(map(Path, program))


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_what_git_ignores_is_no_program(tmp_path):
    for name in ("manage.py", "new.py", "dump.sql"):
        (tmp_path / name).write_text(name)
    (tmp_path / ".gitignore").write_text("*.sql")
    for command in (["init", "-q"], ["add", "manage.py"]):
        subprocess.run(["git", "-C", tmp_path, *command], check=True)
    assert layout.program_files(tmp_path) == [Path(".gitignore"), Path("manage.py"), Path("new.py")]


def test_another_program_is_another_release(tmp_path):
    (tmp_path / "riskcontrol").mkdir()
    (tmp_path / "riskcontrol/__init__.py").write_text('VERSION = "1.2.3"\n')
    first = layout.release_name(tmp_path)
    assert re.fullmatch(r"1\.2\.3-[0-9a-f]{12}", first)
    (tmp_path / "more.py").touch()
    assert layout.release_name(tmp_path) != first


def test_every_template_is_filled_from_known_words():
    with pytest.raises(KeyError):
        units.filled("riskcontrol.service", program="/opt")
    names = {path.name for path in units.TEMPLATES.iterdir()}
    assert names == {
        "logrotate.conf",
        "nginx.conf",
        "nginx-log.conf",
        "riskcontrol.env",
        "riskcontrol.service",
        "riskcontrol.sh",
        "riskcontrol-backup.service",
        "riskcontrol-backup.timer",
        "riskcontrol-remind.service",
        "riskcontrol-remind.timer",
    }


def test_the_administrators_command_has_no_slip():
    subprocess.run(["sh", "-n", units.TEMPLATES / "riskcontrol.sh"], check=True)
