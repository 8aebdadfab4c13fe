"""How versions come to be: a table started, a version revised, a historical one recorded."""

import datetime
import json

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from departments.models import Post
from riskcontrol.models import AuditEntry
from riskpoints.content import completeness, content
from riskpoints.enums import Action, Category, ConfirmedBy, DateMode, Status
from riskpoints.evidence import verification
from riskpoints.models import ControlTable, Cycle, Decision, RiskPoint, TableVersion
from riskpoints.models.table import FrozenError
from riskpoints.tables import editing, moving, reviewing, starting, workflow
from riskpoints.tables.workflow import WorkflowError
from riskpoints.verbs import RegisterVerb
from riskpoints.years import opening
from tests import once, roles
from tests.factories import (
    bring_to,
    fill,
    make_measure,
    make_point,
    make_post,
    paper_signature,
    record_historical,
    walk_all,
    year_dates,
)


def close(cycle):
    Cycle.objects.filter(pk=cycle.pk).update(closed_at=timezone.now())


@once.fixture
def next_year(cycle):
    return cycle.year + 1


# ---- a table is begun in a new year ------------------------------------------------------------------------------


def begun(cycle, department, actor):
    """Return the draft of a department (None: of the school) in a year, begun now."""
    return starting.start_table(ControlTable.objects.get(cycle=cycle, department=department), actor=actor)


def test_a_table_is_begun_from_what_is_in_force(people, table, school_table, other_table, next_year):
    mine, school = (bring_to(Status.CONFIRMED, item, people) for item in (table, school_table))
    bring_to(Status.REVIEWED, other_table, people)  # not in force: nothing to copy
    cycle = opening.open_year(next_year, year_dates(next_year), actor=people.office)
    for source, actor in [(mine, people.head), (school, people.office)]:
        copy = begun(cycle, source.table.department, actor)
        assert (copy.number, copy.status, copy.base, copy.created_by) == (1, Status.DRAFT, source, actor)
        assert copy.revision_reason == f"由 {source.table.cycle.year} 年度现行表结转"
        assert list(copy.authors.all()) == []
        assert copy.points.count() == source.points.count() > 0
        source.table.refresh_from_db()
        assert (source.table.in_force, copy.table.in_force) == (source, None)
    empty = begun(cycle, other_table.department, people.other_head)
    assert (empty.base, empty.points.count(), empty.revision_reason) == (None, 0, "")


def test_a_table_confirmed_after_the_year_was_opened_is_what_the_new_one_is_begun_from(people, table, next_year):
    cycle = opening.open_year(next_year, year_dates(next_year), actor=people.office)
    late = bring_to(Status.CONFIRMED, table, people)
    assert begun(cycle, table.department, people.head).base == late


def test_a_revision_confirmed_before_the_new_table_is_begun_is_what_counts(people, table, next_year):
    bring_to(Status.CONFIRMED, table, people)
    cycle = opening.open_year(next_year, year_dates(next_year), actor=people.office)
    revision = bring_to(Status.CONFIRMED, table, people)
    assert begun(cycle, table.department, people.clerk).base == revision


def test_only_the_version_in_force_is_copied(people, table, next_year):
    bring_to(Status.CONFIRMED, table, people)
    draft = bring_to(Status.DRAFT, table, people)
    editing.save_point(draft, {"text": "还没有审核"}, point=draft.points.first(), actor=people.head)
    cycle = opening.open_year(next_year, year_dates(next_year), actor=people.office)
    copy = begun(cycle, table.department, people.head)
    assert "还没有审核" not in copy.points.values_list("text", flat=True)


def test_the_newest_earlier_year_with_something_in_force_counts(people, table, cycle, next_year):
    source = bring_to(Status.CONFIRMED, table, people)
    later, between = (
        opening.open_year(year, year_dates(year), actor=people.office) for year in (next_year + 1, next_year)
    )
    assert begun(between, table.department, people.head).base == source
    assert begun(later, table.department, people.head).base == source  # the year between has nothing in force


def test_a_copied_draft_can_be_submitted_as_it_is_once_it_was_walked(people, table, next_year):
    bring_to(Status.CONFIRMED, table, people)
    cycle = opening.open_year(next_year, year_dates(next_year), actor=people.office)
    copy = begun(cycle, table.department, people.head)
    assert completeness.check(content.load(copy)).missing == []
    walk_all(copy, actor=people.head)
    version = workflow.perform(Action.SUBMIT, copy, actor=people.head)
    assert version.status == Status.SUBMITTED
    reviewing.assess(
        version, {p.pk: reviewing.Assessment(p.proposed_level) for p in version.points.all()}, actor=people.reviewer
    )
    assert workflow.perform(Action.APPROVE, version, actor=people.reviewer).status == Status.REVIEWED


