"""Years: a number and its dates that agree, a year opened by mistake and withdrawn."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from riskcontrol.models import AuditEntry
from riskpoints.enums import Action, Status
from riskpoints.models import AnnualArchive, ControlTable, Cycle
from riskpoints.tables import starting, workflow
from riskpoints.tables.workflow import WorkflowError
from riskpoints.verbs import RegisterVerb
from riskpoints.years import years
from tests.factories import bring_to, make_cycle, make_department


def dates(*days: str) -> dict[str, datetime.date]:
    return dict(zip(years.DATES, map(datetime.date.fromisoformat, days), strict=True))


@pytest.mark.parametrize(
    ("days", "field"),
    [
        (["2026-10-01", "2027-01-31", "2027-02-28", "2027-03-31"], None),
        (["2026-09-30", "2027-01-31", "2027-02-28", "2027-03-31"], "fill_from"),
        (["2027-12-31", "2028-01-31", "2028-02-28", "2028-03-31"], None),
        (["2027-12-31", "2028-01-31", "2028-02-28", "2028-04-01"], "publish_until"),
        (["2028-01-01", "2028-01-31", "2028-02-28", "2028-03-31"], "fill_from"),
        (["2026-03-01", "2026-04-01", "2026-05-01", "2026-06-01"], "fill_from"),
    ],
)
def test_a_years_number_and_dates_agree(office, school, days, field):
    """2027 with the dates of 2026 is a slip of the pen, not a year."""
    if field is None:
        assert starting.open_year(2027, dates(*days), actor=office).year == 2027
        return
    with pytest.raises(ValidationError) as refused:
        starting.open_year(2027, dates(*days), actor=office)
    assert list(refused.value.message_dict) == [field]
    assert "与年度不符" in refused.value.messages[0]
    assert not Cycle.objects.exists()


def test_changed_dates_agree_with_the_year_too(table, office):
    year = table.cycle.year
    with pytest.raises(ValidationError, match="与年度不符"):
        years.change_dates(table.cycle, dates(*[f"{year + 1}-02-01"] * 4), actor=office)


def test_suggested_dates_agree_whatever_the_day(db, office, school, time_machine):
    for day in ("2026-01-01", "2026-11-28", "2026-12-31"):
        time_machine.move_to(f"{day}T04:00:00Z", tick=False)
        year = years.suggested_year()
        Cycle(year=year, **years.suggested_dates(year)).full_clean()


def test_the_next_year_is_suggested_or_this_one(november, school):
    assert years.suggested_year() == 2026
    for newest, suggested in ((2011, 2026), (2026, 2027), (2028, 2029)):
        make_cycle(newest)
        assert years.suggested_year() == suggested


def test_suggested_dates_have_the_usual_spans_from_today_or_from_march(november):
    names = ("fill_from", "fill_until", "review_until", "publish_until")
    for year, days in (
        (2026, ["2026-11-28", "2026-12-28", "2027-01-11", "2027-01-25"]),
        (2025, ["2026-11-28", "2026-12-28", "2027-01-11", "2027-01-25"]),
        (2027, ["2027-03-01", "2027-03-31", "2027-04-14", "2027-04-28"]),
    ):
        found = years.suggested_dates(year)
        assert (tuple(found), [day.isoformat() for day in found.values()]) == (names, days)


# ---- the list of years ---------------------------------------------------------------------------------------------


def test_each_year_has_its_counts_the_newest_first(confirmed_version, other_table, cycle):
    make_cycle(cycle.year - 1)
    found = [(line.cycle.year, line.tables, line.in_force, line.is_empty) for line in years.year_lines()]
    assert found == [(cycle.year, 2, 1, False), (cycle.year - 1, 0, 0, True)]


def test_departments_without_a_table_are_missed_where_one_can_be_added(
    november, table, other_department, discipline_office, cycle
):
    """In open years from this one on: not in the past, nor in what is recorded from paper or closed."""
    for year, values in (
        (2025, {}),
        (2027, {}),
        (2028, {"is_historical": True}),
        (2029, {"closed_at": timezone.now()}),
    ):
        make_cycle(year, **values)
    make_department("旧处", active_to=datetime.date(2026, 11, 27))
    missing = {line.cycle.year: line.missing for line in years.year_lines()}
    assert missing == {
        2029: [],
        2028: [],
        2027: [table.department, other_department, discipline_office],
        2026: [other_department, discipline_office],
        2025: [],
    }


@pytest.mark.parametrize(("days", "state", "counts"), [(1, "done", True), (-1, "done", False), (1, "running", False)])
def test_the_archive_of_a_closed_year_is_one_made_since(cycle, admin, days, state, counts):
    moment = timezone.now()
    cycle.closed_at = moment
    cycle.save()
    asked = moment + datetime.timedelta(days=days)
    AnnualArchive.objects.create(cycle=cycle, state=state, finished_at=asked, requested_by=admin)
    AnnualArchive.objects.update(requested_at=asked)
    assert [line.archived_at for line in years.year_lines()] == [asked if counts else None]


# ---- changing one --------------------------------------------------------------------------------------------------


def test_changed_dates_leave_what_changed_and_nothing_where_nothing_did(cycle, office):
    names = ("fill_from", "fill_until", "review_until", "publish_until")
    same = {name: getattr(cycle, name) for name in names}
    years.change_dates(cycle, same, actor=office)
    assert not AuditEntry.objects.filter(action=RegisterVerb.YEAR_CHANGE).exists()
    day = datetime.date(cycle.year, 6, 1)
    assert years.change_dates(cycle, same | {"fill_until": day}, actor=office).fill_until == day
    assert AuditEntry.objects.get(action=RegisterVerb.YEAR_CHANGE).detail == {
        "fill_until": [f"{cycle.year}-12-31", day.isoformat()]
    }


def test_only_the_office_changes_years_and_their_tables(table, department, people):
    same = {name: getattr(table.cycle, name) for name in years.DATES}
    acts = (
        lambda actor: years.change_dates(table.cycle, same, actor=actor),
        lambda actor: years.remove_table(table, "撤并", actor=actor),
        lambda actor: years.restore_table(table, actor=actor),
        lambda actor: years.add_missing_table(table.cycle, department, actor=actor),
    )
    for name in vars(people).keys() - {"office", "second_office"}:
        for act in acts:
            with pytest.raises(PermissionDenied):
                act(getattr(people, name))


def test_a_missing_table_is_added_once_and_only_where_it_is_filled_in(table, other_department, office):
    cycle = table.cycle
    with pytest.raises(ValidationError, match="已有防控表"):
        years.add_missing_table(cycle, table.department, actor=office)
    assert years.add_missing_table(cycle, other_department, actor=office).department == other_department
    closed = make_department("旧处", active_to=datetime.date(2020, 1, 1))
    with pytest.raises(ValidationError, match="已停用"):
        years.add_missing_table(cycle, closed, actor=office)
    recorded = make_cycle(cycle.year - 9, is_historical=True)
    with pytest.raises(WorkflowError, match="按纸质表补录"):
        years.add_missing_table(recorded, other_department, actor=office)


def test_closing_finds_what_is_on_its_way_and_what_was_never_begun(
    draft_version, other_table, discipline_table, school_table, people
):
    """A table that left the year is neither; a signed one without a scan is named."""
    signed = bring_to(Status.CONFIRMED, school_table, people)
    theirs = bring_to(Status.DRAFT, other_table, people)
    found = years.closing(draft_version.table.cycle, people.office)
    drafts = {version.pk for version in found.drafts}
    assert (drafts, found.without) == ({draft_version.pk, theirs.pk}, [discipline_table])
    assert (found.waiting, found.is_blocked, found.removed, found.in_force) == ([], False, [], 1)
    assert found.unscanned == ([] if signed.scans.exists() else [signed])
    assert signed.pk in found.readable
    assert draft_version.pk not in found.readable
    ControlTable.objects.filter(pk__in=[draft_version.table_id, discipline_table.pk]).update(
        removed_at=timezone.now(), removed_by=people.office, removed_reason="撤并"
    )
    waiting = workflow.perform(Action.SUBMIT, theirs, actor=people.other_head)
    found = years.closing(draft_version.table.cycle, people.office)
    assert (found.waiting, found.is_blocked, found.drafts) == ([waiting], True, [])
    assert discipline_table not in found.without
    assert sorted(table.pk for table in found.removed) == sorted([draft_version.table_id, discipline_table.pk])


# ---- a year opened by mistake --------------------------------------------------------------------------------------


def test_an_empty_year_is_withdrawn_and_opened_again(school, department, office):
    days = dates("2027-03-01", "2027-04-01", "2027-05-01", "2027-06-01")
    cycle = starting.open_year(2027, days, actor=office)
    assert cycle.tables.count() == 2
    years.withdraw(cycle, actor=office)
    assert not Cycle.objects.exists()
    assert not ControlTable.objects.exists()
    entry = AuditEntry.objects.get(action=RegisterVerb.YEAR_WITHDRAW)
    assert (entry.actor_number, entry.detail["未填的表"]) == (office.staff_number, 2)
    assert entry.detail["fill_from"] == ["2027-03-01", None]
    assert starting.open_year(2027, days, actor=office).tables.count() == 2


def test_a_year_in_which_somebody_began_is_not_withdrawn(draft_version, people):
    with pytest.raises(WorkflowError, match="已有 1 张表开始填报"):
        years.withdraw(draft_version.table.cycle, actor=people.office)
    assert Cycle.objects.count() == 1
    assert not AuditEntry.objects.filter(action=RegisterVerb.YEAR_WITHDRAW).exists()


def test_a_closed_year_is_not_withdrawn(table, people):
    starting.close_year(table.cycle, actor=people.office)
    with pytest.raises(WorkflowError, match="已经归档关闭"):
        years.withdraw(table.cycle, actor=people.office)


def test_only_the_office_withdraws(table, people):
    for name in vars(people).keys() - {"office", "second_office"}:
        with pytest.raises(PermissionDenied):
            years.withdraw(table.cycle, actor=getattr(people, name))
    assert Cycle.objects.exists()


def test_who_comes_too_late_is_told_so(table, people):
    """The page was open when the year was withdrawn."""
    late = ControlTable.objects.get(pk=table.pk)
    cycle = Cycle.objects.get(pk=table.cycle_id)
    years.withdraw(table.cycle, actor=people.office)
    with pytest.raises(WorkflowError, match="已经撤销"):
        starting.start_table(late, actor=people.head)
    for act in (years.withdraw, starting.close_year):
        with pytest.raises(WorkflowError, match="已经撤销"):
            act(cycle, actor=people.office)
