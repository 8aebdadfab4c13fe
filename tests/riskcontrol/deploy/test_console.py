"""What the administrator types after the installation: each verb in a copy of a machine, with real certificates."""

import datetime
import http.server
import json
import subprocess
import threading

import pytest

from riskcontrol.deploy import certificate, console, install, layout, mail, naming, proxy, service, site, status
from riskcontrol.deploy.machine import SetupError
from tests.riskcontrol.deploy.copies import Copy

LAYOUT = layout.ServerLayout()
OLD, NEW = "register.school.cn", "lianzheng.school.cn"


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """Return a copy of a machine with an installation, whose own certificate is a real one."""
    monkeypatch.setenv("CALLER_DIR", str(tmp_path))
    copy = Certified(tmp_path / "root")
    install.install(copy, LAYOUT, install.Wishes([OLD], "sqlite", 8000, None, "admin"))
    copy.commands.clear()
    return copy


class Certified(Copy):
    """Certificates are really made, in the copy."""

    def run(self, command, **rest):
        if command[:2] == ["openssl", "req"]:
            words = [f"{self.root}{word}" if word.startswith("/etc/") else word for word in command]
            subprocess.run(words, check=True, capture_output=True)
        return super().run(command, **rest)


def made(folder, name, *, days=100, key=""):
    """A certificate and its key, as an authority would give them."""
    file, secret = folder / f"{name}.pem", folder / f"{name}.key"
    words = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN=CA of {name}"]
    words += ["-days", str(days), "-keyout", secret, "-out", file, "-addext", f"subjectAltName=DNS:{name}"]
    subprocess.run(words, check=True, capture_output=True)
    return file, secret


def call(copy, *words):
    return console.main(list(words), machine=copy)


def hosts(copy):
    return layout.settings_of(copy)["ALLOWED_HOSTS"]


# ---- rename ------------------------------------------------------------------------------------------------------


def test_a_new_name_reaches_settings_nginx_and_the_own_certificate(copy, capsys):
    assert certificate.is_for(copy.at(site.CERTIFICATE), OLD)
    assert call(copy, "rename", NEW, "10.0.0.5") == 0
    assert hosts(copy) == f"{NEW},10.0.0.5,127.0.0.1,localhost"
    text = copy.at(proxy.SITE).read_text()
    assert text.count(f"server_name {NEW} 10.0.0.5;") == 2
    assert OLD not in text
    names = [certificate.is_for(copy.at(site.CERTIFICATE), name) for name in (NEW, "10.0.0.5", OLD)]
    assert names == [True, True, False]
    assert f'href="https://{NEW}/"' in (copy.root / "opt/riskcontrol/pages/name.html").read_text()
    assert "systemctl restart riskcontrol.service" in copy.commands
    assert f"系统的地址现在是 https://{NEW}/" in capsys.readouterr().out


def test_the_schools_certificate_stays_and_is_said_not_to_fit(copy, tmp_path, capsys):
    authority(copy, tmp_path)
    before = copy.at(site.CERTIFICATE).read_text()
    assert call(copy, "rename", NEW) == 0
    assert copy.at(site.CERTIFICATE).read_text() == before
    assert f"证书里没有 {NEW}：请换上新名称的证书" in capsys.readouterr().out


def authority(copy, folder):
    """Put a certificate in place that another one has signed."""
    ca, ca_key = made(folder, "ca.example")
    request, key, file = folder / "r.csr", folder / "signed.key", folder / "signed.pem"
    extension = folder / "san"
    extension.write_text(f"subjectAltName=DNS:{OLD}\n")
    new = ["openssl", "req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={OLD}", "-keyout", key, "-out", request]
    sign = ["openssl", "x509", "-req", "-in", request, "-CA", ca, "-CAkey", ca_key, "-days", "90", "-out", file]
    for words in (new, [*sign, "-extfile", extension]):
        subprocess.run(words, check=True, capture_output=True)
    certificate.put(copy, LAYOUT, file, key)
    return file, key


