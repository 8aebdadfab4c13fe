"""The audit trail: what an entry holds, that it can't be changed, and that a change past the program is found."""

import datetime
import threading
import uuid
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, connection, transaction

from departments.models import Department
from departments.verbs import OrganisationVerb
from riskcontrol import audit
from riskcontrol.audit import GENESIS, ChainFault, Head, record, stored_head, verify_chain, verify_entries
from riskcontrol.models import AppendOnlyQuerySet, AppendOnlyRow, AuditEntry, AuditHead
from riskcontrol.verbs import SystemVerb
from tests.factories import make_department
from tests.riskcontrol.trails import without_salts

MISSING = "应为第 {} 条，中间有缺失或顺序有变"
UNLINKED = "与前一条不相连"
CHANGED = "内容与校验值不符"
CUT = "链首与最后一条不符，末尾可能被截去"
OTHER_HEAD = "与以前印出的链首不符"
LOST_HEAD = "以前印出的链首在记录里找不到，末尾被截去"


@pytest.fixture
def trail(without_triggers, head):
    """Return six entries in a database whose triggers are out of the way, as for somebody who is at its files."""
    for number in range(1, 7):
        record(SystemVerb.LOGIN, actor=head, label=f"对象{number}", detail={"序号": number}, address="10.0.0.1")
    assert list(verify_chain()) == []
    return list(AuditEntry.objects.all())


def run(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def change(number, /, **columns):
    """Change columns of one entry by SQL."""
    assignments = ", ".join(f"{name} = %s" for name in columns)
    run(f"UPDATE riskcontrol_auditentry SET {assignments} WHERE number = %s", *columns.values(), number)  # noqa: S608


def remove(*numbers):
    for number in numbers:
        run("DELETE FROM riskcontrol_auditentry WHERE number = %s", number)


def faults(**values):
    """Return what is wrong with the open chain; the seals beside it are tried in test_seals.py."""
    entries = AuditEntry.objects.order_by("number")
    return [(fault.number, fault.reason) for fault in verify_entries(entries, head=stored_head(), **values)]


# ---- what an entry holds -----------------------------------------------------------------------------------------


def test_an_entry_says_who_did_what_to_what_when_from_where(head, department, time_machine):
    now = datetime.datetime(2026, 11, 20, 8, 30, 1, 234567, tzinfo=ZoneInfo("Asia/Shanghai"))
    time_machine.move_to(now, tick=False)
    record(
        OrganisationVerb.DEPARTMENT_CHANGE,
        actor=head,
        target=department,
        detail={"name": ["旧", "新"]},
        address="10.1.2.3",
    )
    entry = AuditEntry.objects.get()
    assert (entry.number, entry.at, entry.action, entry.succeeded) == (1, now, OrganisationVerb.DEPARTMENT_CHANGE, True)
    assert (entry.actor_number, entry.actor_name) == ("1001", "总务处负责人")
    assert (entry.object_type, entry.object_id, entry.object_label) == (
        "departments.department",
        str(department.pk),
        "总务处",
    )
    assert (entry.detail, entry.address, entry.previous_hash) == ({"name": ["旧", "新"]}, "10.1.2.3", GENESIS)
    assert stored_head() == Head(1, entry.hash)


@pytest.mark.parametrize("actor", [None, AnonymousUser()])
def test_an_entry_may_have_no_actor_and_no_target(db, actor):
    entry = record(SystemVerb.LOGIN_FAILED, actor=actor, label="工号 1001", succeeded=False)
    assert (entry.actor_number, entry.actor_name, entry.object_type, entry.object_id) == ("", "", "", "")
    assert (entry.object_label, entry.succeeded, entry.detail, entry.address) == ("工号 1001", False, {}, None)
    assert record(SystemVerb.LOGIN).object_label == ""
    assert faults() == []


def test_the_address_of_the_request_is_taken_unless_one_is_given(db):
    token = audit.current_address.set("10.9.9.9")
    try:
        assert record(SystemVerb.LOGIN).address == "10.9.9.9"
        assert record(SystemVerb.LOGIN, address="10.1.1.1").address == "10.1.1.1"
    finally:
        audit.current_address.reset(token)
    assert record(SystemVerb.LOGIN).address is None
    assert faults() == []


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("2001:DB8:0:0:0:0:0:1", "2001:db8::1"),
        ("2001:db8::1", "2001:db8::1"),
        ("::ffff:10.0.0.1", "::ffff:10.0.0.1"),
        ("::1", "::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("", None),
        ("unix:", None),
        ("not an address", None),
    ],
)
def test_any_address_is_stored_as_it_is_hashed(db, given, stored):
    record(SystemVerb.LOGIN, address=given)
    assert AuditEntry.objects.get().address == stored
    assert faults() == []


