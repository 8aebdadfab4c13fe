"""The seals of the trail: what only the key can make, keys that come and go, and what is said without one."""

import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from riskcontrol import audit, environment, keyring, sealing, seals
from riskcontrol.models import AuditEntry, AuditHead
from riskcontrol.verbs import SystemVerb
from tests.riskcontrol.recomputing import recompute
from tests.riskpoints.archives.packing import falsify

pytestmark = pytest.mark.django_db
WRONG = "封签与内容不符"


@pytest.fixture
def keys(settings, tmp_path):
    """Return a function that makes these keys the ones of the installation, in their order; none: no file."""
    made = {}

    def hold(*names, algorithm="sha256"):
        path = tmp_path / f"keys-{'-'.join(names)}"
        for name in names:
            made.setdefault(name, keyring.SealKey(name, algorithm, keyring.new_key().secret))
        path.write_text("".join(made[name].line for name in names))
        settings.SEAL_KEYS_FILE = path if names else None
        return path

    return hold


def write(count=1):
    for _ in range(count):
        audit.record(SystemVerb.LOGIN)


def faults():
    return [(fault.number, fault.reason) for fault in audit.verify_chain()]


def entry(number):
    return AuditEntry.objects.get(number=number)


def command(*arguments):
    out = StringIO()
    call_command("seal_keys", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize("algorithm", keyring.ALGORITHMS)
def test_each_entry_has_a_seal_over_its_hash_and_the_seal_before(keys, algorithm):
    keys("a", algorithm=algorithm)
    write(2)
    (key,) = seals.held_keys()
    assert key.algorithm == algorithm
    assert entry(2).seal == seals.seal(key, entry(2), entry(1).seal) == AuditHead.objects.get().seal
    assert len({entry(1).seal, entry(2).seal, seals.seal(key, entry(2), "")}) == 3
    assert faults() == []
    assert str(seals.state()) == "封签已核对：第 1 条起，密钥 a"


def test_a_seal_is_the_hmac_that_the_standard_says(keys):
    """RFC 4231, test case 2, and what OpenSSL itself says for SM3."""
    known = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    key = keyring.SealKey("a", "sha256", b"Jefe")
    assert seals.hmac.new(key.secret, b"what do ya want for nothing?", "sha256").hexdigest() == known
    secret = bytes(range(32))
    said = subprocess.run(
        ["openssl", "dgst", "-sm3", "-mac", "HMAC", "-macopt", f"hexkey:{secret.hex()}"],
        input=b"1:a2:bc",
        capture_output=True,
        check=True,
    )
    assert said.stdout.decode().split()[-1] == seals.digest(keyring.SealKey("a", "sm3", secret), "a", "bc")


def test_a_recomputed_chain_is_found_with_the_key_and_only_with_it(keys, without_triggers):
    keys("a")
    write(4)
    falsify(entry(2), actor_name="别人")
    recompute(2)
    assert faults() == [(2, WRONG), (3, WRONG), (4, WRONG)]
    keys()
    assert faults() == []
    assert seals.state().words.startswith("封签未检查：这里没有封签密钥")


@pytest.mark.parametrize(("column", "value"), [("seal", "0" * 64), ("marks", '{"x": "y"}'), ("marks", "[]")])
def test_a_changed_seal_or_mark_is_found(keys, without_triggers, column, value):
    keys("a")
    write(3)
    falsify(entry(2), **{column: value})
    assert (2, WRONG) in faults()


def test_a_seal_that_was_taken_out_is_found_and_so_is_a_cut_head(keys, without_triggers):
    keys("a")
    write(3)
    falsify(entry(2), seal="", seal_key="")
    assert faults() == [(3, WRONG), (2, "这一条没有封签")]
    falsify(AuditHead.objects.get(), seal="")
    assert faults()[-1] == (3, "链首的封签与最后一条不符，末尾可能被截去")


def test_old_entries_are_covered_by_the_first_sealed_one(keys, without_triggers):
    keys()
    write(2)
    keys("a")
    assert seals.state().words.startswith("封签未检查：最后一条审计记录没有用这里的密钥封签")
    begun = sealing.begin(sealing.FIRST)
    write(2)
    assert faults() == []
    assert str(seals.state()) == "封签已核对：第 3 条起，密钥 a，以前的由第 3 条覆盖"
    assert (begun.detail["覆盖到第"], begun.detail["密钥"]) == (2, "a")
    falsify(entry(1), actor_name="别人")
    recompute(1)
    assert faults() == [(3, WRONG), (4, WRONG), (5, WRONG), (1, "第 1–2 条没有封签")]


def test_all_seals_taken_away_do_not_begin_anew_by_themselves(keys, without_triggers):
    """Or the next entry of the program would cover whatever was changed."""
    keys("a")
    write(3)
    falsify(entry(1), actor_name="别人")
    recompute(1)
    for row in AuditEntry.objects.all():
        falsify(row, seal="", seal_key="")
    falsify(AuditHead.objects.get(), seal="")
    write()
    assert faults() == [(1, "第 1–3 条没有封签")]


def test_a_new_key_is_used_at_once_and_the_former_one_still_verifies(keys):
    path = keys("a")
    write(2)
    path.write_text(path.read_text() + command("--new"))
    write()
    assert entry(2).seal_key == "a"
    assert entry(3).seal_key == seals.held_keys()[1].name
    assert faults() == []


def test_a_key_that_was_replaced_seals_nothing_any_more(keys):
    keys("a", "b")
    write()
    keys("a")
    write()
    keys("a", "b")
    assert faults() == [(2, "封签用的是已经换掉的密钥“a”")]


def test_a_lost_key_is_said_until_another_one_answers_for_the_trail(keys):
    keys("a")
    write(2)
    keys("b")
    write()
    said = [(1, "第 1–2 条封签用的密钥“a”不在密钥文件里，无法核对")]
    assert faults() == said
    assert [fault.is_open for fault in audit.verify_chain()] == [True]
    assert "从审计记录第 4 条起用密钥 b 封签" in command("--begin", "旧密钥丢失")
    assert faults() == []
    assert entry(4).detail["理由"] == "旧密钥丢失"


def test_entries_without_a_key_after_sealed_ones_are_said(keys):
    keys("a")
    write()
    keys()
    write(2)
    keys("a")
    write()
    assert faults() == [(2, "第 2–3 条没有封签")]


def test_an_entry_costs_no_query_more(keys):
    counts = []
    for names in ((), ("a",)):
        keys(*names)
        write()
        with CaptureQueriesContext(connection) as asked:
            write()
        counts.append(len(asked))
    assert counts[0] == counts[1]


# ---- the file ----------------------------------------------------------------------------------------------------


def test_no_message_shows_a_key():
    key = keyring.new_key()
    assert key.secret.hex() not in repr(key)
    with pytest.raises(ValueError, match="line 2") as error:
        keyring.parse(f"{key.line}b sha256 {key.secret.hex()[:-1]}\n")
    assert key.secret.hex()[:20] not in str(error.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "there is no key in it"),
        ("# nothing\n", "there is no key in it"),
        (f"a sha256 {'0' * 64}\na sha256 {'1' * 64}\n", "two keys named a"),
        (f"a md5 {'0' * 64}\n", "“md5” is no algorithm of seals"),
    ],
)
def test_a_file_that_is_not_sound_stops_the_start(monkeypatch, tmp_path, text, said):
    path = tmp_path / "keys"
    path.write_text(text)
    monkeypatch.setenv("NAME", str(path))
    with pytest.raises(ImproperlyConfigured, match=said):
        environment.seal_keys_file("NAME")


