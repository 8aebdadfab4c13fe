"""Beginning a check: who may, what it freezes, and that there is one of each."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from departments.enums import Level, Role
from departments.models import Appointment
from riskcontrol.models import AuditEntry
from riskpoints.enums import Status
from riskpoints.models import Cycle
from riskpoints.models.table import FrozenError
from riskpoints.oversight.enums import CheckKind, Period, State
from riskpoints.oversight.models import CheckLine, CheckSheet
from riskpoints.oversight.monitoring import starting
from riskpoints.oversight.monitoring.states import CheckError
from riskpoints.oversight.verbs import OversightVerb
from tests.factories import bring_to
from tests.riskpoints.oversight.conftest import NAMED, YEAR, measures

SUPERVISION = CheckKind.SUPERVISION


def test_it_takes_the_points_in_force_with_their_texts(sheet, signed, head):
    points = list(signed.points.filter(confirmed_level=Level.FIRST))
    lines = list(sheet.lines.all())
    assert {line.identity for line in lines} == {point.identity for point in points}
    assert [line.order for line in lines] == list(range(1, len(points) + 1))
    assert lines[0].number == f"{YEAR - 1}-01-001"
    assert {(line.post_name, line.responsible) for line in lines} <= {
        (point.post_name, point.responsible) for point in points
    }
    assert {row.text for row in measures(sheet)} <= {row.text for row in signed.measures.all()}
    assert all(line.measures.exists() for line in lines)
    assert (sheet.state, sheet.started_by, sheet.duty) == (State.FILLING, head, "校长（单位主要负责人）")
    assert AuditEntry.objects.of(OversightVerb.CHECK_START).get().object_id == str(sheet.pk)


def test_a_later_revision_changes_nothing_of_it(sheet, table, people, on):
    before = list(sheet.lines.values_list("text", flat=True))
    on(3, 1)
    revised = bring_to(Status.CONFIRMED, table, people)
    sheet.refresh_from_db()
    assert sheet.version_id != revised.pk
    assert list(sheet.lines.values_list("text", flat=True)) == before


def test_to_begin_twice_is_to_begin_once(sheet, which, clerk):
    assert starting.start(which(), actor=clerk) == sheet
    assert CheckSheet.objects.count() == 1
    assert AuditEntry.objects.of(OversightVerb.CHECK_START).count() == 1


def test_the_database_keeps_one_of_each(sheet):
    values = {field.attname: getattr(sheet, field.attname) for field in CheckSheet._meta.concrete_fields}
    with pytest.raises(IntegrityError), transaction.atomic():
        models.QuerySet(CheckSheet).create(**values | {"id": None})


def test_only_head_and_clerk_begin_a_self_check(which, people):
    for name, user in vars(people).items():
        if name in ("head", "clerk"):
            continue
        with pytest.raises(PermissionDenied):
            starting.start(which(), actor=user)
    assert not CheckSheet.objects.exists()
    assert starting.start(which(), actor=people.clerk).started_by == people.clerk


def test_a_right_that_was_taken_away_meanwhile_is_worth_nothing(which, head):
    assert head.grants.count() == 1
    _ = head.known_grants
    head.grants.all().delete()
    with pytest.raises(PermissionDenied):
        starting.start(which(), actor=head)


def test_what_is_not_due_is_not_begun(which, head, reviewer):
    for changed in ({"level": Level.SECOND}, {"period": Period.Q2}, {"period": Period.H1}):
        with pytest.raises(CheckError, match="没有这项自查"):
            starting.start(which(**changed), actor=head)
    with pytest.raises(CheckError, match="还没有开始"):
        starting.start(which(kind=SUPERVISION, period=Period.Q2), actor=reviewer, **NAMED)
    with pytest.raises(CheckError, match="没有二级风险点"):
        starting.start(which(kind=SUPERVISION, level=Level.SECOND), actor=reviewer, **NAMED)
    assert not CheckSheet.objects.exists()


def test_nothing_begins_in_a_closed_year(which, head, coming):
    Cycle.objects.filter(pk=coming.pk).update(closed_at=timezone.now())
    with pytest.raises(CheckError, match="已经关闭"):
        starting.start(which(), actor=head)


def test_the_committee_checks_with_two_names(which, people):
    may = {"reviewer", "second_reviewer", "discipline_head"}
    for name, user in vars(people).items():
        if name not in may:
            with pytest.raises(PermissionDenied):
                starting.start(which(kind=SUPERVISION), actor=user, **NAMED)
    with pytest.raises(ValidationError) as refused:
        starting.start(which(kind=SUPERVISION), actor=people.reviewer, checker=" ", recorder="乙")
    assert list(refused.value.message_dict) == ["checker"]
    made = starting.start(which(kind=SUPERVISION), actor=people.reviewer, **NAMED)
    assert (made.checker, made.recorder, made.kind) == ("检查甲", "记录乙", SUPERVISION)


def test_a_reviewer_of_the_department_does_not_check_it(which, reviewer, department):
    reviewer.grants.create(role=Role.STAFF, department=department)
    with pytest.raises(PermissionDenied):
        starting.start(which(kind=SUPERVISION), actor=reviewer, **NAMED)


def test_who_answers_for_a_point_does_not_check_it(which, reviewer, second_reviewer, purchasing_post, signed):
    Appointment.objects.create(post=purchasing_post, holder_name="纪委审核员", since=timezone.localdate())
    with pytest.raises(PermissionDenied, match="责任人"):
        starting.start(which(kind=SUPERVISION), actor=reviewer, **NAMED)
    with pytest.raises(CheckError, match="改由其他人"):
        starting.start(which(kind=SUPERVISION), actor=second_reviewer, checker="责任人1", recorder="乙")
    assert not CheckSheet.objects.exists()
    assert starting.start(which(kind=SUPERVISION), actor=second_reviewer, **NAMED)


def test_the_points_stay_what_they_were(sheet):
    with pytest.raises(FrozenError):
        CheckLine.objects.update(text="x")
    with pytest.raises(FrozenError):
        sheet.lines.all().delete()
    with pytest.raises(FrozenError):
        sheet.delete()
    with pytest.raises(FrozenError):
        CheckSheet.objects.all().delete()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE oversight_checkline SET text = 'x'")
