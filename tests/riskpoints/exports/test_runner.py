"""Files made in the queue's own process: with the rights of their moment, and whatever happens to it."""

import hashlib
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings

from departments.enums import Role
from riskcontrol.paper.pdf import DocumentError
from riskpoints.exports import orders, queue, runner, shelf
from riskpoints.models import Export, ExportPiece
from riskpoints.models.export import ExportState
from tests.riskpoints.exports.conftest import silent_for

MANAGE = [sys.executable, str(Path(settings.BASE_DIR, "manage.py"))]


def content_of(export: Export) -> bytes:
    return b"".join(bytes(piece.content) for piece in export.pieces.order_by("place"))


def test_a_file_is_kept_in_pieces_with_its_sum(ask, record_table, people, monkeypatch):
    monkeypatch.setattr(runner, "PIECE_BYTES", 1000)
    record_table("甲处", 3)
    export = ask(people.office)
    assert runner.run_queue() == 1
    export.refresh_from_db()
    content = content_of(export)
    assert export.pieces.count() == -(-len(content) // 1000) > 1
    assert (export.state, export.size) == (ExportState.DONE, len(content))
    assert export.sha256 == hashlib.sha256(content).hexdigest()
    assert (export.done, export.total) == (3, 3)


def test_it_is_the_file_that_would_have_come_at_once(ask, record_table, people):
    record_table("甲处", 3)
    for suffix in ("xlsx", "pdf"):
        export = ask(people.office, suffix, "level=1")
        runner.run_queue()
        order = orders.read(orders.REGISTER, export.asked, people.office)
        assert content_of(export) == order.make(orders.silent).content


def test_rights_are_read_when_it_is_made(ask, secret_draft, people):
    """A draft of 总务处, asked for by its head who is not any more when his turn comes."""
    seen, not_seen = ask(people.head, query="standing=draft"), ask(people.clerk, query="standing=draft")
    people.clerk.grants.all().delete()
    people.clerk.grants.create(role=Role.OFFICE)
    runner.run_queue()
    for export in (seen, not_seen):
        export.refresh_from_db()
    assert seen.shown == {str(secret_draft.pk): True}
    assert (not_seen.state, not_seen.shown) == (ExportState.DONE, {})


@pytest.mark.parametrize("loss", ["disabled", "without a role"])
def test_who_may_not_any_more_gets_nothing(ask, people, loss):
    export = ask(people.office)
    if loss == "disabled":
        people.office.is_active = False
        people.office.save()
    else:
        people.office.grants.all().delete()
    runner.run_queue()
    export.refresh_from_db()
    assert (export.state, export.error) == (ExportState.FAILED, runner.NO_RIGHT)


def test_why_it_can_not_be_made_is_said_and_the_next_one_is(ask, people, monkeypatch):
    first, second, third = (ask(people.office, query=f"level={level}") for level in "123")
    read, broken = orders.read, iter([DocumentError("缺字。"), RuntimeError("secret words")])

    def breaks(*arguments):
        error = next(broken, None)
        if error:
            raise error
        return read(*arguments)

    monkeypatch.setattr(orders, "read", breaks)
    assert runner.run_queue() == 3
    found = dict(Export.objects.values_list("pk", "error"))
    assert found == {first.pk: "缺字。", second.pk: "程序出错（RuntimeError）。请联系管理员。", third.pk: ""}


def test_what_was_taken_back_meanwhile_is_thrown_away(ask, people, monkeypatch):
    export = ask(people.office)
    monkeypatch.setattr(runner, "_made", lambda taken: queue.leave(taken.pk, actor=people.office) and _some())
    assert runner.run_queue() == 1
    assert not Export.objects.filter(pk=export.pk).exists()
    assert not ExportPiece.objects.exists()


def _some():
    return orders.Order(name="a.xlsx", points=0, verb="", make=None, detail={}), orders.Made(b"x", {})


def test_a_process_that_was_taken_for_dead_throws_its_file_away(ask, people):
    """It was only slow; another took the file up."""
    ask(people.office)
    slow = queue.take_next()
    silent_for(slow, seconds=7)
    queue.tend()
    again = queue.take_next()
    assert (again.pk, again.tries) == (slow.pk, 2)
    runner.make(slow)
    again.refresh_from_db()
    assert (again.state, again.pieces.count()) == (ExportState.RUNNING, 0)


def test_a_server_that_is_shut_down_puts_it_back(ask, people, monkeypatch):
    export = ask(people.office)

    def stopped(taken):
        raise SystemExit(143)

    monkeypatch.setattr(runner, "_made", stopped)
    with pytest.raises(SystemExit):
        runner.run_queue()
    export.refresh_from_db()
    assert (export.state, export.tries) == (ExportState.WAITING, 0)


def test_only_the_last_ten_are_kept(ask, people, monkeypatch):
    monkeypatch.setattr(queue, "MOST_KEPT", 2)
    exports = []
    for level in "123":
        exports.append(ask(people.office, query=f"level={level}"))
        runner.run_queue()
    assert set(Export.objects.all()) == set(exports[1:])


@pytest.mark.django_db(transaction=True)
def test_a_killed_process_holds_up_the_next_one_for_less_than_ten_seconds(record_table, people):
    """Real processes on the committed database: the first is killed at its work, the second is begun by who looks."""
    record_table("甲处", 60)
    asked = {"suffix": "pdf", "query": ""}
    export = Export.objects.create(person=people.office, kind=orders.REGISTER, asked=asked, name="a.pdf")
    first = subprocess.Popen([*MANAGE, "make_exports"])
    wait_until(lambda: Export.objects.filter(pk=export.pk, state=ExportState.RUNNING).exists())
    first.kill()
    first.wait(timeout=30)
    begin = time.monotonic()
    wait_until(lambda: queue.tend() or Export.objects.filter(pk=export.pk, tries=2).exists())
    assert time.monotonic() - begin < 10
    wait_until(lambda: Export.objects.filter(pk=export.pk, state=ExportState.DONE).exists())
    with shelf.hand_out(shelf.finished(export.pk, people.office), actor=people.office) as stream:
        assert stream.read(8) == b"%PDF-1.7"


def wait_until(condition):
    """Look every half second, as a page does, for half a minute."""
    for _ in range(60):
        if condition():
            return
        time.sleep(0.5)
    raise AssertionError("It didn't happen in half a minute.")
