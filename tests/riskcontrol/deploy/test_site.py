"""The files for nginx: renewed while nobody changed them, kept where somebody did, alone at the default address."""

import re
import subprocess

import pytest

from riskcontrol.deploy import layout, site, units
from riskcontrol.deploy.proxy import NGINX, SITE
from tests.riskcontrol.deploy.copies import Copy

LAYOUT = layout.ServerLayout()
SCHOOL = site.Site(["register.school.cn", "10.0.0.5"], "8000")


@pytest.fixture
def copy(tmp_path):
    return Copy(tmp_path / "root")


@pytest.fixture
def newer(monkeypatch, tmp_path):
    """Return a function that lets the program be one with another site."""

    def change():
        folder = tmp_path / "templates"
        subprocess.run(["cp", "-r", units.TEMPLATES, folder], check=True)
        path = folder / "nginx.conf"
        path.write_text(path.read_text() + "# a later version\n")
        monkeypatch.setattr(units, "TEMPLATES", folder)

    return change


def text(copy):
    return copy.at(SITE).read_text()


def test_a_site_that_nobody_changed_is_renewed(copy, newer):
    site.configure(copy, LAYOUT, SCHOOL)
    assert "a later version" not in text(copy)
    newer()
    site.configure(copy, LAYOUT, SCHOOL)
    assert "a later version" in text(copy)


def test_one_from_before_there_was_a_record_is_known_by_its_release(copy):
    """Releases of before left no record; what their template gives is theirs."""
    here = units.TEMPLATES.relative_to(units.TEMPLATES.parents[2])
    old = copy.at(LAYOUT.releases / "0.9-abc" / here / "nginx.conf")
    old.parent.mkdir(parents=True)
    old.write_text("server_name @names@; proxy_pass http://127.0.0.1:@port@; # an old one")
    copy.at(SITE).parent.mkdir(parents=True)
    copy.at(SITE).write_text("server_name register.school.cn 10.0.0.5; proxy_pass http://127.0.0.1:8000; # an old one")
    site.configure(copy, LAYOUT, SCHOOL)
    assert "error_page 502 503 504" in text(copy)


def test_a_site_that_was_changed_stays_and_the_new_one_lies_beside_it(copy, newer, capsys):
    site.configure(copy, LAYOUT, SCHOOL)
    copy.at(SITE).write_text("what the administrator made of it")
    site.configure(copy, LAYOUT, SCHOOL)
    beside = copy.at(SITE).with_name("riskcontrol.new")
    assert not beside.exists(), "there is nothing new in it"
    newer()
    site.configure(copy, LAYOUT, SCHOOL)
    assert text(copy) == "what the administrator made of it"
    assert "a later version" in beside.read_text()
    assert "riskcontrol.new，请对照修改" in capsys.readouterr().out
    site.withdraw(copy, LAYOUT, SCHOOL)
    assert copy.at(SITE).exists()


def test_what_is_ours_makes_room_for_an_older_version(copy):
    site.configure(copy, LAYOUT, SCHOOL)
    site.withdraw(copy, LAYOUT, SCHOOL)
    assert not copy.at(SITE).exists()


def default_of(copy, text):
    path = copy.at(NGINX / "sites-available/default")
    path.parent.mkdir(parents=True)
    path.write_text(text)
    link = copy.at(NGINX / "sites-enabled/default")
    link.parent.mkdir(parents=True)
    link.symlink_to("/etc/nginx/sites-available/default")
    return link


def test_debians_default_site_steps_aside(copy):
    link = default_of(copy, "# Default server configuration\nserver { listen 80 default_server; }")
    site.configure(copy, LAYOUT, SCHOOL)
    assert not link.is_symlink()
    assert len(re.findall("default_server;", text(copy))) >= 2


def test_a_default_site_of_somebody_else_stays_and_is_the_only_one(copy, capsys):
    link = default_of(copy, "server { listen 80 default_server; }  # the school's home page")
    link.unlink()
    link.write_text(copy.at(NGINX / "sites-available/default").read_text())
    site.configure(copy, LAYOUT, SCHOOL)
    assert link.exists()
    assert "default_server" not in text(copy)
    assert "另有默认网站" in capsys.readouterr().out


def test_the_own_certificate_is_one_of_a_server(copy):
    site.make_certificate(copy, SCHOOL.names)
    (command,) = [words for words in copy.commands if words.startswith("openssl req")]
    words = [f"{copy.root}{word}" if word.startswith("/etc/") else word for word in command.split()]
    subprocess.run(words, check=True, capture_output=True)
    shown = ["openssl", "x509", "-in", copy.at(site.CERTIFICATE), "-noout", "-text", "-purpose"]
    told = subprocess.run(shown, check=True, capture_output=True, text=True).stdout
    assert "DNS:register.school.cn, IP Address:10.0.0.5" in told
    assert told.count("X509v3 Basic Constraints") == 1
    assert "CA:FALSE" in told
    assert "TLS Web Server Authentication" in told
    assert "SSL server : Yes" in told
    assert "SSL server CA : No" in told