def test_names_are_kept_when_what_they_name_is_renamed(head, department):
    record(OrganisationVerb.DEPARTMENT_CHANGE, actor=head, target=department)
    head.real_name, department.name = "别的姓名", "别的部门"
    head.save()
    department.save()
    entry = AuditEntry.objects.get()
    assert (entry.actor_name, entry.object_label) == ("总务处负责人", "总务处")
    assert faults() == []


def test_a_long_label_is_cut(db):
    record(SystemVerb.LOGIN, label="字" * 300)
    assert AuditEntry.objects.get().object_label == "字" * 255
    assert faults() == []


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (datetime.date(2026, 11, 20), "2026-11-20"),
        (datetime.datetime(2026, 11, 20, 8, tzinfo=ZoneInfo("Asia/Shanghai")), "2026-11-20T00:00:00.000000+00:00"),
        (uuid.UUID(int=7), "00000000-0000-0000-0000-000000000007"),
        (Decimal("1.50"), "1.50"),
        ([True, None, 1, "字", {"b": 1, "a": 2}], [True, None, 1, "字", {"a": 2, "b": 1}]),
        ({7: "数字键"}, {"7": "数字键"}),
        ("cafe\u0301", "café"),
        ("𠮷堃\n“引号”\\", "𠮷堃\n“引号”\\"),
        (10**20, 10**20),
    ],
)
def test_details_are_stored_as_they_are_hashed(db, value, stored):
    record(SystemVerb.LOGIN, detail={"值": value})
    assert AuditEntry.objects.get().detail == {"值": stored}
    assert faults() == []


def test_names_in_another_unicode_form_are_verified(db):
    record(SystemVerb.LOGIN, label="cafe\u0301", detail={"cafe\u0301": 1})
    assert faults() == []


# ---- the chain ---------------------------------------------------------------------------------------------------


def test_entries_are_numbered_and_chained(trail):
    assert [entry.number for entry in trail] == [1, 2, 3, 4, 5, 6]
    assert [entry.previous_hash for entry in trail] == [GENESIS, *(entry.hash for entry in trail[:-1])]
    assert len({entry.hash for entry in trail}) == 6
    assert stored_head() == Head(6, trail[-1].hash)


def test_an_empty_trail_is_whole(db):
    assert (faults(), stored_head()) == ([], Head(0, GENESIS))


def test_the_hash_is_the_same_on_every_database(db, time_machine):
    time_machine.move_to(datetime.datetime(2026, 11, 20, 0, 0, 0, 5, tzinfo=datetime.UTC), tick=False)
    entry = record(SystemVerb.LOGIN, label="对象", detail={"b": ["旧", None], "a": 1}, address="2001:db8::1")
    entry.action = "修改"  # as entries were written before there were keys
    entry.salt = "0123456789abcdef0123456789abcdef"
    assert audit.sha256(audit.canonical_json(audit.entry_content(entry))) == (
        "ac112fee594d79dfbeb893dba16fcfb0c4552cfd8cfdcaeda36e8bcfeb49e4d0"
    )
    entry.salt = ""  # as entries were written before there were salts
    assert audit.sha256(audit.canonical_json(audit.entry_content(entry))) == (
        "310049b638d7420139863fae51a569d9251f625627c4f7c6d1c8560c3ddf99d1"
    )
    assert faults() == []


def test_what_is_rolled_back_leaves_no_entry(db):
    record(SystemVerb.LOGIN)

    def fail():
        with transaction.atomic():
            make_department("不会有的部门")
            record(SystemVerb.LOGIN)
            raise ValueError("undo")

    with pytest.raises(ValueError, match="undo"):
        fail()
    assert [entry.action for entry in AuditEntry.objects.all()] == [SystemVerb.LOGIN]
    assert not Department.objects.exists()
    record(SystemVerb.LOGIN)
    assert [entry.number for entry in AuditEntry.objects.all()] == [1, 2]
    assert faults() == []


@pytest.mark.django_db(transaction=True)
def test_entries_of_parallel_transactions_follow_one_another():
    count, each = 6, 5
    gate = threading.Barrier(count, timeout=30)
    errors = []

    def write(number):
        try:
            gate.wait()
            for _ in range(each):
                with transaction.atomic():
                    record(SystemVerb.LOGIN)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=[number]) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert errors == []
    assert [entry.number for entry in AuditEntry.objects.all()] == list(range(1, count * each + 1))
    assert faults() == []


# ---- tampering ---------------------------------------------------------------------------------------------------

# Every column but the key, with another value: a new column fails here until it is covered by the hash.
OTHERWISE = {
    "at": "2020-01-01 00:00:00+00:00",
    "actor_number": "9999",
    "actor_name": "别人",
    "action": "别的事项",
    "succeeded": False,
    "object_type": "departments.user",
    "object_id": "77",
    "object_label": "别的对象",
    "detail": '{"序号": 7}',
    "address": "10.0.0.2",
    "salt": "0" * 32,
}
LINKS = {"number", "previous_hash", "hash"}