# ---- what a copy takes over --------------------------------------------------------------------------------------


def without(snapshot, *names):
    """Return a snapshot without these keys of the version and of its points."""
    plain = json.loads(json.dumps(snapshot, default=str))
    for name in names:
        plain.pop(name, None)
        for row in plain["rows"]:
            for point in row["points"]:
                point.pop(name, None)
    return plain


def snapshot(version):
    return content.snapshot(content.load(TableVersion.objects.get(pk=version.pk)))


@once.fixture
def rich(table, people, department, plain_post):
    """Return a version in force with something of everything a version can hold."""
    guard = make_post(department, "门卫", order=90)
    version = bring_to(Status.DRAFT, table, people)
    for point in version.points.filter(post=guard):
        editing.save_point(version, {"post": plain_post}, point=point, actor=people.head)
    editing.exempt_post(version, guard, "由保安公司承担", actor=people.head)
    first = version.points.get(category=Category.DUTY, post__name="采购员")
    values = {
        "matter": "验收",
        "is_latent": False,
        "finding_methods": ["self", "other"],
        "finding_other": "审计",
        "is_key_area": True,
    }
    editing.save_point(version, values, point=first, actor=people.head)
    second = make_point(version, actor=people.head, category=Category.DUTY, post=plain_post, text="第二个")
    values = {"responsible": "处长", "basis": "采购办法", "timing": "每次"}
    make_measure(version, first, second, actor=people.head, text="对两个的措施", **values)
    moving.place_row(first, second, actor=people.head)
    editing.remove_row(version.points.filter(category=Category.ENVIRONMENT).first(), actor=people.head)
    for point in version.points.filter(category=Category.ENVIRONMENT):
        editing.remove_row(point, actor=people.head)
    editing.declare_nil(version, Category.ENVIRONMENT, actor=people.head)
    version = workflow.perform(Action.SUBMIT, version, actor=people.head)
    given = {p.pk: reviewing.Assessment(p.proposed_level) for p in version.points.all()}
    reviewing.assess(version, given, actor=people.reviewer)
    return put_in_force(version, people)


def put_in_force(version, people):
    version = workflow.perform(Action.APPROVE, version, actor=people.reviewer)
    return workflow.perform(Action.CONFIRM, version, actor=people.office, signature=paper_signature())


def test_a_revision_copies_everything_with_its_identities(rich, people):
    draft = starting.open_revision(rich, reason="岗位有变动", actor=people.head)
    assert (draft.number, draft.status, draft.base, draft.created_by) == (2, Status.DRAFT, rich, people.head)
    assert draft.revision_reason == "岗位有变动"
    ignored = ("number", "seal", "confirmed_level", "confirmed_reason")
    assert without(snapshot(draft), *ignored) == without(snapshot(rich), *ignored)
    assert set(draft.points.values_list("confirmed_level", "confirmed_reason", "lock")) == {(None, "", 0)}
    assert set(draft.points.values_list("pk", flat=True)) & set(rich.points.values_list("pk", flat=True)) == set()
    assert (draft.nils.count(), draft.exemptions.count()) == (1, 1)


def test_the_level_in_force_becomes_the_proposal(submitted_version, people):
    low, high, same, _ = content.load(submitted_version).points
    levels = {
        low.pk: reviewing.Assessment(low.proposed_level),
        high.pk: reviewing.Assessment(2, "近年投诉多"),
        same.pk: reviewing.Assessment(same.proposed_level, "同意"),
    }
    for point in submitted_version.points.exclude(pk__in=levels):
        levels[point.pk] = reviewing.Assessment(point.proposed_level)
    reviewing.assess(submitted_version, levels, actor=people.reviewer)
    version = put_in_force(submitted_version, people)
    assert high.proposed_level == 3
    draft = starting.open_revision(version, reason="年度复查", actor=people.head)
    copies = {str(point.identity): point for point in draft.points.all()}
    assert [
        (copies[str(point.identity)].proposed_level, copies[str(point.identity)].proposed_reason)
        for point in (low, high, same)
    ] == [(low.proposed_level, ""), (2, "近年投诉多"), (same.proposed_level, "")]
    assert set(draft.points.values_list("confirmed_level", flat=True)) == {None}


