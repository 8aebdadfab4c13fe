"""The second factor: set up, asked for at login, demanded by role, replaced, lost; wrong codes lock like passwords."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from departments import services
from departments.accounts import second_factor
from departments.models import RecoveryCode
from departments.verbs import OrganisationVerb
from riskcontrol.models import AuditEntry
from riskcontrol.verbs import SystemVerb
from tests.factories import PASSWORD

SETUP, RECOVERY, REMOVE = (reverse(name) for name in ("code_setup", "code_recovery", "code_remove"))
START = "2026-11-20T08:00:00+08:00"


@pytest.fixture(autouse=True)
def still(time_machine, school):
    """Let the clock stand, so that a code is as old as the test says."""
    time_machine.move_to(START, tick=False)
    return time_machine


@pytest.fixture
def device(reviewer, still):
    """Return the authenticator of the reviewer, set up an hour ago; `device.codes` are the recovery codes."""
    codes = second_factor.enrol(reviewer, second_factor.new_key(), step=0)
    made = TOTPDevice.objects.get(user=reviewer)
    made.codes = codes
    still.shift(timedelta(hours=1))
    return made


def code_of(key, drift=0) -> str:
    return f"{totp(bytes.fromhex(key), drift=drift):06d}"


def log_in(client, user, next_address=""):
    sent = {"username": user.staff_number, "password": PASSWORD, "next": next_address}
    return client.post(reverse("login"), sent)


def give_code(client, code, next_address=""):
    return client.post(reverse("login_code"), {"code": code, "next": next_address})


def is_in(client) -> bool:
    return client.get(reverse("own_account")).status_code == 200


def said(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


# ---- setting it up -------------------------------------------------------------------------------------------------


def set_up(client, password=PASSWORD, code=None):
    client.get(SETUP)
    key = client.session["code_key"]
    return key, client.post(SETUP, {"code": code or code_of(key), "password": password})


def test_an_authenticator_is_set_up_with_its_first_code(client, client_class, reviewer):
    elsewhere = client_class()
    elsewhere.force_login(reviewer)
    client.force_login(reviewer)
    key, answer = set_up(client)
    assert TOTPDevice.objects.get(user=reviewer).key == key
    codes = re.findall(r"<code>(\w{5}-\w{5})</code>", answer.content.decode())
    assert len(set(codes)) == 10
    assert answer["Cache-Control"] == "no-store, private"
    assert [is_in(client), is_in(elsewhere)] == [True, False]
    assert (
        AuditEntry.objects.filter(action=OrganisationVerb.CODE_ENABLE, actor_number=reviewer.staff_number).count() == 1
    )
    assert not any(code in said(client.get(reverse("own_account"))) for code in codes)


def test_the_key_is_shown_as_text_and_as_picture(client, reviewer):
    client.force_login(reviewer)
    page = client.get(SETUP).content.decode()
    key = client.session["code_key"]
    assert second_factor.typed_key(key) in page
    assert f'src="{reverse("code_picture")}"' in page
    answer = client.get(reverse("code_picture"))
    assert answer["Content-Type"] == "image/svg+xml"
    assert answer["Cache-Control"] == "no-store, private"
    assert answer.content.count(b"<path") == 1
    assert b"style=" not in answer.content
    assert b"<script" not in answer.content


def test_the_address_in_the_picture_is_what_authenticators_read(reviewer):
    address = second_factor.key_address("00" * 20, reviewer)
    assert address.startswith("otpauth://totp/%E5%BB%89%E6%94%BF%E9%A3%8E%E9%99%A9%E9%98%B2%E6%8E%A7%3A1007?")
    assert f"secret={'A' * 32}&" in address
    assert second_factor.typed_key("00" * 20) == " ".join(["AAAA"] * 8)


def test_there_is_no_picture_while_nothing_is_set_up(client, reviewer):
    client.force_login(reviewer)
    assert client.get(reverse("code_picture")).status_code == 404


@pytest.mark.parametrize(
    ("password", "code", "words"),
    [
        ("wrong", None, "密码不对"),
        ("", None, "请填写现在的密码"),
        (PASSWORD, "000000", "这 6 位数字不对"),
        (PASSWORD, "abcdef", "这 6 位数字不对"),
        (PASSWORD, "١٢٣٤٥٦", "这 6 位数字不对"),
        (PASSWORD, " ", "请填写验证器上显示的 6 位数字"),
    ],
)
def test_nothing_is_set_up_without_password_and_code(client, reviewer, password, code, words):
    client.force_login(reviewer)
    _, answer = set_up(client, password, code)
    assert answer.status_code == 422
    assert words in said(answer)
    assert not TOTPDevice.objects.exists()


def test_another_authenticator_takes_the_place_of_the_first(client, reviewer, device):
    client.force_login(reviewer)
    key, answer = set_up(client)
    assert answer.status_code == 200
    assert TOTPDevice.objects.get(user=reviewer).key == key != device.key
    assert second_factor.verify(reviewer, device.codes[0]) == ""


# ---- logging in ----------------------------------------------------------------------------------------------------


def test_the_code_comes_after_the_password(client, reviewer, device):
    answer = log_in(client, reviewer, "/register/?q=1")
    assert answer.url == f"{reverse('login_code')}?next=%2Fregister%2F%3Fq%3D1"
    assert not is_in(client)
    assert not AuditEntry.objects.filter(action=SystemVerb.LOGIN).exists()
    assert 'value="/register/?q=1"' in client.get(answer.url).content.decode()
    assert give_code(client, code_of(device.key), "/register/?q=1").url == "/register/?q=1"
    assert is_in(client)
    assert AuditEntry.objects.filter(action=SystemVerb.LOGIN, actor_number="1007").count() == 1


def test_who_has_no_authenticator_needs_no_code(client, reviewer):
    assert log_in(client, reviewer).url == "/"
    assert is_in(client)


def test_the_password_alone_opens_nothing(client, reviewer, device):
    log_in(client, reviewer)
    for address in ("/", reverse("own_account"), reverse("password_change"), SETUP, reverse("riskpoints:inbox")):
        assert client.get(address).status_code == 302
        assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("drift", [-1, 0, 1])
def test_a_watch_may_be_half_a_minute_off(client, reviewer, device, drift):
    log_in(client, reviewer)
    give_code(client, code_of(device.key, drift))
    assert is_in(client)


@pytest.mark.parametrize("drift", [-3, 3])
def test_an_old_code_is_refused(client, reviewer, device, drift):
    log_in(client, reviewer)
    assert "验证码不对或已用过" in said(give_code(client, code_of(device.key, drift)))
    assert not is_in(client)


def test_a_code_is_good_once(client, client_class, reviewer, device):
    log_in(client, reviewer)
    give_code(client, code_of(device.key))
    thief = client_class()
    log_in(thief, reviewer)
    assert "已用过" in said(give_code(thief, code_of(device.key)))
    assert not is_in(thief)


def test_the_code_that_set_it_up_is_used_up(client, client_class, reviewer):
    client.force_login(reviewer)
    key, _ = set_up(client)
    thief = client_class()
    log_in(thief, reviewer)
    give_code(thief, code_of(key))
    assert not is_in(thief)


def test_the_code_of_another_does_not_fit(client, reviewer, principal, device):
    second_factor.enrol(principal, second_factor.new_key(), step=0)
    log_in(client, principal)
    give_code(client, code_of(device.key))
    assert not is_in(client)


def test_the_password_stands_for_five_minutes(client, reviewer, device, still):
    log_in(client, reviewer)
    still.shift(timedelta(minutes=6))
    answer = give_code(client, code_of(device.key))
    assert answer.url == reverse("login")
    assert "请先输入工号和密码" in said(client.get(answer.url))
    assert not is_in(client)


@pytest.mark.parametrize("what", ["disable", "reset"])
def test_what_happens_in_between_counts(client, reviewer, device, admin, what):
    log_in(client, reviewer)
    if what == "disable":
        services.set_active(reviewer, is_active=False, actor=admin)
    else:
        services.reset_password(reviewer, actor=admin)
    assert give_code(client, code_of(device.key)).url == reverse("login")
    assert not is_in(client)


def test_nobody_comes_to_the_code_without_a_password(client, reviewer, device):
    assert client.get(reverse("login_code")).url == reverse("login")
    assert give_code(client, code_of(device.key)).url == reverse("login")


def test_next_does_not_lead_away(client, reviewer, device):
    log_in(client, reviewer)
    assert give_code(client, code_of(device.key), "https://elsewhere.example/").url == "/"
    assert is_in(client)


# ---- recovery codes ------------------------------------------------------------------------------------------------


def test_a_recovery_code_opens_once(client, client_class, reviewer, device):
    log_in(client, reviewer)
    answer = client.post(reverse("login_code"), {"code": device.codes[0].upper()}, follow=True)
    assert "备用码已使用，还剩 9 个" in said(answer)
    again = client_class()
    log_in(again, reviewer)
    give_code(again, device.codes[0])
    assert not is_in(again)
    assert AuditEntry.objects.get(action=OrganisationVerb.RECOVERY_USE).detail == {"剩余": 9}


def test_recovery_codes_are_kept_as_keyed_hashes(reviewer, device):
    kept = set(RecoveryCode.objects.values_list("digest", flat=True))
    plain = {code.replace("-", "") for code in device.codes}
    assert len(kept) == 10
    assert not any(code in digest for code in plain for digest in kept)


def test_new_recovery_codes_replace_the_old(client, reviewer, device, refusals):
    client.force_login(reviewer)
    assert client.post(RECOVERY, {"password": "wrong"}).status_code == 422
    assert second_factor.verify(reviewer, device.codes[0]) == "recovery"
    answer = client.post(RECOVERY, {"password": PASSWORD})
    codes = re.findall(r"<code>(\w{5}-\w{5})</code>", answer.content.decode())
    assert second_factor.verify(reviewer, device.codes[1]) == ""
    assert RecoveryCode.objects.count() == 10 == len(codes)


def test_there_are_no_recovery_codes_without_an_authenticator(client, reviewer):
    client.force_login(reviewer)
    assert client.get(RECOVERY).url == SETUP


# ---- wrong codes ---------------------------------------------------------------------------------------------------


def test_wrong_codes_lock_like_wrong_passwords(client, reviewer, device, settings, still):
    settings.AXES_ENABLED = True
    log_in(client, reviewer)
    for number in range(4):
        assert "验证码不对" in said(give_code(client, f"{number:06d}"))
        still.shift(timedelta(seconds=20))
    answer = give_code(client, "999999")
    assert answer.status_code == 429
    assert "暂时不能登录" in said(answer)
    assert give_code(client, code_of(device.key)).status_code == 429
    assert log_in(client, reviewer).status_code == 429
    assert AuditEntry.objects.filter(action=SystemVerb.LOGIN_FAILED).count() >= 5
    assert AuditEntry.objects.filter(action=SystemVerb.LOCKED_OUT).exists()


def test_the_password_again_does_not_buy_more_tries(client, reviewer, device, settings, still):
    settings.AXES_ENABLED = True
    answers = []
    for number in range(5):
        log_in(client, reviewer)
        answers.append(give_code(client, f"{number:06d}").status_code)
        still.shift(timedelta(seconds=20))
    assert answers == [200, 200, 200, 200, 429]


def test_tries_from_many_addresses_have_to_wait(client_class, reviewer, device):
    first = client_class(REMOTE_ADDR="10.0.0.1")
    log_in(first, reviewer)
    give_code(first, "000000")
    second = client_class(REMOTE_ADDR="10.0.0.2")
    log_in(second, reviewer)
    assert "刚才输错过，请等 1 秒再输入。" in said(give_code(second, code_of(device.key)))
    assert not is_in(second)


@pytest.mark.parametrize("code", ["", "\x00", "0" * 5000, "🙂", "-1", "1e5", "null"])
def test_odd_codes_are_refused_without_a_fault(client, reviewer, device, code):
    log_in(client, reviewer)
    assert give_code(client, code).status_code == 200
    assert not is_in(client)


# ---- demanded by role ----------------------------------------------------------------------------------------------


def test_a_role_can_demand_it_before_anything_else(client, reviewer, settings):
    settings.TOTP_ROLES = ["reviewer", "principal"]
    client.force_login(reviewer)
    for address in ("/", reverse("riskpoints:inbox"), reverse("own_account"), REMOVE):
        assert client.get(address).url == SETUP
    assert client.post(reverse("sessions_end")).url == SETUP
    assert "您的角色须用动态验证码登录" in said(client.get(SETUP))
    assert client.get(reverse("code_picture")).status_code == 200
    _, answer = set_up(client)
    assert answer.status_code == 200
    assert is_in(client)


def test_who_has_to_set_it_up_can_still_leave_and_change_the_password(client, reviewer, settings):
    settings.TOTP_ROLES = ["reviewer"]
    client.force_login(reviewer)
    assert client.get(reverse("password_change")).status_code == 200
    assert "已安全退出" in said(client.post(reverse("logout")))


def test_other_roles_are_not_asked(client, head, settings):
    settings.TOTP_ROLES = ["reviewer", "principal", "admin"]
    client.force_login(head)
    assert is_in(client)


def test_a_one_time_password_is_changed_first(client, admin, settings):
    settings.TOTP_ROLES = ["reviewer"]
    user, _ = services.create_account("6001", "新审核员", actor=admin)
    services.grant_role(user, "reviewer", actor=admin)
    client.force_login(user)
    assert client.get("/inbox/").url == reverse("password_change")


def test_a_demanded_one_is_not_given_up(client, reviewer, device, settings):
    settings.TOTP_ROLES = ["reviewer"]
    client.force_login(reviewer)
    answer = client.post(REMOVE, {"password": PASSWORD})
    assert answer.status_code == 403
    assert TOTPDevice.objects.filter(user=reviewer).exists()
    assert REMOVE not in client.get(reverse("own_account")).content.decode()


def test_an_unknown_role_stops_the_start(settings):
    settings.TOTP_ROLES = ["reviewer", "boss"]
    with pytest.raises(ImproperlyConfigured, match="TOTP_ROLES holds boss"):
        second_factor.check_roles()


# ---- given up, lost ------------------------------------------------------------------------------------------------


def test_it_is_given_up_with_the_password(client, reviewer, device):
    client.force_login(reviewer)
    assert client.post(REMOVE, {"password": "wrong"}).status_code == 422
    assert TOTPDevice.objects.exists()
    assert client.post(REMOVE, {"password": PASSWORD}).url == reverse("own_account")
    assert not TOTPDevice.objects.exists()
    assert not RecoveryCode.objects.exists()
    assert is_in(client)


def test_the_admin_removes_a_lost_one(client, client_class, admin, reviewer, device):
    finder = client_class()
    finder.force_login(reviewer)
    client.force_login(admin)
    account = reverse("departments:account", args=[reviewer.pk])
    assert "取消动态验证码" in client.get(account).content.decode()
    assert client.post(reverse("departments:remove_code", args=[reviewer.pk])).url == account
    assert not TOTPDevice.objects.exists()
    assert not RecoveryCode.objects.exists()
    assert not is_in(finder)
    entry = AuditEntry.objects.get(action=OrganisationVerb.CODE_REMOVE)
    assert (entry.actor_number, entry.object_label) == ("1013", "纪委审核员")
    assert reverse("departments:remove_code", args=[reviewer.pk]) not in client.get(account).content.decode()


def test_the_admin_does_not_remove_the_own_one_without_the_password(client, admin):
    second_factor.enrol(admin, second_factor.new_key(), step=0)
    client.force_login(admin)
    client.post(reverse("departments:remove_code", args=[admin.pk]))
    assert TOTPDevice.objects.filter(user=admin).exists()


def test_nobody_else_removes_one(client, office, reviewer, device):
    client.force_login(office)
    assert client.post(reverse("departments:remove_code", args=[reviewer.pk])).status_code == 403
    assert TOTPDevice.objects.exists()