def test_every_column_is_tried():
    columns = {field.column for field in AuditEntry._meta.concrete_fields}
    assert columns == {"id", "seal", "seal_key", "marks"} | LINKS | set(OTHERWISE)  # the seal's: test_seals.py


@pytest.mark.parametrize("column", OTHERWISE)
@pytest.mark.parametrize("number", [1, 3, 6])
def test_a_changed_column_is_found(trail, column, number):
    change(number, **{column: OTHERWISE[column]})
    assert faults() == [(number, CHANGED)]


def test_a_number_out_of_line_is_found(trail):
    change(6, number=9)
    assert faults() == [(9, MISSING.format(6)), (9, CHANGED), (9, CUT)]


def test_a_changed_link_is_found(trail):
    change(3, previous_hash="0" * 64)
    assert faults() == [(3, UNLINKED), (3, CHANGED)]


def test_a_changed_hash_is_found(trail):
    change(3, hash="1" * 64)
    assert faults() == [(3, CHANGED), (4, UNLINKED)]


def test_a_change_with_its_hash_made_to_fit_is_found_at_the_next_entry(trail):
    rewrite(trail[2], "改写的事项")
    assert faults() == [(4, UNLINKED)]


def rewrite(entry, action):
    """Change an entry and give it a hash that fits, as somebody who read the source would."""
    entry.action = action
    entry.hash = audit.sha256(audit.canonical_json(audit.entry_content(entry)))
    change(entry.number, action=entry.action, hash=entry.hash)


def test_a_changed_last_entry_with_its_hash_made_to_fit_is_found_at_the_head(trail):
    rewrite(trail[5], "改写的事项")
    assert faults() == [(6, CUT)]


def test_a_rewritten_trail_with_its_head_is_found_by_a_printed_head(trail):
    printed = stored_head()
    rewrite(trail[5], "改写的事项")
    AuditHead.objects.update(hash=trail[5].hash)
    assert faults() == []  # nothing inside the database can tell
    assert faults(printed=[printed]) == [(6, OTHER_HEAD)]


@pytest.mark.parametrize(
    ("numbers", "found"),
    [
        ([1], [(2, MISSING.format(1)), (2, UNLINKED)]),
        ([3], [(4, MISSING.format(3)), (4, UNLINKED)]),
        ([3, 4], [(5, MISSING.format(3)), (5, UNLINKED)]),
        ([6], [(5, CUT)]),
        ([4, 5, 6], [(3, CUT)]),
        ([1, 2, 3, 4, 5, 6], [(0, CUT)]),
    ],
)
def test_a_removed_entry_is_found(trail, numbers, found):
    remove(*numbers)
    assert faults() == found


def test_a_cut_tail_with_its_head_is_found_by_a_printed_head(trail):
    printed = stored_head()
    remove(5, 6)
    AuditHead.objects.update(number=4, hash=trail[3].hash)
    assert faults() == []
    assert faults(printed=[printed, Head(2, trail[1].hash)]) == [(6, LOST_HEAD)]


def test_a_trail_and_a_head_that_are_gone_are_found_by_a_printed_head(trail):
    printed = stored_head()
    remove(1, 2, 3, 4, 5, 6)
    AuditHead.objects.all().delete()
    assert (faults(), faults(printed=[printed])) == ([], [(6, LOST_HEAD)])


def test_printed_heads_of_a_whole_trail_are_found_in_it(trail):
    heads = [Head(entry.number, entry.hash) for entry in trail]
    assert faults(printed=[Head(0, GENESIS), *heads]) == []


def test_two_entries_that_changed_places_are_found(trail):
    change(3, number=99)
    change(4, number=3)
    change(99, number=4)
    assert faults() == [(3, UNLINKED), (3, CHANGED), (4, UNLINKED), (4, CHANGED), (5, UNLINKED)]


def test_an_entry_put_at_the_end_is_found(trail):
    forged = AuditEntry(number=7, at=trail[0].at, action="伪造", previous_hash=trail[5].hash)
    forged.hash = audit.sha256(audit.canonical_json(audit.entry_content(forged)))
    forged.save()
    assert faults() == [(7, CUT)]


def test_the_trail_goes_on_after_a_fault_and_keeps_showing_it(trail):
    change(2, action="改写")
    record(SystemVerb.LOGIN)
    assert faults() == [(2, CHANGED)]
    assert list(verify_chain()) == [ChainFault(2, CHANGED)]  # its own hash is sealed as it was


@pytest.mark.parametrize("values", [{"number": 5}, {"hash": "2" * 64}])
def test_a_changed_head_is_found(trail, values):
    AuditHead.objects.update(**values)
    assert faults() == [(6, CUT)]