def test_a_copy_takes_the_names_and_floors_of_today(rich, people, department, plain_post, functions):
    department.name = "后勤处"
    department.save()
    plain_post.name = "园林管理员"
    plain_post.save()
    plain_post.functions.set([functions["公共服务"]])
    people.head.real_name = "后勤处负责人"
    people.head.save()
    draft = starting.open_revision(rich, reason="改了名", actor=people.head)
    assert (draft.owner_name, draft.head_name, draft.duties) == ("后勤处", "后勤处负责人", rich.duties)
    found = set(draft.points.filter(post=plain_post).values_list("post_name", "computed_level", "proposed_level"))
    assert found == {("园林管理员", 2, 2)}  # 三级 would now be below the floor
    assert rich.points.filter(post=plain_post, post_name="绿化管理员", proposed_level=3).exists()


def test_points_of_a_closed_post_are_copied_and_asked_about(rich, people, plain_post):
    Post.objects.filter(pk=plain_post.pk).update(active_to=datetime.date(2020, 1, 1))
    draft = starting.open_revision(rich, reason="岗位撤销", actor=people.head)
    count = rich.points.filter(post=plain_post).count()
    assert draft.points.filter(post=plain_post).count() == count > 0
    missing = completeness.check(content.load(draft)).missing
    assert len([finding for finding in missing if "已停用，请改选岗位" in finding.message]) == count


def test_the_exemption_of_a_closed_post_is_not_copied(rich, people):
    Post.objects.filter(name="门卫").update(active_to=datetime.date(2020, 1, 1))
    draft = starting.open_revision(rich, reason="岗位撤销", actor=people.head)
    assert (draft.exemptions.count(), rich.exemptions.count()) == (0, 1)


def test_the_printed_date_is_not_carried_over(table, people):
    version = bring_to(Status.DRAFT, table, people)
    values = {"date_mode": DateMode.TYPED, "filled_on": datetime.date(2020, 1, 1)}
    editing.save_head(version, values, actor=people.head)
    version = workflow.perform(Action.SUBMIT, version, actor=people.head)
    given = {p.pk: reviewing.Assessment(p.proposed_level) for p in version.points.all()}
    reviewing.assess(version, given, actor=people.reviewer)
    draft = starting.open_revision(put_in_force(version, people), reason="复查", actor=people.head)
    assert (draft.date_mode, draft.filled_on) == (DateMode.SUBMITTED, None)


def test_work_on_the_copy_leaves_the_source_alone(rich, people):
    before = content.sealed(content.load(rich))
    draft = starting.open_revision(rich, reason="复查", actor=people.head)
    editing.save_point(draft, {"text": "改写"}, point=draft.points.first(), actor=people.head)
    for measure in draft.measures.all():
        editing.remove_row(measure, actor=people.head)
    assert content.sealed(content.load(rich)) == before


# ---- a table is started, a version revised -----------------------------------------------------------------------


def test_a_first_draft_begins_with_what_the_organisation_knows(table, people):
    number = AuditEntry.objects.count()
    version = starting.start_table(table, actor=people.clerk)
    assert (version.number, version.status, version.created_by) == (1, Status.DRAFT, people.clerk)
    assert (version.owner_name, version.head_name) == ("总务处", "总务处负责人")
    assert version.duties == "负责总务处的日常工作。"
    entry = AuditEntry.objects.get(number=number + 1)
    assert (entry.action, entry.actor_name, entry.object_id) == (RegisterVerb.START, "总务处填报员", str(version.pk))


def test_the_school_table_begins_with_what_the_school_says(school_table, people):
    version = starting.start_table(school_table, actor=people.office)
    assert (version.owner_name, version.head_name, version.duties) == ("山东省某某职业中专", "", "教育教学")


@pytest.mark.parametrize("status", [Status.DRAFT, Status.SUBMITTED, Status.REVIEWED])
def test_starting_twice_gives_the_version_that_is_there(table, people, status):
    version = bring_to(status, table, people)
    number = AuditEntry.objects.count()
    assert starting.start_table(table, actor=people.clerk) == version
    assert (TableVersion.objects.count(), AuditEntry.objects.count()) == (1, number)


