"""One queue: who joins it, whose turn it is, what becomes of a file whose process died."""

import datetime

import pytest
from django.http import QueryDict
from django.utils import timezone

from riskcontrol.processes import detached
from riskpoints.exports import orders, queue, runner
from riskpoints.models import Export
from riskpoints.models.export import KEPT_FOR, ExportState
from tests.riskpoints.exports.conftest import silent_for


def states() -> list[str]:
    return [str(state) for state in Export.objects.order_by("pk").values_list("state", flat=True)]


def test_a_process_is_begun_for_the_first_only(ask, begun, people):
    ask(people.office)
    assert begun == ["make_exports"]
    queue.take_next()
    ask(people.head)
    assert begun == ["make_exports"]


def test_the_same_file_asked_for_again_is_the_same_place(ask, people):
    first = ask(people.office, query="level=1&page=1")
    assert ask(people.office, query="level=1&page=2") == first
    assert ask(people.office, query="level=2") != first
    assert ask(people.head, query="level=1") != first


def test_nobody_has_more_than_three_under_way(ask, people):
    for level in "123":
        ask(people.office, query=f"level={level}")
    with pytest.raises(orders.ExportError, match="您已有 3 份文件在排队或生成。请等一份完成，或先取消一份"):
        ask(people.office)
    ask(people.head)
    first = Export.objects.earliest("pk")
    assert queue.leave(first.pk, actor=people.head) is False
    assert queue.leave(first.pk, actor=people.office) is True
    ask(people.office)
    assert Export.objects.count() == 4


def test_turns_go_by_persons(ask, people):
    for level in "123":
        ask(people.office, query=f"level={level}")
    ask(people.head)
    ask(people.reviewer)
    served = []
    while (export := queue.take_next()) is not None:
        served.append(export.person.staff_number)
        runner.make(export)
    office, head, reviewer = (person.staff_number for person in (people.office, people.head, people.reviewer))
    assert served == [office, head, reviewer, office, office]


def test_one_is_made_at_a_time(ask, people):
    ask(people.office)
    ask(people.head)
    assert queue.take_next() is not None
    assert queue.take_next() is None
    assert states() == ["running", "waiting"]


def test_a_dead_process_is_told_and_the_next_begun_within_ten_seconds(ask, begun, people):
    """Six seconds without a sign of life; the page that waits looks every second or two."""
    export = ask(people.office)
    queue.take_next()
    begun.clear()
    silent_for(export, seconds=5)
    queue.tend()
    assert (states(), begun) == (["running"], [])
    silent_for(export, seconds=7)
    queue.tend()
    assert (states(), begun) == (["waiting"], ["make_exports"])
    queue.tend()
    assert begun == ["make_exports"]  # one process, however many look
    assert datetime.timedelta(seconds=11) >= queue.GONE + queue.STARTING


def test_a_file_that_ends_its_process_three_times_is_given_up(ask, people):
    export = ask(people.office)
    ask(people.head)
    for _ in range(queue.MOST_TRIES):
        Export.objects.filter(pk=export.pk).update(requested_at=timezone.now() - datetime.timedelta(minutes=1))
        Export.objects.exclude(pk=export.pk).update(started_at=timezone.now())
        assert queue.take_next() == export
        silent_for(export, seconds=7)
        queue.tend()
    export.refresh_from_db()
    assert (export.state, export.error) == (ExportState.FAILED, queue.BROKE)
    assert queue.take_next().person == people.head


def test_a_process_that_never_begins_is_tried_again_and_then_said(ask, begun, people):
    export = ask(people.office)
    begun.clear()
    silent_for(export, seconds=6)
    queue.tend()
    assert begun == ["make_exports"]
    Export.objects.update(requested_at=timezone.now() - queue.TOO_LONG - datetime.timedelta(seconds=1))
    queue.tend()
    export.refresh_from_db()
    assert (export.state, export.error) == (ExportState.FAILED, queue.NOT_STARTED)


def test_where_no_process_can_be_begun_the_place_in_the_queue_is_kept(ask, people, monkeypatch):
    def refused(*arguments, name):
        raise OSError("no memory")

    monkeypatch.setattr(detached, "start", refused)
    export = ask(people.office)
    silent_for(export, seconds=6)
    queue.tend()
    assert states() == ["waiting"]


def test_who_waits_long_behind_others_is_not_given_up(ask, people):
    ask(people.office)
    export = ask(people.head)
    runner.make(queue.take_next())
    Export.objects.filter(pk=export.pk).update(requested_at=timezone.now() - 2 * queue.TOO_LONG)
    queue.tend()
    export.refresh_from_db()
    assert export.state == ExportState.WAITING


def test_one_that_takes_too_long_is_given_up(ask, people):
    export = ask(people.office)
    queue.take_next()
    Export.objects.update(started_at=timezone.now() - queue.TOO_LONG - datetime.timedelta(seconds=1))
    queue.tend()
    export.refresh_from_db()
    assert (export.state, export.error) == (ExportState.FAILED, queue.TOOK_TOO_LONG)


def test_what_was_kept_long_enough_goes_away_with_its_pieces(ask, people):
    old, new = ask(people.office), ask(people.head)
    runner.run_queue()
    Export.objects.filter(pk=old.pk).update(finished_at=timezone.now() - KEPT_FOR - datetime.timedelta(seconds=1))
    queue.tend()
    assert list(Export.objects.all()) == [new]
    assert new.pieces.count() == 1


def test_the_same_filter_is_the_same_order_whatever_page_is_shown():
    asked = orders.register_asked("pdf", QueryDict("level=1&page=3&paper=a4"))
    assert asked == {"suffix": "pdf", "query": "level=1&paper=a4"}
