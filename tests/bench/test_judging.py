"""The judge of the fault runs finds each kind of damage that it is asked to count."""

from dataclasses import asdict

import pytest
from django.db import connection

from riskpoints.tables import editing
from tests.bench.judging import Attempt, judge

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(draft_version, head, clerk):
    """Return a draft with some saves made by two people, and what they remember of them."""
    saves = []

    def say(kind, row, outcome="saved", **values):
        saves.append(Attempt(values.pop("writer", "1001"), kind, draft_version.pk, row, outcome, **values))

    with editing.together():
        values = {"category": "process", "text": "新的风险点", "likelihood": 2, "harm": 2, "proposed_level": 2}
        new = editing.save_point(draft_version, values, actor=head)
        added = {"category": "process", "text": "新的措施"}
        measure = editing.save_measure(draft_version, added, points=[new], actor=head)
    say("new", new.pk, text="新的风险点", measure="新的措施")
    for number, writer in enumerate((head, clerk)):
        text = f"第{number + 1}次说法"
        editing.save_point(draft_version, {"text": text}, point=new, lock=number, actor=writer)
        say("point", new.pk, text=text, lock=number, writer=writer.staff_number)
    editing.save_measure(draft_version, {"text": "改过的措施"}, points=[new], measure=measure, lock=0, actor=clerk)
    say("measure", measure.pk, text="改过的措施", lock=0, writer="1002")
    editing.save_head(draft_version, {"duties": "改过的职责"}, actor=clerk)
    say("head", draft_version.pk, text="改过的职责", writer="1002")
    gone = draft_version.points.order_by("pk").first()
    editing.remove_row(gone, actor=head)
    say("remove", gone.pk)
    say("new", None, outcome="unknown", text="没有得到答复", measure="没有得到答复的措施")
    return draft_version, new, measure, gone, saves


def judged(saves):
    return judge([asdict(save) for save in saves])


def sql(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_a_whole_database_has_no_fault(made):
    saves = made[-1]
    assert judged(saves) == {
        "acknowledged": 6,
        "unanswered": 1,
        "unanswered_saved": 0,
        "resent": 0,
        "lost": [],
        "doubled": [],
        "torn": [],
        "chain": [],
    }


def test_a_save_without_an_answer_may_have_been_made(made, head):
    version, new, *_, saves = made
    editing.save_point(version, {"text": "没有得到答复的说法"}, point=new, lock=2, actor=head)
    maybe = Attempt("1001", "point", version.pk, new.pk, "unknown", text="没有得到答复的说法", lock=2)
    verdict = judged([*saves, maybe])
    assert (verdict["unanswered"], verdict["unanswered_saved"]) == (2, 1)
    assert verdict["lost"] == verdict["torn"] == []


def test_an_acknowledged_change_that_was_never_made_is_lost(made):
    version, new, *_, saves = made
    never = Attempt("1001", "point", version.pk, new.pk, "saved", text="从未保存", lock=2)
    (line,) = judged([*saves, never])["lost"]
    assert line == f"point {new.pk} of 1001, 从未保存: not in the trail; the row went back from 3 to 2"


def test_an_acknowledged_new_row_that_was_never_made_is_lost(made):
    version, *_, saves = made
    never = Attempt("1001", "new", version.pk, 10**6, "saved", text="从未有过", measure="从未有过的措施")
    (line,) = judged([*saves, never])["lost"]
    assert line.endswith("not in the trail; the row is gone; its measure is not in the trail")


def test_a_removal_that_came_to_nothing_is_lost(made):
    version, new, *_, saves = made
    never = Attempt("1001", "remove", version.pk, new.pk, "saved")
    (line,) = judged([*saves, never])["lost"]
    assert line.endswith("the removal is not in the trail; removed and there again")


def test_a_row_that_was_put_back_is_lost_and_torn(made):
    _, new, *_, saves = made
    sql("UPDATE riskpoints_riskpoint SET text = %s, lock = 1 WHERE id = %s", "第1次说法", new.pk)
    verdict = judged(saves)
    assert [line.rpartition(": ")[2] for line in verdict["lost"]] == ["the row went back from 2 to 1"]
    assert f"point {new.pk} differs from its last entry" in verdict["torn"]
    assert f"point {new.pk} was changed 1 times and has 2 entries" in verdict["torn"]


def test_another_text_in_the_row_is_lost(made):
    _, new, *_, saves = made
    sql("UPDATE riskpoints_riskpoint SET text = %s WHERE id = %s", "别人的话", new.pk)
    verdict = judged(saves)
    assert [line.rpartition(": ")[2] for line in verdict["lost"]] == ["the row says something else"]


def test_a_row_without_its_entries_is_torn(made):
    _, new, *_, saves = made
    key = str(new.pk)
    sql("DELETE FROM riskcontrol_auditentry WHERE object_type = 'riskpoints.riskpoint' AND object_id = %s", key)
    verdict = judged(saves)
    assert f"point {new.pk} is there without an entry" in verdict["torn"]
    assert verdict["chain"] != []
    assert any(line.startswith("versions count ") for line in verdict["torn"])


def test_a_save_that_was_made_twice_is_counted(made, head):
    version, new, *_, saves = made
    values = {"category": "process", "text": new.text, "likelihood": 2, "harm": 2, "proposed_level": 2}
    editing.save_point(version, values | {"text": "第2次说法"}, actor=head)
    resent = Attempt("1001", "new", version.pk, None, "resent", text="第2次说法", measure="措施")
    verdict = judged([*saves, resent])
    assert verdict["resent"] == 1
    assert verdict["doubled"] == ["2 rows say: 第2次说法"]


def test_half_a_save_is_torn(made):
    _, new, measure, _, saves = made
    sql("DELETE FROM riskpoints_measure_points WHERE measure_id = %s", measure.pk)
    sql("DELETE FROM riskpoints_measure WHERE id = %s", measure.pk)
    key = str(measure.pk)
    sql("DELETE FROM riskcontrol_auditentry WHERE object_type = 'riskpoints.measure' AND object_id = %s", key)
    verdict = judged(saves)
    assert "half saved: 新的风险点" in verdict["torn"]
    assert f"point {new.pk} has no measure" in verdict["torn"]


def test_an_entry_without_its_row_is_torn(made):
    *_, measure, _, saves = made
    sql("DELETE FROM riskpoints_measure_points WHERE measure_id = %s", measure.pk)
    sql("DELETE FROM riskpoints_measure WHERE id = %s", measure.pk)
    assert f"measure {measure.pk} is written down and not there" in judged(saves)["torn"]


def test_a_measure_in_another_category_than_its_point_is_torn(made):
    _, new, measure, _, saves = made
    sql("UPDATE riskpoints_measure SET category = 'duty' WHERE id = %s", measure.pk)
    line = f"measure {measure.pk} answers point {new.pk} of another version or category"
    assert judged(saves)["torn"] == [line]


def test_a_writer_who_is_no_author_is_torn(made, clerk):
    version, *_, saves = made
    version.authors.remove(clerk)
    assert judged(saves)["torn"] == ["1002 wrote and is no author"]


def test_a_broken_chain_is_counted(made):
    saves = made[-1]
    sql("UPDATE riskcontrol_audithead SET hash = %s", "0" * 64)
    assert len(judged(saves)["chain"]) == 1
