"""The proxy in front: the generated nginx file with the real nginx, and what a check finds in a wrong one."""

import http.client
import ipaddress
import time

import pytest
from django.db import connection

from riskcontrol import checks, sizes
from riskcontrol.deploy import install, layout, proxy
from riskcontrol.deploy.machine import Machine, SetupError
from riskcontrol.processes import serving
from riskcontrol.web import failures
from tests.bench.cluster import free_port
from tests.riskcontrol.deploy.behind import HOST, Installation, Visitor
from tests.riskcontrol.deploy.copies import Copy

LOOPBACK = [ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1")]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="it has a database of its own")
def test_behind_the_real_nginx_each_visitor_has_his_own_address(tmp_path, capsys):
    with Installation(tmp_path) as installed:
        installed.site.call("tests.riskcontrol.deploy.behind", "make_people", numbers=["2001", "2002"])
        proxy.require_addresses(Machine(), HOST, port=installed.https)
        assert "能看到访问者的地址" in capsys.readouterr().out
        second, third, sixth = (Visitor(installed, address) for address in ("127.0.0.2", "127.0.0.3", "::1"))

        assert [second.log_in("2001", "a wrong one") for _ in range(6)] == [200] * 4 + [429] * 2
        assert second.log_in("2001") == 429
        assert second.log_in("2002") == 302
        time.sleep(failures.wait_after(failures.FREE))  # the account's own wait, from anywhere new
        assert third.log_in("2001") == 302
        assert sixth.log_in("2001") == 302

        status, account = third.ask("GET", "/account/")
        assert status == 200
        assert "127.0.0.3" in account
        assert "::1" in account
        status, seen = third.ask("GET", "/audit/")
        assert status == 200
        shown = [address for address in ("127.0.0.2", "127.0.0.3", "::1", "198.51.100.9") if address in seen]
        assert shown == ["127.0.0.2", "127.0.0.3", "::1"]
        told = installed.site.call("tests.riskcontrol.deploy.behind", "trail")
        assert [address for action, address in told if action == "user.login"] == ["127.0.0.2", "127.0.0.3", "::1"]
        assert {address for action, address in told if action != "user.login"} == {"127.0.0.2"}

        # Too many attempts a minute close the login for their address only.
        sent = {"username": "nobody", "password": "x"}
        assert 429 in (second.ask("POST", "/login/", sent)[0] for _ in range(25))
        assert third.log_in("2002") == 302
        assert '"address": "127.0.0.3"' in installed.server.log.read_text()

        status, page = third.ask(
            "POST", "/login/", sent, **{"Content-Length": str(sizes.REQUEST_MEGABYTES * 2**20 + 1)}
        )
        assert (status, f"超过 {sizes.SCAN_MEGABYTES} MB，这次填写的其他内容也没有保存" in page) == (413, True)

        # By its address, or another name: the page that names the right one.
        for name in ("127.0.0.1", "www.other.cn"):
            status, page = third.ask("GET", "/", Host=name)
            assert (status, f'<a href="https://{HOST}/">' in page) == (404, True)
        plain = http.client.HTTPConnection("127.0.0.1", installed.http, timeout=10)
        plain.request("GET", "/inbox/", headers={"Host": "10.1.2.3"})
        answer = plain.getresponse()
        assert (answer.status, "请用系统的名称打开" in answer.read().decode()) == (404, True)
        plain.request("GET", "/inbox/", headers={"Host": HOST})
        assert plain.getresponse().getheader("Location") == f"https://{HOST}/inbox/"
        plain.close()

        # During an upgrade nobody is behind nginx.
        assert not serving.is_served(tmp_path)
        assert serving.is_served(installed.site.folder)
        installed.server.stop()
        status, page = third.ask("GET", "/inbox/")
        assert (status, "系统正在升级或重新启动" in page) == (503, True)
        assert third.ask("GET", "/riskcontrol-pages/away.html")[0] == 404, "the pages have no address of their own"
        assert not serving.is_served(installed.site.folder)


def generated(tmp_path):
    copy = Copy(tmp_path / "root")
    install.install(copy, layout.ServerLayout(), install.Wishes([HOST, "10.0.0.5"], "sqlite", 8123, None, "admin"))
    return copy, copy.at(proxy.SITE).read_text()


def expected(**values):
    usual = {
        "is_host": {HOST, "10.0.0.5"}.__contains__,
        "port": "8123",
        "behind_tls": True,
        "proxies": 1,
        "trusted": LOOPBACK,
    }
    return proxy.Expected(**(usual | values))


def test_the_generated_file_fits_the_generated_settings(tmp_path):
    _, text = generated(tmp_path)
    assert list(proxy.differences(text, expected())) == []
    appended = text.replace("$remote_addr", "$proxy_add_x_forwarded_for")
    assert list(proxy.differences(appended, expected(proxies=2))) == []


@pytest.mark.parametrize(
    ("change", "values", "reason"),
    [
        ((), {"port": "9000"}, "proxy_pass goes to port 8123, and PORT is 9000"),
        ((), {"is_host": {HOST}.__contains__}, "server_name 10.0.0.5 is not in ALLOWED_HOSTS"),
        ((), {"proxies": 0}, "PROXY_COUNT is 0"),
        ((), {"proxies": 2}, "PROXY_COUNT is 2"),
        ((), {"behind_tls": False}, "BEHIND_TLS is 0"),
        ((), {"trusted": [ipaddress.ip_network("10.0.0.1")]}, "127.0.0.1, which is not in TRUSTED_PROXIES"),
        (("proxy_set_header X-Forwarded-For", "# proxy_set_header X-Forwarded-For"), {}, "X-Forwarded-For is not set"),
        (("X-Forwarded-For $remote_addr", "X-Forwarded-For $http_x_forwarded_for"), {}, "X-Forwarded-For is not set"),
        (("X-Forwarded-Proto $scheme", "X-Forwarded-Proto https"), {}, "X-Forwarded-Proto is not set"),
        (("ssl http2", "http2"), {}, "nginx speaks http only, and BEHIND_TLS is 1"),
    ],
)
def test_what_does_not_fit_is_named(tmp_path, change, values, reason):
    _, text = generated(tmp_path)
    changed = text.replace(*change) if change else text
    assert changed != text or not change
    (found,) = proxy.differences(changed, expected(**values))
    assert reason in found


def test_only_the_installation_itself_looks_at_its_file(tmp_path):
    copy, text = generated(tmp_path)
    assert proxy.installed_site(layout.ServerLayout().data, copy) == text
    assert proxy.installed_site(tmp_path, copy) is None
    copy.at(proxy.SITE).unlink()
    assert proxy.installed_site(layout.ServerLayout().data, copy) is None


def named():
    return [message.msg for message in checks.proxy_fits_the_settings()]


def test_the_deployment_check_compares_the_two(settings, monkeypatch, tmp_path):
    assert named() == []
    copy, _ = generated(tmp_path)
    monkeypatch.setattr(checks, "Machine", lambda: copy)
    settings.VAR_DIR, settings.ALLOWED_HOSTS = layout.ServerLayout().data, [HOST, "10.0.0.5"]
    settings.BEHIND_TLS, settings.PROXY_COUNT, settings.TRUSTED_PROXIES = True, 1, LOOPBACK
    monkeypatch.setenv("PORT", "8123")
    assert named() == []
    settings.PROXY_COUNT = 0
    assert named() == ["nginx stands in front, and PROXY_COUNT is 0: all visitors would have its address."]


def test_a_proxy_elsewhere_has_to_be_named(settings, monkeypatch):
    settings.PROXY_COUNT, settings.TRUSTED_PROXIES = 2, LOOPBACK
    assert named() == ["PROXY_COUNT is 2, and TRUSTED_PROXIES names only this machine."]
    settings.PROXY_COUNT = 1
    assert named() == []
    monkeypatch.setenv("HOST", "10.0.0.5")
    (sentence,) = named()
    assert sentence.startswith("HOST is 10.0.0.5, so a proxy may call from elsewhere")
    settings.TRUSTED_PROXIES = [ipaddress.ip_network("10.0.0.2")]
    assert named() == []


def test_an_installation_whose_visitors_arrive_as_nobody_is_not_left_alone(monkeypatch, capsys):
    answers = {"status": (200, None)}
    monkeypatch.setattr(proxy, "ask", lambda host, port: answers["status"])
    for status, heard in ((200, None), (200, "127.0.0.1"), (503, proxy.VISITOR), (502, None)):
        answers["status"] = status, heard
        with pytest.raises(SetupError, match=f"readyz 得到 {status}，来自 127.0.0.2 的访问者被当成"):
            proxy.require_addresses(Machine(), HOST, patience=0)
    monkeypatch.undo()
    proxy.require_addresses(Machine(), HOST, port=free_port(), patience=0)
    assert "nginx 在 127.0.0.1:" in capsys.readouterr().out
