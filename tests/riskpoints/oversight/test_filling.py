"""Filling a check in: what is missing, who overwrites whom, evidence."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from riskcontrol.models import AuditEntry
from riskpoints.models import Cycle
from riskpoints.models.table import FrozenError
from riskpoints.oversight.enums import CheckAct, Result, Seen, State
from riskpoints.oversight.models import CheckEvidence, CheckMeasure
from riskpoints.oversight.monitoring import acting, filling
from riskpoints.oversight.monitoring.filling import ChangedError, Found, Head, Typed
from riskpoints.oversight.monitoring.states import CheckError
from riskpoints.oversight.verbs import OversightVerb
from tests import scans
from tests.riskpoints.oversight.conftest import fill_in, measures, write


def words(sheet):
    sheet.refresh_from_db()
    return {one.measure.pk if one.measure else None: one.words for one in filling.missing(sheet)}


def test_what_was_found_is_saved_with_who_and_when(sheet, clerk):
    row = measures(sheet)[0]
    write(sheet, row, actor=clerk, result=Result.PARTLY, seen=Seen.SAMPLE, sampled=3, sampled_of=10, note=" 缺一份 ")
    row.refresh_from_db()
    assert (row.get_result_display(), row.seen_words, row.note) == ("部分落实", "抽查 3/10", "缺一份")
    assert (row.saved_by, row.saved_by_name, row.saved_at) == (clerk, "总务处填报员", timezone.now())
    (entry,) = AuditEntry.objects.of(OversightVerb.CHECK_FILL)
    assert list(entry.detail.values()) == [["", "部分落实；抽查 3/10；缺一份"]]


def test_saving_the_same_again_changes_nothing(sheet, clerk, head, on):
    row = measures(sheet)[0]
    first = filling.mark(filling.found(row))
    write(sheet, row, actor=clerk, result=Result.DONE)
    on(2, 11)
    write(sheet, row, actor=head, result=Result.DONE, as_seen="")
    filling.save(sheet, {row.pk: Typed(Found(Result.DONE), first)}, None, actor=head)  # sent twice
    row.refresh_from_db()
    assert row.saved_by == clerk
    assert AuditEntry.objects.of(OversightVerb.CHECK_FILL).count() == 1


@pytest.mark.parametrize(
    ("values", "missing"),
    [
        ({}, "请选择落实情况"),
        ({"result": Result.DONE}, "检查方式"),
        ({"result": Result.DONE, "seen": Seen.ASKING}, "证据"),
        ({"result": Result.DONE, "seen": Seen.ASKING, "no_evidence": "口头"}, ""),
        ({"result": Result.PARTLY, "seen": Seen.ASKING, "no_evidence": "口头"}, "写明发现的问题"),
        ({"result": Result.NOT_DONE, "seen": Seen.ASKING, "no_evidence": "口头"}, "写明发现的问题"),
        ({"result": Result.NOT_DONE, "seen": Seen.ASKING, "no_evidence": "口头", "note": "没有做"}, ""),
        ({"result": Result.NO_CASE}, "怎么核实"),
        ({"result": Result.NO_CASE, "note": "本季度没有采购"}, ""),
    ],
)
def test_a_first_level_measure_wants_all_of_it(sheet, clerk, values, missing):
    row = measures(sheet)[0]
    write(sheet, row, actor=clerk, **values)
    assert missing in words(sheet).get(row.pk, "")
    assert bool(missing) is (row.pk in words(sheet))


@pytest.mark.parametrize(
    ("values", "missing"),
    [
        ({}, "请选择落实情况"),
        ({"result": Result.DONE}, ""),
        ({"result": Result.NO_CASE}, ""),
        ({"result": Result.PARTLY}, "写明发现的问题"),
        ({"result": Result.NOT_DONE, "note": "没有做"}, ""),
    ],
)
def test_a_third_level_measure_wants_a_result_and_what_is_wrong(third, clerk, values, missing):
    row = measures(third)[0]
    write(third, row, actor=clerk, **values)
    assert missing in words(third).get(row.pk, "")
    assert bool(missing) is (row.pk in words(third))


def test_checker_and_recorder_are_asked_for(sheet, head):
    assert filling.head(sheet) == Head(head.real_name, head.real_name)  # whoever begins it, until it says otherwise
    filling.save(sheet, {}, Typed(Head(), filling.mark(filling.head(sheet))), actor=head)
    assert [one.words for one in filling.missing(type(sheet).objects.get(pk=sheet.pk))][:2] == [
        "请写明检查人。",
        "请写明记录人。",
    ]
    sheet.refresh_from_db()
    fill_in(sheet, actor=head, recorder="")
    assert [one.words for one in filling.missing(type(sheet).objects.get(pk=sheet.pk))] == ["请写明记录人。"]


def test_a_sheet_is_not_handed_in_before_it_is_filled_in(sheet, head):
    fill_in(sheet, actor=head)
    write(sheet, measures(sheet)[-1], actor=head)
    with pytest.raises(CheckError, match="还有 1 处没有填完"):
        acting.perform(CheckAct.SUBMIT, sheet, actor=head)
    sheet.refresh_from_db()
    assert sheet.state == State.FILLING


def test_two_who_write_about_the_same_measure_see_both(sheet, head, clerk):
    first, second = measures(sheet)[:2]
    seen = filling.mark(Found())
    write(sheet, first, actor=clerk, result=Result.DONE)
    sent = {
        first.pk: Typed(Found(Result.NOT_DONE, note="没有做"), seen),
        second.pk: Typed(Found(Result.DONE), seen),
    }
    with pytest.raises(ChangedError) as refused:
        filling.save(sheet, sent, None, actor=head)
    assert refused.value.rows == [first.pk]
    assert [row.result for row in measures(sheet)[:2]] == [Result.DONE, ""]


def test_two_who_share_the_page_do_not_overwrite_each_other(sheet, head, clerk):
    first, second = measures(sheet)[:2]
    seen = filling.mark(Found())
    write(sheet, first, actor=clerk, result=Result.DONE)
    untouched = {first.pk: Typed(Found(), seen), second.pk: Typed(Found(Result.NO_CASE), seen)}
    filling.save(sheet, untouched, None, actor=head)
    assert [row.result for row in measures(sheet)[:2]] == [Result.DONE, Result.NO_CASE]


def test_the_head_of_the_sheet_is_held_the_same_way(sheet, head, clerk):
    old = filling.mark(filling.head(sheet))
    filling.save(sheet, {}, Typed(Head("甲", "乙", "好"), old), actor=clerk)
    with pytest.raises(ChangedError) as refused:
        filling.save(sheet, {}, Typed(Head("丙", "丁"), old), actor=head)
    assert refused.value.rows == [None]
    sheet.refresh_from_db()
    assert filling.head(sheet) == Head("甲", "乙", "好")


def test_measures_of_another_sheet_are_not_written(sheet, third, head):
    row = measures(third)[0]
    filling.save(sheet, {row.pk: Typed(Found(Result.DONE), filling.mark(Found()))}, None, actor=head)
    row.refresh_from_db()
    assert row.result == ""


def test_nobody_else_fills_it_in(sheet, people):
    row = measures(sheet)[0]
    for name, user in vars(people).items():
        if name not in ("head", "clerk"):
            with pytest.raises(PermissionDenied):
                write(sheet, row, actor=user, result=Result.DONE)
    with pytest.raises(PermissionDenied):
        filling.add_evidence(row, scans.PDF, "a.pdf", actor=people.other_head)
    assert not CheckEvidence.objects.exists()


def test_a_closed_year_and_a_closed_department_end_it(sheet, head, coming, department, on):
    row = measures(sheet)[0]
    type(department).objects.filter(pk=department.pk).update(active_to=timezone.localdate())
    on(2, 11)
    with pytest.raises(CheckError, match="已经撤并"):
        write(sheet, row, actor=head, result=Result.DONE)
    type(department).objects.filter(pk=department.pk).update(active_to=None)
    Cycle.objects.filter(pk=coming.pk).update(closed_at=timezone.now())
    with pytest.raises(CheckError, match="已经关闭"):
        write(sheet, row, actor=head, result=Result.DONE)


def test_evidence_is_added_once_and_may_be_taken_away(sheet, head):
    row = measures(sheet)[0]
    write(sheet, row, actor=head, result=Result.DONE, seen=Seen.PAPERS)
    kept = filling.add_evidence(row, scans.PDF, "入库单.jpg", actor=head)
    assert filling.add_evidence(row, scans.PDF, "又一次.pdf", actor=head) == kept
    assert (kept.name, kept.suffix, row.evidence.count()) == ("入库单.pdf", "pdf", 1)
    assert row.pk not in words(sheet)
    filling.remove_evidence(kept, actor=head)
    assert "证据" in words(sheet)[row.pk]
    with pytest.raises(CheckError):
        filling.remove_evidence(kept, actor=head)
    verbs = [OversightVerb.CHECK_EVIDENCE, OversightVerb.CHECK_EVIDENCE_REMOVE]
    assert [AuditEntry.objects.of(verb).count() for verb in verbs] == [1, 1]


def test_what_is_no_file_is_refused(sheet, head, monkeypatch):
    row = measures(sheet)[0]
    with pytest.raises(ValidationError):
        filling.add_evidence(row, b"MZ\x00", "a.pdf", actor=head)
    monkeypatch.setattr(filling, "MOST_FILES", 0)
    with pytest.raises(ValidationError, match="最多"):
        filling.add_evidence(row, scans.PDF, "a.pdf", actor=head)


@pytest.fixture
def handed_in(sheet, head):
    row = measures(sheet)[0]
    fill_in(sheet, actor=head)
    filling.add_evidence(row, scans.PDF, "a.pdf", actor=head)
    return acting.perform(CheckAct.SUBMIT, sheet, actor=head)


def test_what_was_handed_in_stays(handed_in, head):
    row = measures(handed_in)[0]
    for write_it in (
        lambda: CheckMeasure.objects.update(note="x"),
        lambda: CheckMeasure.objects.all().delete(),
        lambda: CheckEvidence.objects.all().delete(),
        row.save,
        row.delete,
        row.evidence.get().delete,
    ):
        with pytest.raises(FrozenError):
            write_it()
    with pytest.raises(CheckError, match="已提交"):
        write(handed_in, row, actor=head, result=Result.NO_CASE)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE oversight_checkmeasure SET note = 'x'",
        "UPDATE oversight_checkevidence SET name = 'x'",
        "UPDATE oversight_checkentry SET text = 'x'",
        "INSERT INTO oversight_checkevidence (measure_id, file_id, name, suffix, added_by_id, added_by_name, added_at)"
        " SELECT MAX(measure_id), file_id, 'x', 'pdf', added_by_id, '', added_at FROM oversight_checkevidence"
        " GROUP BY file_id, added_by_id, added_at",
    ],
)
def test_the_database_refuses_it_as_well(handed_in, statement):
    with pytest.raises(IntegrityError, match="不能"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_sample_says_how_many(sheet, head):
    row = measures(sheet)[0]
    for wrong in ({"seen": Seen.SAMPLE}, {"seen": Seen.SAMPLE, "sampled": 3, "sampled_of": 2}, {"sampled": 1}):
        with pytest.raises(ValidationError):
            write(sheet, row, actor=head, result=Result.DONE, **wrong)


@pytest.fixture
def twins(sheet):
    """Return one measure at two points of the sheet."""
    first = measures(sheet)[0]
    second = next(row for row in measures(sheet) if row.line_id != first.line_id)
    CheckMeasure.objects.filter(pk=second.pk).update(identity=first.identity)
    return first, CheckMeasure.objects.select_related("line__sheet").get(pk=second.pk)


def test_the_same_measure_at_several_points_is_filled_in_once(sheet, twins, head, clerk):
    first, second = twins
    write(sheet, first, actor=head, result=Result.DONE, seen=Seen.PAPERS)
    second.refresh_from_db()
    assert (second.result, second.seen, second.saved_by) == (Result.DONE, Seen.PAPERS, head)
    # Its evidence counts at each of them.
    filling.add_evidence(first, scans.PDF, "台账.pdf", actor=head)
    assert not {first.pk, second.pk} & set(words(sheet))
    # What was found otherwise at one of them stays, whatever is found at the other.
    write(sheet, second, actor=clerk, result=Result.PARTLY, seen=Seen.ASKING, note="缺一份", no_evidence="无")
    write(sheet, first, actor=head, result=Result.NO_CASE, note="没有采购")
    second.refresh_from_db()
    first.refresh_from_db()
    assert (first.result, second.result, second.saved_by) == (Result.NO_CASE, Result.PARTLY, clerk)


def test_the_page_folds_what_follows_and_says_so(client, sheet, twins, head):
    client.force_login(head)
    address = f"/checks/{sheet.pk}/"
    shown = [one for line in client.get(address).context["lines"] for one in line.measures]
    assert [one.row.pk for one in shown if one.is_folded and one.as_at] == [twins[1].pk]
    write(sheet, twins[1], actor=head, result=Result.NO_CASE, note="没有")
    body = client.get(address).content.decode()
    assert "与第 1 项是同一条措施" in body
    assert "结果随那里一并登记" not in body
