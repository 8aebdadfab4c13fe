"""What waits for the office besides single opinions: those set aside, and objections for the school's next revision."""

import pytest

from riskpoints.enums import Action, Status
from riskpoints.participation import menu, opinions
from riskpoints.participation.enums import Outcome, Quarantine
from riskpoints.participation.models import Feedback
from riskpoints.tables import starting, workflow
from tests.factories import bring_to, paper_signature, publish_for


def titles(user, verb):
    return [task.title for task in menu.tasks(user) if task.verb == verb]


@pytest.fixture
def deferred(school, school_table, people):
    """Return an objection to the school's table under publicity, put off until its next revision."""
    publish_for(1)
    version = bring_to(Status.REVIEWED, school_table, people)
    opinion = opinions.send_feedback(version, text="招生没有写")
    worded = {"text": "请写招生"}
    opinions.answer_feedback(opinion, outcome=Outcome.OBJECTED, answer="已送", worded=worded, actor=people.office)
    reviewer = people.reviewer
    return opinions.decide_objection(opinion.objection, state="deferred", reason="明年写", actor=reviewer)


def test_an_objection_to_the_school_s_table_waits_until_its_revision_is_begun(deferred, people):
    assert titles(people.office, "修订学校表") == ["公示期间对学校防控表的异议，列入下次修订"]
    assert titles(people.second_office, "修订学校表") != []
    assert titles(people.reviewer, "修订学校表") == titles(people.principal, "修订学校表") == []
    (task,) = [task for task in menu.tasks(people.office) if task.verb == "修订学校表"]
    assert (task.note, task.since) == ("请写招生", deferred.decided_at)


def test_it_is_done_when_the_next_version_is_begun(deferred, people):
    version = deferred.feedback.version
    type(version).objects.filter(pk=version.pk).update(publish_from=None, publish_until=None)
    in_force = put_in_force(version, people)
    assert titles(people.office, "修订学校表") != []
    starting.open_revision(in_force, reason="补上招生", actor=people.office)
    assert titles(people.office, "修订学校表") == []


def put_in_force(version, people):
    version.refresh_from_db()
    return workflow.perform(Action.CONFIRM, version, actor=people.second_office, signature=paper_signature())


def test_what_was_set_aside_is_one_task(confirmed_version, people):
    assert titles(people.office, "查看搁置的意见") == []
    for number in range(3):
        opinions.send_feedback(confirmed_version, text=f"意见{number}", is_flood=number > 0)
    assert titles(people.office, "查看搁置的意见") == ["2 条意见已搁置，等待查看"]
    assert titles(people.reviewer, "查看搁置的意见") == []
    assert len(titles(people.office, "答复意见")) == 1
    chosen = Feedback.objects.filter(quarantine=Quarantine.SOURCE).values_list("pk", flat=True)
    opinions.close_unrelated(list(chosen), "重复", actor=people.office)
    assert titles(people.office, "查看搁置的意见") == []