def test_a_site_that_was_changed_by_hand_is_not_renamed_by_halves(copy, capsys):
    copy.at(proxy.SITE).write_text("server { server_name register.school.cn; }")
    before = copy.files()
    assert call(copy, "rename", NEW) == 1
    assert copy.files() == before
    assert "请先把其中的 server_name 改成" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("before", "value", "after"),
    [
        ("A=1\nB=2\n", "3", "A=1\nB=3\n"),
        ("A=1\n# B=2\n", "3", "A=1\n# B=2\nB=3\n"),
        ("A=1\nB=2\nC=3\n", None, "A=1\nC=3\n"),
        ("A=1\n", None, "A=1\n"),
        ("B=\\g<0>\n", r"\1", "B=\\1\n"),
    ],
)
def test_a_variable_is_set_at_its_place(before, value, after):
    assert naming.set_variable(before, "B", value) == after


# ---- certificate -------------------------------------------------------------------------------------------------


def test_the_schools_certificate_is_put_in_place_with_its_key(copy, tmp_path, capsys):
    own = copy.at(site.CERTIFICATE).read_text()
    file, key = authority(copy, tmp_path)
    assert copy.at(site.CERTIFICATE).read_text() == file.read_text()
    assert copy.at(site.KEY).read_text() == key.read_text()
    assert oct(copy.at(site.KEY).stat().st_mode & 0o777) == "0o600"
    assert copy.at(site.CERTIFICATE).with_name("certificate.pem.old").read_text() == own
    assert not site.is_own(copy)
    assert copy.commands[-2:] == ["nginx -t -q", "systemctl reload nginx.service"]
    assert "证书已换上，有效期到" in capsys.readouterr().out


def test_what_does_not_fit_is_refused(copy, tmp_path, capsys):
    file, key = made(tmp_path, OLD)
    other, other_key = made(tmp_path, "other.cn")
    locked = tmp_path / "locked.key"
    words = ["openssl", "pkey", "-in", key, "-aes256", "-passout", "pass:x", "-out", locked]
    subprocess.run(words, check=True, capture_output=True)
    before = copy.files()
    for words, reason in [
        ((file, other_key), "不是"),
        ((key, file), "不是 PEM 格式的证书"),
        ((file, locked), "不是私钥，或有口令"),
        ((tmp_path / "nowhere", key), "不是 PEM 格式的证书"),
        ((file,), "请写两个文件"),
    ]:
        assert call(copy, "certificate", *map(str, words)) == 1
        assert reason in capsys.readouterr().err
    assert copy.files() == before
    assert call(copy, "certificate", str(other), str(other_key)) == 0
    assert f"证书里没有 {OLD} 这个名称" in capsys.readouterr().out


def test_a_certificate_that_has_ended_is_refused(copy, tmp_path, monkeypatch):
    file, key = made(tmp_path, OLD)
    real = site.openssl
    monkeypatch.setattr(certificate, "openssl", lambda *words: None if "-checkend" in words else real(*words))
    with pytest.raises(SetupError, match="已经过期"):
        certificate.put(copy, LAYOUT, file, key)


def test_a_certificate_that_nginx_does_not_take_is_taken_back(copy, tmp_path):
    file, key = made(tmp_path, OLD)
    before = copy.at(site.CERTIFICATE).read_text()
    run = copy.run
    copy.run = lambda command, **rest: refuse() if command[0] == "nginx" else run(command, **rest)

    def refuse():
        raise SetupError("nginx")

    with pytest.raises(SetupError):
        certificate.put(copy, LAYOUT, file, key)
    assert copy.at(site.CERTIFICATE).read_text() == before


def test_the_own_certificate_is_made_anew_but_not_over_the_schools(copy, tmp_path, capsys):
    before = copy.at(site.CERTIFICATE).read_text()
    assert call(copy, "certificate", "--own") == 0
    assert copy.at(site.CERTIFICATE).read_text() != before
    authority(copy, tmp_path)
    assert call(copy, "certificate", "--own") == 1
    assert "是学校的证书，没有改动" in capsys.readouterr().err


# ---- mail --------------------------------------------------------------------------------------------------------

MAIL = ("mail", "--host", "smtp.school.cn", "--user", "register", "--from", "register@school.cn")


def test_a_mail_server_is_kept_once_a_message_went_out(copy, monkeypatch, capsys):
    monkeypatch.setattr(mail, "_password", lambda: "secret=code#1")
    assert call(copy, *MAIL, "--test", "admin@school.cn") == 0
    settings = layout.settings_of(copy)
    assert {name: value for name, value in settings.items() if name.startswith("EMAIL")} == {
        "EMAIL_HOST": "smtp.school.cn",
        "EMAIL_SECURITY": "ssl",
        "EMAIL_USER": "register",
        "EMAIL_PASSWORD": "secret=code#1",
        "EMAIL_FROM": "register@school.cn",
    }
    assert copy.commands[-1] == "systemctl restart riskcontrol.service"
    assert copy.commands[-2].endswith("manage.py sendtestemail admin@school.cn")
    assert "secret" not in " ".join(copy.commands) + capsys.readouterr().out
    assert call(copy, "mail", "--off") == 0
    assert [name for name in layout.settings_of(copy) if name.startswith("EMAIL")] == []


