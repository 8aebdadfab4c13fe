"""A password that was changed past the program is found, though no entry holds anything of it but a keyed digest."""

import json

import pytest
from django.contrib.auth.hashers import make_password

from departments import services
from riskcontrol import sealing
from riskcontrol.models import AuditEntry
from tests.factories import make_user
from tests.riskpoints.evidence.forging import faults, run

FOUND = "密码与审计记录第 {} 条以后的不一致，改动没有记录"


@pytest.fixture
def account(people):
    user, _ = services.create_account("8801", "甲", actor=people.admin)
    return user


def last():
    return AuditEntry.objects.order_by("-number").first()


def forge(user, hashed="pbkdf2_sha256$1$a$b"):
    run("UPDATE departments_user SET password = %s WHERE id = %s", hashed, user.pk)


def test_a_password_changed_by_sql_is_found(account):
    assert faults() == []
    forge(account)
    assert faults() == [f"账号 8801：{FOUND.format(last().number)}"]


def test_changes_and_resets_by_the_program_are_whole(account, people):
    services.reset_password(account, actor=people.admin)
    account.refresh_from_db()
    services.change_own_password(account, "Lian-zheng-2026")
    account.real_name = "乙"
    services.save_record(account, actor=people.admin)
    assert faults() == []
    entry = AuditEntry.objects.filter(action="user.change_password").get()
    forge(account)
    assert faults() == [f"账号 8801：{FOUND.format(entry.number)}"]


def test_slips_issued_anew_are_whole(account, people):
    services.reissue_passwords({account: make_password("Qx7-another-one")}, actor=people.admin)
    assert faults() == []


def test_a_hash_made_anew_at_a_login_is_whole_and_hides_no_forgery(account, settings):
    services.change_own_password(account, "Lian-zheng-2026")
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher", *settings.PASSWORD_HASHERS]
    assert account.check_password("Lian-zheng-2026")
    assert last().action == "user.rehash_password"
    assert faults() == []
    settings.PASSWORD_HASHERS = settings.PASSWORD_HASHERS[::-1]
    forge(account, make_password("another", hasher="pbkdf2_sha256"))
    account.refresh_from_db()
    assert account.check_password("another")
    assert faults() == [f"账号 {account.pk}：密码在审计记录第 {last().number} 条之前被改过，没有记录"]


def test_accounts_from_before_are_marked_when_sealing_begins(db):
    user = make_user("8802", "从前的人")
    sealing.begin(sealing.FIRST)
    assert faults() == []
    forge(user)
    assert faults() == [f"账号 8802：{FOUND.format(last().number)}"]


def test_neither_a_hash_nor_what_could_be_guessed_stands_in_the_trail(account):
    account.refresh_from_db()
    rows = [json.dumps([entry.detail, entry.marks], ensure_ascii=False) for entry in AuditEntry.objects.all()]
    assert not any(account.password in row or account.password.rpartition("$")[2] in row for row in rows)


def test_without_the_key_nothing_is_said_of_passwords(account, settings):
    settings.SEAL_KEYS_FILE = None
    forge(account)
    assert faults() == []
