"""R55: a department that cooperates at a point sees that one point, answers, and is asked anew when it changes."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from departments.enums import Role
from departments.models import Notice
from riskcontrol.models import AuditEntry
from riskpoints.archives import verifier
from riskpoints.archives.importing import import_archive
from riskpoints.enums import Action, Status
from riskpoints.evidence.verification import verify_register
from riskpoints.models import RiskPoint, TableVersion
from riskpoints.participation import cooperation
from riskpoints.participation.enums import CoReply
from riskpoints.participation.models import CoAnswer
from riskpoints.participation.services import ParticipationError
from riskpoints.participation.verbs import ParticipationVerb
from riskpoints.tables import editing, starting, workflow
from riskpoints.years import closing
from tests.factories import assess_all, bring_to, make_department, make_user, paper_signature
from tests.pages import at, beside, text_of
from tests.riskpoints.archives.packing import build, rows, unpacked

INDEX = reverse("participation:cooperation")


def put_in_force(draft, people):
    version = workflow.perform(Action.SUBMIT, draft, actor=people.head)
    assess_all(version, actor=people.reviewer)
    version = workflow.perform(Action.APPROVE, version, actor=people.reviewer)
    version = workflow.perform(Action.CONFIRM, version, actor=people.office, signature=paper_signature())
    return TableVersion.objects.get(pk=version.pk)


@pytest.fixture
def shared(table, people, other_department):
    """Return 总务处's table in force, at whose first point 教务处 cooperates."""
    draft = bring_to(Status.DRAFT, table, people)
    editing.save_point(draft, {"co_departments": "教务处"}, point=draft.points.first(), actor=people.head)
    return put_in_force(draft, people)


@pytest.fixture
def line(shared, people):
    (found,) = cooperation.lines_for(people.other_head)
    return found


def say(line, people, reply=CoReply.NOTED, reason=""):
    return cooperation.answer(line, reply=reply, reason=reason, seen=line.asked.said, actor=people.other_head)


def address(line):
    return reverse("participation:co_point", args=[line.point.pk, line.department.pk])


def test_its_head_sees_that_point_and_answers(line, people, client):
    client.force_login(people.other_head)
    assert "由教务处配合" in text_of(client.get(reverse("riskpoints:inbox")))
    page = client.get(address(line))
    assert line.point.text in text_of(page)
    others = line.point.version.points.exclude(pk=line.point.pk)
    assert [point for point in others if point.text in text_of(page)] == []
    assert client.get(at(line.point.version)).status_code == 404  # not the table
    client.post(address(line), {"reply": "noted", "seen": line.asked.said})
    said = CoAnswer.objects.get()
    assert (said.department_name, said.reply, said.replied_by) == ("教务处", "noted", people.other_head)
    assert AuditEntry.objects.of(ParticipationVerb.CO_ANSWER).get().detail["答复"] == "知悉"
    assert "由教务处配合" not in text_of(client.get(reverse("riskpoints:inbox")))


def test_whoever_differs_says_why_and_the_others_are_told(line, people, client):
    client.force_login(people.other_head)
    refused = client.post(address(line), {"reply": "differs", "seen": line.asked.said})
    assert refused.status_code == 422
    assert beside(refused, "reason") == "请写明有什么不同意见。"
    client.post(address(line), {"reply": "differs", "reason": "时限太短", "seen": line.asked.said})
    assert "时限太短" in Notice.objects.get().text
    for who in ("head", "reviewer", "office"):
        client.force_login(getattr(people, who))
        assert "时限太短" in text_of(client.get(at(line.point.version))), who
        assert "教务处有不同意见" in text_of(client.get(at(line.point.version))), who
        assert "时限太短" in text_of(client.get(reverse("riskpoints:inbox"))), who
    for who in ("staff", "leader", "principal"):
        client.force_login(getattr(people, who))
        page = text_of(client.get(at(line.point.version)))
        assert "时限太短" not in page, who
        assert "有不同意见" not in page, who


@pytest.mark.parametrize("who", ["head", "clerk", "leader", "principal", "deputy", "admin", "auditor", "outsider"])
def test_who_has_no_part_in_it_finds_nothing(line, people, client, who):
    client.force_login(getattr(people, who))
    assert client.get(address(line)).status_code == 404
    assert client.get(INDEX).status_code == 403


def test_its_staff_reads_and_only_its_head_answers(line, people, client, other_department):
    staff = make_user("7001", "教务员", Role.STAFF, department=other_department)
    client.force_login(staff)
    assert line.point.text in text_of(client.get(INDEX))
    assert client.post(address(line), {"reply": "noted", "seen": line.asked.said}).status_code == 403
    for actor in (staff, people.head, people.reviewer):
        with pytest.raises(PermissionDenied):
            cooperation.answer(line, reply="noted", reason="", seen=line.asked.said, actor=actor)


def test_the_office_reads_who_has_still_to_answer(line, people, client):
    client.force_login(people.office)
    assert "待答复" in text_of(client.get(INDEX))
    assert "教务处 ：待答复" in text_of(client.get(at(line.point.version)))
    say(line, people)
    assert "知悉" in text_of(client.get(INDEX))


def test_pressed_twice_it_is_said_once_and_another_word_is_another_answer(line, people):
    first = say(line, people)
    assert say(line, people) == first
    say(line, people, CoReply.DIFFERS, "想过以后")
    (now,) = cooperation.lines_for(people.other_head)
    assert (CoAnswer.objects.count(), now.answer.reason) == (2, "想过以后")


