"""Install: what lies where afterwards, who may read it, and that a second call changes nothing."""

import re
import shutil
import stat
import subprocess
from pathlib import Path
from types import SimpleNamespace

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
        "/etc/logrotate.d/riskcontrol-nginx": "0o644",
        "/etc/nginx/conf.d/riskcontrol-log.conf": "0o644",
        "/etc/nginx/sites-available/riskcontrol": "0o644",
        "/etc/riskcontrol/install.json": "0o644",
        "/etc/riskcontrol/riskcontrol.env": "0o640",
        "/etc/riskcontrol/seal_keys": "0o640",
        "/etc/riskcontrol/secret_key": "0o640",
        "/etc/riskcontrol/tls/own.cnf": "0o600",
        "/etc/riskcontrol/written.json": "0o640",
        "/opt/riskcontrol/pages/away.html": "0o644",
        "/opt/riskcontrol/pages/name.html": "0o644",
        "/opt/riskcontrol/pages/too-large.html": "0o644",
        "/etc/systemd/system/riskcontrol-backup-failed.service": "0o644",
        "/etc/systemd/system/riskcontrol-backup.service": "0o644",
        "/etc/systemd/system/riskcontrol-backup.timer": "0o644",
        "/etc/systemd/system/riskcontrol-remind.service": "0o644",
        "/etc/systemd/system/riskcontrol-remind.timer": "0o644",
        "/etc/systemd/system/riskcontrol.service": "0o644",
        "/usr/local/sbin/riskcontrol": "0o755",
        "/var/log/nginx/riskcontrol/access.log": "0o640",
        "/var/log/riskcontrol/riskcontrol.log": "0o640",
    }
    folders = {"/var/lib/riskcontrol": 0o750, "/var/backups/riskcontrol": 0o700, "/etc/riskcontrol/tls": 0o700}
    folders |= {"/etc/riskcontrol": 0o750, "/var/log/riskcontrol": 0o750, "/var/log/nginx/riskcontrol": 0o750}
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
    assert "没有启动服务" in told


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
    assert "· 已写入" not in told
    assert "openssl" not in told
    assert "命令行上另写的数据库和端口不起作用" in told
    assert "sites-available/riskcontrol 已由管理员改过，保持原样" in told
    assert "systemctl start riskcontrol.service" in told
    assert "restart riskcontrol" not in told


def test_what_was_lost_comes_back(call, root):
    call()
    unit = root / "etc/systemd/system/riskcontrol.service"
    before = unit.read_text()
    unit.unlink()
    _, told = call()
    assert unit.read_text() == before
    assert [line for line in told.splitlines() if line.startswith("· 已写入")] == [
        f"· 已写入 /{unit.relative_to(root)}"
    ]
    assert "systemctl daemon-reload" in told
    assert "systemctl restart riskcontrol.service" in told


def test_a_dry_run_says_the_steps_and_changes_nothing(call, root):
    code, told = call("--dry-run", "--database", "postgres")
    assert code == 0
    assert not root.exists()
    steps = ["useradd", "把程序复制到", "run setup", "psql", "riskcontrol.env", "migrate", "collectstatic"]
    steps += [
        "/opt/riskcontrol/current 指向",
        "riskcontrol.service",
        "openssl",
        "nginx -t",
        "restart",
        "first_admin",
    ]
    places = [told.index(step) for step in steps]
    assert places == sorted(places)
    assert told.endswith("没有改动\n")


def test_a_dry_run_shows_each_mode_that_would_change(call, root):
    call()
    (root / "etc/riskcontrol/secret_key").chmod(0o644)
    (root / "var/log/riskcontrol").chmod(0o777)
    _, told = call("--dry-run")
    changes = [line for line in told.splitlines() if "的权限由" in line]
    assert changes == ["· 将把 /var/log/riskcontrol 的权限由 777 改为 750"], "a kept file stays as it is"


def test_folders_that_were_there_keep_their_mode(call, root):
    for name in ("mnt/share", "srv/data"):
        (root / name).mkdir(parents=True, mode=0o755)
        (root / name).chmod(0o2775)
    code, _ = call("--backups", "/mnt/share", "--data", "/srv/data")
    assert code == 0
    assert [mode(root / name) for name in ("mnt/share", "srv/data")] == [0o2775, 0o2775]


def test_a_folder_that_the_service_cannot_write_is_named_and_left(tmp_path, monkeypatch):
    """On the real machine: a folder of root's, and an account that may not write there."""
    given = tmp_path / "share"
    given.mkdir(mode=0o755)
    asked = []
    monkeypatch.setattr(
        machine.subprocess, "run", lambda words, **rest: asked.append(words) or SimpleNamespace(returncode=1)
    )
    with pytest.raises(machine.SetupError, match=f"chown riskcontrol: {given}"):
        machine.Machine().folder_given(given, mode=0o700, owner="riskcontrol")
    assert asked[0][:3] == ["runuser", "-u", "riskcontrol"]
    assert mode(given) == 0o755


def test_another_version_comes_by_upgrade_only(call, root):
    call()
    (release,) = (root / "opt/riskcontrol/releases").iterdir()
    other = release.rename(release.with_name("0.0.1-000000000000"))
    link = root / "opt/riskcontrol/current"
    link.unlink()
    link.symlink_to(f"/opt/riskcontrol/releases/{other.name}")
    before = Copy(root).files()
    code, told = call()
    assert code == 1
    assert "装着 0.0.1-000000000000" in told
    assert "换版本请用：./run upgrade" in told
    assert Copy(root).files() == before


def test_another_name_is_a_command_of_its_own(call, root):
    call()
    before = Copy(root).files()
    code, told = call("--names", "lianzheng.school.cn")
    assert code == 1
    assert "系统现在的名称是 register.school.cn、10.0.0.5，没有改动" in told
    assert "sudo riskcontrol rename lianzheng.school.cn" in told
    assert Copy(root).files() == before


def test_a_console_without_chinese_is_told_in_ascii_as_well(call, monkeypatch):
    monkeypatch.setenv("TERM", "linux")
    _, told = call("--names", ",")
    assert "--names：请写域名" in told
    assert "\n  --names: write host names or addresses, separated by commas.\n" in told
    monkeypatch.setenv("TERM", "xterm-256color")
    assert "write host names" not in call("--names", ",")[1]


def test_services_wait_where_systemd_is_not_running(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(machine, "SYSTEMD", tmp_path / "nowhere")
    machine.Machine().systemctl("restart", "riskcontrol.service")
    told = capsys.readouterr().out
    assert told == "· 这里没有运行 systemd；运行后请执行：systemctl restart riskcontrol.service\n"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--database", "mysql"], "--database：请写 sqlite、postgres 或"),
        (["--names", "a/b"], "--names：请写域名或 IP"),
        (["--names", ","], "--names：请写域名或 IP"),
        (["--data", "data"], "请写完整路径"),
        (["--dir", "/opt/my folder"], "不含空格"),
        (["--keep", "0"], "至少保留一个备份"),
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
        "nginx-default.conf",
        "logrotate-nginx.conf",
        "certificate.cnf",
        "pages",
        "riskcontrol-backup-failed.service",
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