def test_a_table_in_force_is_revised_not_started(table, people):
    stale = ControlTable.objects.select_related("cycle", "department").get(pk=table.pk)
    bring_to(Status.CONFIRMED, table, people)
    for given in (stale, ControlTable.objects.get(pk=table.pk)):
        with pytest.raises(WorkflowError, match="请用“修订”另起一版"):
            starting.start_table(given, actor=people.head)
    assert TableVersion.objects.count() == 1


@pytest.mark.parametrize("kind", ["D", "O", "S"])
def test_only_those_who_fill_in_start_and_revise(request, people, kind):
    table = request.getfixturevalue({"D": "table", "O": "discipline_table", "S": "school_table"}[kind])
    allowed = {name for name, letters in roles.FILLERS.items() if kind in letters}
    for name in roles.PEOPLE.keys() - allowed:
        with pytest.raises(PermissionDenied):
            starting.start_table(table, actor=getattr(people, name))
    assert not TableVersion.objects.exists()
    version = bring_to(Status.CONFIRMED, table, people)
    for name in roles.PEOPLE.keys() - allowed:
        with pytest.raises(PermissionDenied):
            starting.open_revision(version, reason="原因", actor=getattr(people, name))
    assert TableVersion.objects.count() == 1


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_a_revision_needs_a_reason(confirmed_version, people, reason):
    with pytest.raises(WorkflowError, match="请写明修订原因"):
        starting.open_revision(confirmed_version, reason=reason, actor=people.head)
    assert TableVersion.objects.count() == 1


def test_a_revision_is_audited(confirmed_version, people):
    draft = starting.open_revision(confirmed_version, reason=" 岗位变动 ", actor=people.head)
    entry = AuditEntry.objects.last()
    assert (entry.action, entry.object_id) == (RegisterVerb.REVISE, str(draft.pk))
    assert entry.detail == {"修订原因": "岗位变动", "所本版本": 1}


def test_only_the_version_in_force_is_revised(table, people):
    old = bring_to(Status.CONFIRMED, table, people)
    stale = TableVersion.objects.select_related("table").get(pk=old.pk)
    bring_to(Status.CONFIRMED, table, people)
    for given in (stale, TableVersion.objects.get(pk=old.pk)):
        with pytest.raises(WorkflowError, match="只能修订现行版"):
            starting.open_revision(given, reason="原因", actor=people.head)
    assert TableVersion.objects.count() == 2


@pytest.mark.parametrize("status", [Status.DRAFT, Status.SUBMITTED, Status.REVIEWED])
def test_one_revision_at_a_time(table, people, status):
    version = bring_to(Status.CONFIRMED, table, people)
    bring_to(status, table, people)
    with pytest.raises(WorkflowError, match="已有一份修订稿在办理"):
        starting.open_revision(TableVersion.objects.get(pk=version.pk), reason="原因", actor=people.head)
    assert TableVersion.objects.count() == 2


def test_a_closed_year_takes_no_new_version(table, other_table, people, cycle):
    version = bring_to(Status.CONFIRMED, table, people)
    close(cycle)
    with pytest.raises(WorkflowError, match="已经归档关闭"):
        starting.open_revision(version, reason="原因", actor=people.head)
    with pytest.raises(WorkflowError, match="已经归档关闭"):
        starting.start_table(other_table, actor=people.other_head)
    with pytest.raises(WorkflowError, match="已经归档关闭"):
        record(other_table, people.office, fill=lambda version: None)
    assert TableVersion.objects.count() == 1


# ---- a historical table ------------------------------------------------------------------------------------------


def record(table, actor, *, fill, **values):
    return record_historical(table, fill=fill, actor=actor, **{"signed_on": datetime.date(2011, 11, 15)} | values)


def test_a_historical_table_waits_until_it_is_compared_with_its_scan(school_table, people):
    version = record(school_table, people.office, fill=lambda draft: fill(draft, actor=people.office))
    school_table.refresh_from_db()
    assert (school_table.in_force, version.status, version.status_words) == (None, Status.REVIEWED, "补录，待核对")
    assert version.scans.count() == 1
    assert list(verification.verify_register()) == []


@pytest.mark.parametrize("missing", [{"scan": b""}, {"signer_name": " "}])
def test_a_historical_table_needs_a_scan_and_a_signer(school_table, people, missing):
    with pytest.raises(ValidationError) as caught:
        record(school_table, people.office, fill=lambda version: None, **missing)
    assert list(caught.value.message_dict) == list(missing)
    assert not TableVersion.objects.exists()


