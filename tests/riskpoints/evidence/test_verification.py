"""Whatever is changed past the program is found."""

import random
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.urls import reverse

from riskcontrol import audit, seals
from riskcontrol.models import AuditEntry
from riskpoints.enums import Action, Status
from riskpoints.models import Decision, RiskPoint
from riskpoints.tables.workflow import perform
from tests.factories import assess_all, bring_to
from tests.riskpoints.evidence.forging import faults, run

TAMPERINGS = 1000


@pytest.fixture
def confirmed(settings, table, people):
    settings.KEPT_DOCUMENTS = ("xlsx",)
    return bring_to(Status.CONFIRMED, table, people)


@pytest.mark.parametrize("status", list(Status))
def test_a_register_written_by_the_program_is_whole(table, people, status):
    bring_to(status, table, people)
    assert faults() == []


FORGERIES = {
    "point text": "UPDATE riskpoints_riskpoint SET text = 'x' WHERE version_id = {version}",
    "point level": "UPDATE riskpoints_riskpoint SET confirmed_level = 3 WHERE version_id = {version}",
    "point removed": "DELETE FROM riskpoints_measure_points",
    "measure text": "UPDATE riskpoints_measure SET text = 'x' WHERE version_id = {version}",
    "duties": "UPDATE riskpoints_tableversion SET duties = 'x' WHERE id = {version}",
    "decision's snapshot": "UPDATE riskpoints_decision SET snapshot = '{{}}' WHERE version_id = {version}",
    "decision's hash": "UPDATE riskpoints_decision SET content_hash = 'x' WHERE version_id = {version}",
    "decision removed": "DELETE FROM riskpoints_decision WHERE version_id = {version} AND action = 'submit'",
    "kept file": "UPDATE riskcontrol_storedfile SET size = size, content = ''",
    "audit entry": "UPDATE riskcontrol_auditentry SET actor_name = 'x' WHERE number = 2",
    "audit entry removed": "DELETE FROM riskcontrol_auditentry WHERE number = 3",
    "audit tail cut": "DELETE FROM riskcontrol_auditentry WHERE number > 5",
}


@pytest.mark.parametrize("sql", FORGERIES.values(), ids=FORGERIES)
def test_a_forgery_by_sql_is_found(confirmed, without_triggers, sql):
    run(sql.format(version=confirmed.pk))
    assert faults() != []


def test_a_cut_tail_with_a_forged_head_is_found_by_the_printed_one(confirmed, without_triggers):
    printed = audit.stored_head()
    run("DELETE FROM riskcontrol_auditentry WHERE number > 5")
    last = AuditEntry.objects.order_by("-number").first()
    run("UPDATE riskcontrol_audithead SET number = %s, hash = %s, seal = %s", last.number, last.hash, last.seal)
    assert list(audit.verify_chain()) == []
    assert [fault.number for fault in audit.verify_chain(printed=[printed])] == [printed.number]


def test_missing_triggers_are_reported(confirmed, without_triggers):
    assert any("数据库保护" in fault for fault in faults())


def test_the_page_says_when_the_content_is_not_what_was_decided(client, confirmed, people, without_triggers):
    address = reverse("riskpoints:version", args=[confirmed.pk])
    client.force_login(people.head)
    assert "绕过系统改动" not in client.get(address).content.decode()
    run("UPDATE riskpoints_riskpoint SET text = 'x' WHERE version_id = %s", confirmed.pk)
    assert "绕过系统改动" in client.get(address).content.decode()


def test_a_review_under_way_is_no_forgery_but_another_text_is(submitted_version, people, without_triggers):
    assess_all(submitted_version, actor=people.reviewer)
    assert [fault for fault in faults() if "数据库保护" not in fault] == []
    run("UPDATE riskpoints_riskpoint SET text = 'x' WHERE version_id = %s", submitted_version.pk)
    assert any("现存内容与最后一次办理时的内容不一致" in fault for fault in faults())


def test_a_returned_draft_may_differ(client, table, people):
    version = bring_to(Status.REVIEWED, table, people)
    perform(Action.RETURN, version, actor=people.reviewer, comment="改")
    RiskPoint.objects.filter(version=version).update(text="改过")
    assert faults() == []


def test_the_command_prints_the_head_or_the_faults(confirmed, without_triggers):
    connection.cursor().execute("SELECT 1")
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit) as stopped:
        call_command("verify_register", stdout=out, stderr=err)
    assert stopped.value.code == 1
    assert "数据库保护" in err.getvalue()


def test_the_command_is_content_with_a_whole_register(confirmed):
    head = audit.stored_head()
    out = StringIO()
    call_command("verify_register", head=[head], stdout=out)
    (key,) = seals.held_keys()
    said = f"完好。封签已核对：第 1 条起，密钥 {key.name}。审计链首 {head.number}:{head.hash}\n"
    assert out.getvalue() == said


def test_without_a_key_the_command_says_that_no_seal_was_checked(confirmed, settings):
    settings.SEAL_KEYS_FILE = None
    out = StringIO()
    call_command("verify_register", stdout=out)
    assert "完好" not in out.getvalue()
    assert out.getvalue().startswith("没有发现不符。封签未检查：这里没有封签密钥")


def tampered(entries, head, rng):
    """Return one random forgery of a trail: a field, a deletion, a swap, or a cut tail with a head that fits it."""
    entries = [AuditEntry(**{f.attname: getattr(e, f.attname) for f in e._meta.concrete_fields}) for e in entries]
    kind = rng.choice(["field", "detail", "delete", "swap", "cut"])
    place = rng.randrange(len(entries))
    entry = entries[place]
    if kind == "field":
        name = rng.choice(
            ["actor_name", "actor_number", "action", "object_id", "object_label", "at", "succeeded", "hash"]
        )
        changed = {"at": entry.at.replace(year=2001), "succeeded": not entry.succeeded, "hash": "0" * 64}
        setattr(entry, name, changed.get(name, f"{getattr(entry, name)}x"))
    elif kind == "detail":
        entry.detail = {**entry.detail, "x": rng.random()}
    elif kind == "delete":
        del entries[place]
    elif kind == "swap":
        other = (place + rng.randrange(1, len(entries))) % len(entries)
        entries[place], entries[other] = entries[other], entries[place]
    else:
        entries = entries[: rng.randrange(1, len(entries))]
        head = audit.Head(entries[-1].number, entries[-1].hash)
    return entries, head


def test_every_one_of_a_thousand_random_tamperings_is_found(confirmed, people):
    entries, head = list(AuditEntry.objects.order_by("number")), audit.stored_head()
    assert list(audit.verify_entries(entries, head=head, printed=[head])) == []
    rng = random.Random(2011)  # noqa: S311 - repeatable, not secret
    found = sum(
        any(audit.verify_entries(forged, head=forged_head, printed=[head]))
        for forged, forged_head in (tampered(entries, head, rng) for _ in range(TAMPERINGS))
    )
    assert found == TAMPERINGS


def test_a_decision_moved_to_another_version_is_found(table, people, other_table, without_triggers):
    version = bring_to(Status.SUBMITTED, table, people)
    assess_all(version, actor=people.reviewer)
    other = bring_to(Status.SUBMITTED, other_table, people)
    run("UPDATE riskpoints_decision SET version_id = %s WHERE version_id = %s", other.pk, version.pk)
    assert Decision.objects.filter(version=other).count() == 2
    assert faults() != []
