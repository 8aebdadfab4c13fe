"""逐条核对 lies in the archive of its year with who found what, without the words of the draft, and comes back."""

import pytest
from django.db import transaction

from riskpoints.archives import verifier
from riskpoints.archives.importing import import_archive
from riskpoints.content.content import load
from riskpoints.enums import Action, Scope, Status
from riskpoints.evidence.verification import verify_register
from riskpoints.models import ControlTable, WalkAnswer
from riskpoints.tables import editing, starting, walking, workflow
from tests.factories import assess_all, bring_to, make_cycle, paper_signature, walk_all
from tests.riskpoints.archives.packing import build, rows, unpacked

REASON, ON_THE_WAY = "业务已移交给后勤集团", "改到一半的说法"


def renew(table, people):
    """Put this year's table in force, gone through: one point kept, one reworded, one removed."""
    last = make_cycle(table.cycle.year - 1)
    owner = table.department
    bring_to(
        Status.CONFIRMED, ControlTable.objects.create(cycle=last, scope=Scope.DEPARTMENT, department=owner), people
    )
    draft = starting.start_table(table, actor=people.head)
    one, two = load(draft).points[:2]
    walking.change(one, ON_THE_WAY, lock=one.lock, actor=people.clerk)
    one.refresh_from_db()
    editing.save_point(draft, {"text": "最后的说法"}, point=one, actor=people.clerk)
    walking.drop(two, REASON, seen=walking.state_of(two, load(draft).measures_of(two)), actor=people.head)
    editing.declare_nil(draft, two.category, actor=people.head)
    walk_all(draft, actor=people.head)
    for post in load(draft).posts:
        if not draft.points.filter(post=post).exists():
            editing.exempt_post(draft, post, "不经手", actor=people.head)
    version = workflow.perform(Action.SUBMIT, draft, actor=people.head)
    assess_all(version, actor=people.reviewer)
    version = workflow.perform(Action.APPROVE, version, actor=people.reviewer)
    return workflow.perform(Action.CONFIRM, version, actor=people.office, signature=paper_signature())


def told():
    names = ("version", "point_identity", "kind", "author__staff_number", "author_name", "at")
    return list(WalkAnswer.objects.order_by("at", "id").values_list(*names))


@pytest.fixture
def elsewhere(request, tmp_path, db):
    """Return the archive of such a year and its answers, made in a database that is gone."""
    path = tmp_path / "档案.zip"
    with transaction.atomic():
        _, table, people = (request.getfixturevalue(name) for name in ("school", "table", "people"))
        version = renew(table, people)
        names = people.head.real_name, people.clerk.real_name
        build(version.table.cycle, path)
        answers, texts = told(), [point.text for point in load(version).points]
        transaction.set_rollback(True)
    return path, answers, texts, names


def test_the_archive_tells_who_found_what_and_is_read_back(elsewhere):
    path, answers, texts, (head, clerk) = elsewhere
    assert verifier.verify(path) == []
    files = unpacked(path)
    (name,) = [name for name in files if name.endswith("逐条核对.csv")]
    found = [(row["风险点"], row["核对结果"], row["核对人"]) for row in rows(files[name])]
    kept = [(text, "仍然适用", head) for text in texts[1:]]
    assert found == [("最后的说法", "修改", clerk), ("（不再列入本表）", "不再适用", head), *kept]
    everything = b"".join(files.values())
    assert REASON.encode() not in everything
    assert ON_THE_WAY.encode() not in everything
    import_archive(path)
    assert told() == answers
    assert list(verify_register()) == []