def test_what_changed_since_it_was_read_is_not_answered(line, people, client):
    draft = starting.open_revision(line.point.version, reason="变动", actor=people.head)
    point = draft.points.get(identity=line.point.identity)
    editing.save_point(draft, {"text": "别的风险点"}, point=point, actor=people.head)
    put_in_force(draft, people)
    with pytest.raises(ParticipationError, match="不在现行的表里"):
        say(line, people)
    (now,) = cooperation.lines_for(people.other_head)
    with pytest.raises(ParticipationError, match="刚有变动"):
        cooperation.answer(now, reply="noted", reason="", seen=line.asked.said, actor=people.other_head)


@pytest.mark.parametrize(("change", "asked"), [({"text": "别的话"}, True), ({}, False)])
def test_a_new_version_asks_anew_where_the_point_changed(line, people, change, asked):
    say(line, people)
    draft = starting.open_revision(line.point.version, reason="变动", actor=people.head)
    point = draft.points.get(identity=line.point.identity)
    other = draft.points.exclude(identity=line.point.identity).first()
    editing.save_point(draft, {"text": "另一项改了"}, point=other, actor=people.head)
    if change:
        editing.save_point(draft, change, point=point, actor=people.head)
    put_in_force(draft, people)
    (now,) = cooperation.lines_for(people.other_head)
    assert (now.waits, now.is_current) == (asked, not asked)
    assert [row.point.identity for row in cooperation.waiting_for(people.other_head)] == (
        [point.identity] if asked else []
    )


def test_another_measure_asks_anew_too(line, people):
    say(line, people)
    draft = starting.open_revision(line.point.version, reason="变动", actor=people.head)
    point = draft.points.get(identity=line.point.identity)
    values = {"category": point.category, "text": "另一条措施"}
    editing.save_measure(draft, values, points=[point], actor=people.head)
    put_in_force(draft, people)
    assert cooperation.waiting_for(people.other_head)


def test_a_renamed_department_goes_on_to_see_it(line, people, other_department):
    other_department.name = "教务科"
    other_department.save()
    (now,) = cooperation.lines_for(people.other_head)
    assert (now.department.name, now.point.co_departments) == ("教务科", "教务处")
    assert list(verify_register()) == []


def test_a_draft_asks_nobody_and_a_closed_year_neither(line, table, people):
    starting.open_revision(line.point.version, reason="变动", actor=people.head)
    assert [row.point.version for row in cooperation.lines_for(people.other_head)] == [line.point.version]
    closing.close_year(table.cycle, actor=people.office)
    (now,) = cooperation.lines_for(people.other_head)
    assert not now.waits
    with pytest.raises(ParticipationError):
        say(line, people)


def test_what_was_said_is_never_changed(line, people):
    said = say(line, people)
    said.reason = "别的"
    with pytest.raises(TypeError):
        said.save()
    with pytest.raises(TypeError):
        CoAnswer.objects.filter(pk=said.pk).update(reason="别的")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {CoAnswer._meta.db_table} SET reply = 'noted'")  # noqa: S608 - our own name


def test_more_points_cost_no_more_queries(table, people, other_department, client):
    draft = bring_to(Status.DRAFT, table, people)
    first = draft.points.first()
    editing.save_point(draft, {"co_departments": "教务处"}, point=first, actor=people.head)
    version = put_in_force(draft, people)

    def queries(who, page):
        client.force_login(who)
        client.get(page)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(page).status_code == 200
        return len(captured)

    few = queries(people.other_head, INDEX), queries(people.other_head, reverse("riskpoints:inbox"))
    draft = starting.open_revision(version, reason="变动", actor=people.head)
    for number in range(30):
        make_department(f"第{number}处", order=100 + number)
        values = {"category": "duty", "text": f"风险点{number}", "co_departments": f"教务处、第{number}处"}
        editing.save_point(draft, values | {"likelihood": 1, "harm": 1, "proposed_level": 1}, actor=people.head)
    for point in draft.points.filter(measures__isnull=True):
        values = {"category": point.category, "text": "措施"}
        editing.save_measure(draft, values, points=[point], actor=people.head)
    put_in_force(draft, people)
    assert (queries(people.other_head, INDEX), queries(people.other_head, reverse("riskpoints:inbox"))) == few


def test_the_archive_has_the_answers_and_gives_them_back(request, tmp_path, db):
    with transaction.atomic():  # in a database that is gone
        line, people = request.getfixturevalue("line"), request.getfixturevalue("people")
        say(line, people, CoReply.DIFFERS, "时限太短")
        build(line.point.version.table.cycle, tmp_path / "a.zip")
        identity, key, said = line.point.identity, line.department.pk, line.asked.said
        transaction.set_rollback(True)
    assert verifier.verify(tmp_path / "a.zip") == []
    (path,) = [name for name in unpacked(tmp_path / "a.zip") if name.endswith("配合部门的答复.csv")]
    (told,) = rows(unpacked(tmp_path / "a.zip")[path])
    assert (told["配合部门"], told["答复"], told["不同意见"]) == ("教务处", "有不同意见", "时限太短")
    import_archive(tmp_path / "a.zip")
    point = RiskPoint.objects.get(identity=identity)
    assert (point.co_departments, point.co_department_keys) == ("教务处", [key])
    answer = CoAnswer.objects.get()
    assert (answer.reason, answer.said, answer.department.name) == ("时限太短", said, "教务处")
    (line,) = cooperation.lines(cooperation.points_in_force())
    assert line.is_current
    assert list(verify_register()) == []