def test_a_mail_server_that_does_not_answer_changes_nothing(copy, monkeypatch, capsys):
    monkeypatch.setattr(mail, "_password", lambda: "x")
    copy.broken = {"sendtestemail"}
    before = copy.files()
    assert call(copy, *MAIL) == 1
    assert copy.files() == before
    assert "试发没有成功，设置没有改动" in capsys.readouterr().err


@pytest.mark.parametrize("password", ['a"b', "a\\b", " a", "a'b"])
def test_a_password_that_the_settings_file_would_change_is_refused(copy, monkeypatch, capsys, password):
    monkeypatch.setattr(mail, "_password", lambda: password)
    assert call(copy, *MAIL) == 1
    assert "EMAIL_PASSWORD：不能有引号" in capsys.readouterr().err


# ---- status ------------------------------------------------------------------------------------------------------


class Ready(http.server.BaseHTTPRequestHandler):
    checks: dict = {}

    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"checks": self.checks}).encode())

    def log_message(self, *words):
        pass


@pytest.fixture
def answering(copy):
    """Let readyz answer on the installation's port; return what it says of its parts."""
    server = http.server.HTTPServer(("127.0.0.1", 0), Ready)
    path = copy.at(service.ENVIRONMENT)
    path.write_text(naming.set_variable(path.read_text(), "PORT", str(server.server_port)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Ready.checks = {"database": "ok", "backup": "ok"}
    yield Ready.checks
    server.shutdown()
    server.server_close()


def test_the_state_of_a_sound_installation(copy, answering, capsys):
    (copy.at(LAYOUT.backups) / "register-20260101T010203Z.zip").write_bytes(b"x")
    assert call(copy, "status") == 0
    told = capsys.readouterr().out
    for words in (
        "版本：0.1.0-",
        f"地址：https://{OLD}/",
        "网站：就绪",
        "register-20260101T010203Z.zip",
        "数据磁盘：/var/lib/riskcontrol，剩余",
        "证书：自签名，有效期到",
        "一切正常",
    ):
        assert words in told


def test_what_is_wrong_comes_with_what_to_type(copy, answering, capsys):
    answering["backup"], answering["clock"] = "warning", "warning"
    assert call(copy, "status") == 1
    told = capsys.readouterr().out
    assert "需要处理 3 项" in told
    assert "最近的备份：riskcontrol backup" in told
    assert "backup：备份没有做成或太旧：riskcontrol backup" in told
    assert "clock：服务器时间不对或跳动过：timedatectl" in told


def test_a_site_that_is_away_is_told_with_who_has_its_port(copy, capsys):
    path = copy.at(service.ENVIRONMENT)
    path.write_text(naming.set_variable(path.read_text(), "PORT", "1"))
    assert call(copy, "status") == 1
    assert "网站：没有应答（端口 1）" in capsys.readouterr().out


def test_each_part_that_readyz_names_has_a_remedy():
    from riskcontrol.alarms import ALARMS
    from riskcontrol.web.health import CHECKS

    assert status.REMEDIES.keys() == CHECKS.keys() | ALARMS.keys()


def test_a_certificate_near_its_end_is_told(copy, monkeypatch):
    assert status._certificate(copy, [OLD]).remedy == ""
    soon = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=20)
    monkeypatch.setattr(certificate, "end_of", lambda path: soon)
    assert "riskcontrol certificate --own" in status._certificate(copy, [OLD]).remedy


# ---- move, uninstall ---------------------------------------------------------------------------------------------


def test_moving_is_told_with_this_installations_own_words(copy, tmp_path, capsys):
    before = copy.files()
    assert call(copy, "move") == 0
    told = capsys.readouterr().out
    assert f"./run install --names {OLD}\n" in told
    assert "/var/backups/riskcontrol/register-最新的.zip --replace" in told
    assert "tls/certificate.pem" not in told, "the own certificate is made anew"
    authority(copy, tmp_path)
    capsys.readouterr()
    call(copy, "move")
    assert "sudo cp /etc/riskcontrol/tls/certificate.pem /etc/riskcontrol/tls/key.pem U盘/" in capsys.readouterr().out
    assert before.keys() <= copy.files().keys()


def left(copy):
    return {path.partition("/")[2].partition("/")[0] + "/" + path.split("/")[2] for path in copy.files()}


def test_the_program_goes_and_data_keys_and_backups_stay(copy, capsys):
    data, backup = copy.at(LAYOUT.data) / "register.sqlite3", copy.at(LAYOUT.backups) / "register-1.zip"
    for path in (data, backup):
        path.write_bytes(b"x")
    assert call(copy, "uninstall", "--yes") == 0
    kept = set(copy.files())
    assert {"/var/lib/riskcontrol/register.sqlite3", "/var/backups/riskcontrol/register-1.zip"} <= kept
    assert {"/etc/riskcontrol/seal_keys", "/etc/riskcontrol/riskcontrol.env"} <= kept
    for name in ("/etc/systemd", "/etc/nginx", "/etc/logrotate.d", "/opt/riskcontrol", "/usr/local/sbin"):
        assert [path for path in kept if path.startswith(name)] == [], name
    assert copy.commands[0].startswith("systemctl disable --now riskcontrol-backup-failed.service ")
    assert "保留着：/var/backups/riskcontrol、" in capsys.readouterr().out

    install.install(copy, LAYOUT, install.Wishes([OLD], "sqlite", 8000, None, "admin"))
    assert data.read_bytes() == b"x", "a new installation goes on with the data"


def test_with_the_data_only_backups_and_logs_stay(copy):
    (copy.at(LAYOUT.backups) / "register-1.zip").write_bytes(b"x")
    assert call(copy, "uninstall", "--yes", "--with-data") == 0
    logs = {"/var/log/riskcontrol/riskcontrol.log", "/var/log/nginx/riskcontrol/access.log"}
    assert set(copy.files()) == {"/var/backups/riskcontrol/register-1.zip", *logs}


@pytest.mark.parametrize("answer", ["", "yes", OLD])
def test_nothing_goes_before_the_name_is_typed(copy, monkeypatch, answer, capsys):
    monkeypatch.setattr("sys.stdin", type("Typed", (), {"readline": staticmethod(lambda: f"{answer}\n")}))
    before = copy.files()
    assert call(copy, "uninstall") == (0 if answer == OLD else 1)
    assert (copy.files() == before) == (answer != OLD)


# ---- bundle, help ------------------------------------------------------------------------------------------------


def test_a_bundle_asks_for_all_that_a_bare_machine_lacks(copy, tmp_path, capsys):
    call(copy, "bundle", "stick", "--postgres")
    folder = tmp_path / "stick"
    (apt,) = [words for words in copy.commands if "--download-only" in words]
    assert f"Dir::Cache::archives={folder}" in apt, "a relative path is the caller's"
    assert f"Dir::State::status={folder}/no-packages" in apt
    for name in ("python3-venv", "nginx-light", "libpango-1.0-0", "fonts-noto-cjk", "postgresql-client"):
        assert f" {name}" in apt
    assert any("pip download" in words and "--require-hashes" in words for words in copy.commands)
    assert (folder / "program/run").is_file()
    assert (folder / "program/riskcontrol/deploy/templates/pages/away.html").is_file()
    assert "sudo ./run install --offline .. --names" in capsys.readouterr().out


def test_every_verb_is_in_the_help_and_in_the_command():
    import re

    from riskcontrol.deploy import units

    script = (units.TEMPLATES / "riskcontrol.sh").read_text()
    verbs = set(re.search(r"^  (help [^)]*)\)", script, re.MULTILINE)[1].split(" | ")) - {"help", "-h", "--help"}
    parsed = set(console._options()._subparsers._group_actions[0].choices) - {"help"}
    assert parsed == verbs
    assert verbs <= set(re.findall(r"^  ([a-z_]+)", console.HELP, re.MULTILINE))


def test_without_an_installation_it_says_what_comes_first(tmp_path, capsys):
    assert call(Copy(tmp_path / "empty"), "status") == 1
    assert "请先运行 ./run install" in capsys.readouterr().err
    assert call(Copy(tmp_path / "empty")) == 0
    assert "用法：sudo riskcontrol 命令" in capsys.readouterr().out