def test_a_file_that_is_not_there_stops_the_start(monkeypatch, tmp_path):
    monkeypatch.setenv("NAME", str(tmp_path / "keys"))
    with pytest.raises(ImproperlyConfigured, match=r"keys can't be read"):
        environment.seal_keys_file("NAME")
    monkeypatch.delenv("NAME")
    assert environment.seal_keys_file("NAME") is None


def test_an_algorithm_that_the_machine_lacks_is_refused_in_words(monkeypatch):
    monkeypatch.setattr(keyring.hashlib, "algorithms_available", {"sha256"})
    with pytest.raises(ValueError, match="this machine's OpenSSL has no sm3"):
        keyring.parse(f"a sm3 {'0' * 64}\n")


def test_keys_that_were_read_go_on_while_their_file_is_away(keys):
    path = keys("a")
    write()
    path.unlink()
    write()
    assert entry(2).seal_key == "a"


def test_the_set_up_makes_a_key_without_django():
    words = [sys.executable, "-S", "-m", "riskcontrol.keyring", "sm3"]
    done = subprocess.run(words, capture_output=True, check=True, cwd=settings.BASE_DIR)
    (key,) = keyring.parse(done.stdout.decode())
    assert key.algorithm == "sm3"


# ---- the command -------------------------------------------------------------------------------------------------


def test_the_keys_are_copied_for_the_safe_and_never_shown(keys, tmp_path):
    path, target = keys("a", "b"), tmp_path / "copy"
    assert "a、b" not in command("--export", str(target))
    assert target.stat().st_mode & 0o777 == 0o600
    assert keyring.parse(target.read_text()) == keyring.parse(path.read_text())
    said = AuditEntry.objects.get(action=SystemVerb.SEAL_EXPORT)
    assert said.detail["密钥"] == ["a", "b"]
    shown = command()
    assert shown.splitlines() == ["封签已核对：第 1 条起，密钥 b。", "a sha256", "b sha256"]
    with pytest.raises(CommandError, match="没有存成"):
        command("--export", str(target))


def test_what_can_not_be_done_is_said(keys):
    with pytest.raises(CommandError, match="请写明理由"):
        command("--begin", " ")
    keys()
    with pytest.raises(CommandError, match="没有封签密钥：请先设置 SEAL_KEYS_FILE"):
        command("--begin", "理由")
    with pytest.raises(CommandError, match="没有封签密钥"):
        command("--export", str(Path("x")))