# ---- two kinds of entries ----------------------------------------------------------------------------------------


def test_a_trail_from_before_the_salts_stays_whole_and_goes_on(trail):
    without_salts(trail[:4])
    record(SystemVerb.LOGIN)
    assert faults() == []
    assert [bool(entry.salt) for entry in AuditEntry.objects.order_by("number")] == [False] * 4 + [True] * 3


@pytest.mark.parametrize("column", [*OTHERWISE])
@pytest.mark.parametrize("number", [2, 4])
def test_a_change_in_an_old_entry_is_found(trail, column, number):
    without_salts(trail[:4])
    change(number, **{column: OTHERWISE[column]})
    assert faults() == [(number, CHANGED)]


def test_an_entry_does_not_pass_for_one_of_the_other_kind(trail):
    change(3, salt="")
    assert faults() == [(3, CHANGED)]


def test_what_a_covered_entry_says_cannot_be_guessed(db):
    one, two = (audit.entry_content(record(SystemVerb.LOGIN, detail={"等级": 1})) for _ in range(2))
    assert set(one) == {"number", "previous_hash", "digest"}
    assert one["digest"] != two["digest"]
    assert len({entry.salt for entry in AuditEntry.objects.all()}) == 2
    assert {len(entry.salt) for entry in AuditEntry.objects.all()} == {32}


# ---- append only -------------------------------------------------------------------------------------------------


def test_the_models_refuse_every_change(db):
    record(SystemVerb.LOGIN, label="对象")
    entry = AuditEntry.objects.get()
    entry.action = "改写"
    writes = [
        entry.save,
        lambda: entry.save(update_fields=["action"]),
        entry.delete,
        lambda: AuditEntry.objects.update(action="改写"),
        lambda: AuditEntry.objects.filter(number=1).delete(),
        lambda: AuditEntry.objects.bulk_update([entry], ["action"]),
        lambda: AuditEntry.objects.bulk_create([AuditEntry(number=2, action="伪造", at=entry.at)]),
    ]
    for write in writes:
        with pytest.raises(TypeError, match="append-only"), transaction.atomic():
            write()
    assert [(row.number, row.action) for row in AuditEntry.objects.all()] == [(1, SystemVerb.LOGIN)]
    assert faults() == []


@pytest.mark.parametrize("column", [*OTHERWISE, *LINKS])
def test_the_database_refuses_every_change(db, column):
    record(SystemVerb.LOGIN, label="对象", address="10.0.0.1")
    value = OTHERWISE.get(column, 9 if column == "number" else "3" * 64)
    with pytest.raises(IntegrityError), transaction.atomic():
        change(1, **{column: value})
    assert faults() == []


# ---- the tools ---------------------------------------------------------------------------------------------------


def test_canonical_json_is_one_text_for_one_content():
    assert audit.canonical_json({"b": 1, "a": [None, True, "字", "e\u0301"]}) == '{"a":[null,true,"字","é"],"b":1}'
    assert audit.canonical_json({"a": 1, "b": 2}) == audit.canonical_json({"b": 2, "a": 1})


def test_changed_fields_gives_old_and_new_of_what_differs():
    before, after = {"甲": 1, "乙": 2, "丙": None}, {"乙": 3, "丙": None, "丁": ""}
    assert audit.changed_fields(before, after) == {"甲": [1, None], "乙": [2, 3], "丁": [None, ""]}
    assert audit.changed_fields(before, before) == {}


def test_field_values_gives_keys_of_related_rows(department, purchasing_post):
    assert audit.field_values(purchasing_post, "name", "department") == {
        "name": "采购员",
        "department": department.pk,
    }


def test_holding_the_trail_makes_its_head_where_there_is_none(db):
    AuditHead.objects.all().delete()
    with transaction.atomic():
        audit.hold()
    assert AuditHead.objects.get().number == 0


def test_whatever_is_written_once_stands_on_one_base():
    """Their guards were written ten times, each with its own gaps: one let rows be changed by an update."""
    guarded = {model for model in apps.get_models() if issubclass(model, AppendOnlyRow)}
    names = {model.__name__ for model in guarded}
    assert names >= {
        "AuditEntry", "StoredFile", "Notice", "NoticeAddress", "NoticeReceipt", "SchoolRule", "Decision",
        "RemarkAnswer", "MeetingDecision", "PostDecision", "SourceChoice", "RegulationFile", "PlanDecision",
        "ExecutionCheck", "CoAnswer",
    }  # fmt: skip
    for model in guarded:
        assert isinstance(model._default_manager.all(), AppendOnlyQuerySet), model
        for act in (lambda model=model: model(pk=1).save(), lambda model=model: model(pk=1).delete()):
            with pytest.raises(TypeError, match="append-only"):
                act()
