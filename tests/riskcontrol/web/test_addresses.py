"""A visitor's address is what a trusted proxy heard, never his own word; without one nothing is served."""

import ipaddress

import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.urls import reverse

from riskcontrol.audit import current_address
from riskcontrol.models import AuditEntry, RateCount
from riskcontrol.verbs import SystemVerb
from riskcontrol.web import addresses, failures, limits

LOOPBACK = [ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1")]
FIREWALL = [*LOOPBACK, ipaddress.ip_network("10.0.0.2")]


@pytest.mark.parametrize(
    ("remote", "forwarded", "proxies", "expected"),
    [
        # Nobody in front: the header is the visitor's own word.
        ("10.1.1.1", "", 0, "10.1.1.1"),
        ("127.0.0.1", "9.9.9.9", 0, "127.0.0.1"),
        # One proxy on this machine, which replaces the header or appends to it.
        ("127.0.0.1", "10.1.1.1", 1, "10.1.1.1"),
        ("127.0.0.1", "9.9.9.9, 8.8.8.8, 10.1.1.1", 1, "10.1.1.1"),
        ("127.0.0.1", "9.9.9.9,10.1.1.1 ", 1, "10.1.1.1"),
        ("::1", "2001:db8::7", 1, "2001:db8::7"),
        # A visitor on the server itself, and one whose word names the proxy.
        ("127.0.0.1", "127.0.0.3", 1, "127.0.0.3"),
        ("127.0.0.1", "9.9.9.9, 127.0.0.1", 1, "127.0.0.1"),
        # Whoever isn't the proxy is taken by his own address, whatever he says.
        ("10.5.5.5", "9.9.9.9", 1, "10.5.5.5"),
        # Two in a row: the second's word counts only where it is trusted.
        ("127.0.0.1", "9.9.9.9, 10.1.1.1, 10.0.0.2", 2, "10.1.1.1"),
        ("127.0.0.1", "9.9.9.9, 10.1.1.1, 10.0.0.2", 1, "10.0.0.2"),
        ("127.0.0.1", "9.9.9.9, 10.1.1.1, 10.0.0.3", 2, "10.0.0.3"),
        # With ports, zones, and IPv4 in the clothes of IPv6.
        ("127.0.0.1", "10.1.1.1:51344", 1, "10.1.1.1"),
        ("127.0.0.1", "[2001:db8::7]:51344", 1, "2001:db8::7"),
        ("fe80::1%eth0", "", 0, "fe80::1"),
        ("::ffff:127.0.0.1", "::ffff:10.1.1.1", 1, "10.1.1.1"),
        # Nobody can say.
        ("", "10.1.1.1", 1, None),
        ("unix:", "10.1.1.1", 1, None),
        ("", "", 0, None),
        ("127.0.0.1", "", 1, None),
        ("127.0.0.1", "unknown", 1, None),
        ("127.0.0.1", "10.1.1.1, ", 1, None),
        ("127.0.0.1", "10.0.0.2", 2, None),
        ("127.0.0.1", "10.1.1.1.9", 1, None),
    ],
)
def test_the_way_is_walked_back_from_the_right(remote, forwarded, proxies, expected):
    assert addresses.visitor(remote, forwarded, trusted=FIREWALL, proxies=proxies) == expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("10.1.1.1", "10.1.1.1"),
        ("::ffff:10.1.1.1", "10.1.1.1"),
        ("2001:db8:1:2::1", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::9", "2001:db8:1:2::"),
        ("2001:db8:1:3::1", "2001:db8:1:3::"),
    ],
)
def test_half_of_an_ipv6_address_is_counted(address, expected):
    assert addresses.counted(address) == expected


@pytest.mark.parametrize("address", ["", "unknown", "10.1.1.1, 10.1.1.2"])
def test_nobody_is_counted_without_an_address(address):
    with pytest.raises(ValueError, match="can't be counted"):
        addresses.counted(address)
    with pytest.raises(ValueError, match="can't be counted"):
        limits.is_within("PUBLIC_RATE", address, 3)


@pytest.fixture
def behind(settings):
    """One trusted proxy on this machine, and every limit in force."""
    settings.PROXY_COUNT, settings.TRUSTED_PROXIES = 1, LOOPBACK
    settings.AXES_ENABLED = True
    settings.PUBLIC_RATE = settings.LOGIN_RATE = 30


WAYS = [{}, {"headers": {"X-Forwarded-For": "unknown"}}, {"REMOTE_ADDR": ""}]


@pytest.mark.django_db
@pytest.mark.parametrize("way", WAYS)
def test_a_request_without_an_address_is_not_served_and_not_counted(client, head, behind, way):
    sent = {"username": head.staff_number, "password": "a wrong one"}
    before = AuditEntry.objects.count()
    for _ in range(6):
        answer = client.post(reverse("login"), sent, **way)
        assert answer.status_code == 503
    page = answer.content.decode()
    assert "服务器认不出您的网络地址，没有保存" in page
    assert "检查代理服务器的设置" in page
    assert "检查代理服务器的设置" in client.get(reverse("login"), **way).content.decode()
    assert client.get("/nowhere/", **way).status_code == 503
    assert (AccessAttempt.objects.count(), RateCount.objects.count()) == (0, 0)
    assert AuditEntry.objects.count() == before
    assert current_address.get() is None


@pytest.mark.django_db
def test_the_machine_itself_is_answered(client, behind):
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").json()["address"] is None
    assert client.get("/readyz", headers={"X-Forwarded-For": "10.9.9.9, 10.1.1.1"}).json()["address"] == "10.1.1.1"


@pytest.mark.django_db
def test_failures_of_one_address_lock_no_other(head, behind, monkeypatch):
    monkeypatch.setattr(failures, "FREE", 100)  # the wait of the account is another rule

    def log_in(address):
        sent = {"username": head.staff_number, "password": "a wrong one"}
        headers = {"X-Forwarded-For": f"198.51.100.9, {address}"}
        return Client().post(reverse("login"), sent, headers=headers).status_code

    assert [log_in("10.1.1.1") for _ in range(6)] == [200] * 4 + [429] * 2
    assert log_in("10.1.1.2") == 200
    assert [log_in(f"2001:db8:1:2::{place}") for place in range(1, 7)] == [200] * 4 + [429] * 2
    assert log_in("2001:db8:1:3::1") == 200
    kept = set(AuditEntry.objects.filter(action=SystemVerb.LOGIN_FAILED).values_list("address", flat=True))
    assert kept >= {"10.1.1.1", "10.1.1.2", "2001:db8:1:2::1", "2001:db8:1:3::1"}