def test_a_historical_table_is_in_force_as_of_its_date(school_table, people):
    version = record(
        school_table, people.office, fill=lambda draft: fill(draft, actor=people.office), reviewer=people.reviewer
    )
    school_table.refresh_from_db()
    assert (school_table.in_force, version.status, version.is_historical) == (version, Status.CONFIRMED, True)
    day = datetime.date(2011, 11, 15)
    assert (version.signed_on, version.filled_on, version.date_mode) == (day, day, DateMode.TYPED)
    assert (version.signer_name, version.confirmed_how, version.confirmed_by) == (
        "时任校长",
        ConfirmedBy.PAPER,
        people.office,
    )
    assert (version.reviewed_by, version.submitted_by) == (people.reviewer, None)  # nobody is invented
    compared = Decision.objects.get(action=Action.COMPARE)
    assert (compared.actor, compared.content_hash) == (people.reviewer, content.sealed(content.load(version))[1])
    decision = Decision.objects.get(action=Action.RECORD)
    assert (decision.action, decision.comment, decision.actor) == (Action.RECORD, "按纸质表补录", people.office)
    assert decision.content_hash == content.sealed(content.load(version))[1]
    assert AuditEntry.objects.last().action == RegisterVerb.COMPARE
    assert version.points.count() == 6
    assert list(verification.verify_register()) == []


def test_a_historical_table_is_frozen_and_can_be_revised(school_table, people):
    version = record(
        school_table, people.office, fill=lambda draft: fill(draft, actor=people.office), reviewer=people.reviewer
    )
    with pytest.raises(FrozenError):
        make_point(version, actor=people.office)
    draft = starting.open_revision(version, reason="接着用", actor=people.office)
    assert (draft.is_historical, draft.number, draft.points.count()) == (False, 2, 6)


def test_only_the_office_records_a_historical_table(school_table, people):
    for name in roles.PEOPLE.keys() - {"office"}:
        with pytest.raises(PermissionDenied):
            record(school_table, getattr(people, name), fill=lambda version: None)
    assert not TableVersion.objects.exists()


def test_a_historical_table_is_recorded_whole_or_not_at_all(school_table, people):
    before = AuditEntry.objects.count()

    def fail(version):
        make_point(version, actor=people.office)
        raise OSError("the file ended")

    with pytest.raises(OSError, match="the file ended"):
        record(school_table, people.office, fill=fail)
    school_table.refresh_from_db()
    assert (school_table.in_force, RiskPoint.objects.count(), TableVersion.objects.count()) == (None, 0, 0)
    assert AuditEntry.objects.count() == before


def test_no_historical_table_beside_an_open_one(school_table, people):
    version = bring_to(Status.DRAFT, school_table, people)
    with pytest.raises(WorkflowError):
        record(school_table, people.office, fill=lambda version: None)
    assert list(TableVersion.objects.all()) == [version]


def test_each_copied_table_leaves_an_entry_that_names_its_source_and_content(table, people, next_year):
    version = bring_to(Status.CONFIRMED, table, people)
    later = opening.open_year(next_year, year_dates(next_year), actor=people.office)
    draft = begun(later, table.department, people.head)
    entry = AuditEntry.objects.get(action=RegisterVerb.CARRY_OVER)
    assert (entry.object_type, entry.object_id, entry.actor_number) == (
        "riskpoints.tableversion",
        str(draft.pk),
        people.head.staff_number,
    )
    assert entry.detail == {"所本版本": str(version), "content_hash": content.sealed(content.load(draft))[1]}
    assert not draft.authors.exists()


def test_only_somebody_faster_is_taken_for_somebody_faster(table, people):
    unnamed = ControlTable.objects.select_related("department").get(pk=table.pk)
    unnamed.department.name = None
    with pytest.raises(IntegrityError), transaction.atomic():
        starting.new_version(unnamed, actor=people.head)
    starting.start_table(table, actor=people.head)
    with pytest.raises(WorkflowError, match="已由他人开始填写"):
        starting.new_version(table, actor=people.head)


def test_a_row_is_removed_once(draft_version, people):
    row, gone = (draft_version.points.select_related("version").first() for _ in range(2))
    assert editing.remove_row(row, actor=people.head) is True
    before = AuditEntry.objects.count()
    assert editing.remove_row(gone, actor=people.head) is False
    assert AuditEntry.objects.count() == before
