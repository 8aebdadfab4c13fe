"""Who may do what, who is kept apart from whom, and which versions exist for a person at all."""

import datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from departments.enums import GroupPosition, Role
from departments.models import RoleGrant, User
from departments.permissions import RULES as ORGANISATION_RULES
from departments.permissions import OrganisationAction
from departments.permissions import can as can_organise
from riskpoints import permissions
from riskpoints.enums import Action, Category, ConfirmedBy, Status
from riskpoints.models import Decision, TableVersion
from riskpoints.permissions import RegisterAction, can, visible_versions, who_confirms
from riskpoints.references.library.permissions import RULES as LIBRARY_RULES
from riskpoints.references.library.permissions import LibraryAction
from riskpoints.references.library.permissions import can as can_library
from riskpoints.tables import editing, workflow
from tests import roles
from tests.factories import (
    assess_all,
    bring_to,
    make_department,
    make_point,
    make_user,
    own_signature,
    record_historical,
)

TABLES = {"D": "table", "O": "discipline_table", "S": "school_table", "L": "leaders_table"}


@pytest.fixture
def tables(request, people):
    """Return the four kinds of table by their letter."""
    return {letter: request.getfixturevalue(name) for letter, name in TABLES.items()}


def letters_of(people, action, objects):
    """{person: letters of the objects with which he or she may do it}, without those who may with none."""
    found = {
        name: "".join(letter for letter, obj in objects.items() if can(getattr(people, name), action, obj))
        for name in roles.PEOPLE
    }
    return {name: letters for name, letters in found.items() if letters}


def refreshed(user):
    """Return the account as the next request sees it: roles are read once per object."""
    return User.objects.get(pk=user.pk)


# ---- the table of rules ------------------------------------------------------------------------------------------


def test_acts_on_tables_belong_to_these_people(people, tables):
    versions = {letter: bring_to(Status.DRAFT, table, people) for letter, table in tables.items()}
    on_table = {Action.START, Action.REVISE, Action.RECORD}
    actual = {
        action: letters_of(people, action, tables if action in on_table else versions)
        for action in roles.ON_TABLES[None]
    }
    assert actual == roles.ON_TABLES[None]


@pytest.mark.parametrize("status", ["submitted", "reviewed", "confirmed"])
def test_acts_in_a_status_belong_to_these_people(people, tables, status):
    versions = {letter: bring_to(Status(status), table, people) for letter, table in tables.items()}
    expected = roles.ON_TABLES[status]
    assert {action: letters_of(people, action, versions) for action in expected} == expected


def test_a_recorded_paper_is_compared_by_these_people(people, tables):
    day = datetime.date(2011, 11, 15)
    versions = {
        letter: record_historical(table, fill=lambda version: None, signed_on=day, actor=people.office)
        for letter, table in tables.items()
    }
    expected = roles.ON_TABLES["recorded"]
    assert {action: letters_of(people, action, versions) for action in expected} == expected
    assert letters_of(people, Action.CONFIRM, versions) == {}


def test_who_typed_a_paper_in_never_compares_it(people, table):
    RoleGrant.objects.create(user=people.office, role=Role.REVIEWER)
    typist = refreshed(people.office)
    day = datetime.date(2011, 11, 15)
    version = record_historical(table, fill=lambda version: None, signed_on=day, actor=typist)
    assert not can(typist, Action.COMPARE, version)
    version.authors.clear()
    assert not can(typist, Action.COMPARE, version)
    assert can(people.reviewer, Action.COMPARE, version)


@pytest.mark.parametrize("status", [status for status in Status if status != Status.CONFIRMED])
def test_a_scan_is_added_to_a_confirmed_version_only(people, table, status):
    version = bring_to(status, table, people)
    assert letters_of(people, Action.ADD_SCAN, {"D": version}) == {}


def test_acts_on_the_register_belong_to_these_people(people):
    actual = {
        action: {name for name in roles.PEOPLE if can(getattr(people, name), action)} for action in roles.ON_THE_WHOLE
    }
    assert actual == roles.ON_THE_WHOLE


def test_acts_on_the_organisation_belong_to_these_people(people):
    actual = {
        action: {name for name in roles.PEOPLE if can_organise(getattr(people, name), action)}
        for action in roles.ON_THE_ORGANISATION
    }
    assert actual == roles.ON_THE_ORGANISATION


def test_acts_on_the_references_belong_to_these_people(people):
    actual = {
        action: {name for name in roles.PEOPLE if can_library(getattr(people, name), action)}
        for action in roles.ON_REFERENCES
    }
    assert actual == roles.ON_REFERENCES


def test_every_rule_is_in_the_data():
    """A rule that the written-out tables don't know fails here."""
    known = {action for acts in roles.ON_TABLES.values() for action in acts} | set(roles.ON_THE_WHOLE)
    assert known == set(permissions.RULES) == set(Action) | set(RegisterAction)
    assert set(roles.ON_THE_ORGANISATION) == set(ORGANISATION_RULES) == set(OrganisationAction)
    assert set(roles.ON_REFERENCES) == set(LIBRARY_RULES) == set(LibraryAction)


def test_what_no_rule_names_is_refused(people, table):
    assert [name for name in roles.PEOPLE if can(getattr(people, name), "delete_everything", table)] == []
    assert [name for name in roles.PEOPLE if can_organise(getattr(people, name), "delete_everything")] == []


def test_a_visitor_may_nothing(people, draft_version):
    allowed = [action for action in permissions.RULES if can(AnonymousUser(), action, draft_version)]
    assert allowed == []


def test_readme_shows_the_same_table():
    assert roles.readme_block() == roles.roles_table()


# ---- kept apart --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", [Action.ASSESS, Action.APPROVE, Action.RETURN])
def test_a_former_clerk_never_reviews_what_he_wrote(people, draft_version, action):
    make_point(draft_version, actor=people.clerk, category=Category.DUTY)
    version = workflow.perform(Action.SUBMIT, draft_version, actor=people.head)
    people.clerk.grants.all().delete()
    RoleGrant.objects.create(user=people.clerk, role=Role.REVIEWER)
    former = refreshed(people.clerk)
    assert not can(former, action, version)
    assert can(people.reviewer, action, version)


def test_a_former_head_never_reviews_what_he_submitted(people, table):
    version = bring_to(Status.DRAFT, table, people)
    version.authors.clear()  # as with a revision that was submitted unchanged
    version = workflow.perform(Action.SUBMIT, version, actor=people.head)
    assert list(version.authors.all()) == [people.head]  # who submits is kept as a row, too
    people.head.grants.all().delete()
    RoleGrant.objects.create(user=people.head, role=Role.REVIEWER)
    assert not can(refreshed(people.head), Action.APPROVE, version)


def test_who_proposed_what_was_taken_over_never_reviews_it(people, draft_version):
    """The proposal may come from a reviewer who belongs to another department."""
    assert permissions.reviews(people.reviewer, draft_version)
    draft_version.proposers.add(people.outsider)
    assert permissions.reviews(people.reviewer, draft_version)
    draft_version.proposers.add(people.reviewer)
    assert permissions.proposed(people.reviewer, draft_version)
    assert not permissions.reviews(people.reviewer, draft_version)
    version = workflow.perform(Action.SUBMIT, draft_version, actor=people.head)
    for action in (Action.ASSESS, Action.APPROVE, Action.RETURN):
        assert not can(people.reviewer, action, version)
        assert can(people.discipline_head, action, version)


@pytest.mark.parametrize("role", [Role.HEAD, Role.CLERK])
def test_a_reviewer_never_reviews_the_department_he_fills_in_for(people, submitted_version, department, role):
    people.head.grants.all().delete()
    RoleGrant.objects.create(user=people.reviewer, role=role, department=department)
    assert not can(refreshed(people.reviewer), Action.APPROVE, submitted_version)


def test_staff_of_a_department_may_review_it(people, submitted_version, department):
    RoleGrant.objects.create(user=people.reviewer, role=Role.STAFF, department=department)
    assert can(refreshed(people.reviewer), Action.APPROVE, submitted_version)


def test_the_reviewer_never_confirms(people, table):
    RoleGrant.objects.create(user=people.reviewer, role=Role.OFFICE)
    people.reviewer = refreshed(people.reviewer)
    version = bring_to(Status.REVIEWED, table, people)
    assert not can(people.reviewer, Action.CONFIRM, version)
    assert can(people.office, Action.CONFIRM, version)


def test_the_principal_never_confirms_what_he_reviewed(people, table):
    RoleGrant.objects.create(user=people.principal, role=Role.REVIEWER)
    people.principal = refreshed(people.principal)
    version = bring_to(Status.SUBMITTED, table, people)
    assess_all(version, actor=people.principal)
    version = workflow.perform(Action.APPROVE, version, actor=people.principal)
    assert not can(people.principal, Action.CONFIRM, version)
    assert not can(people.principal, Action.RETURN, version)
    assert can(people.reviewer, Action.RETURN, version)


def test_the_principal_never_confirms_what_he_wrote(people, table, department):
    RoleGrant.objects.create(user=people.principal, role=Role.CLERK, department=department)
    people.principal = refreshed(people.principal)
    version = bring_to(Status.DRAFT, table, people)
    make_point(version, actor=people.principal)
    version = workflow.perform(Action.SUBMIT, version, actor=people.head)
    assess_all(version, actor=people.reviewer)
    version = workflow.perform(Action.APPROVE, version, actor=people.reviewer)
    assert not can(people.principal, Action.CONFIRM, version)
    assert not can(people.principal, Action.RETURN, version)


# Each way of having taken part in a version, with each role that confirms.
TOOK_PART = {
    "wrote": lambda version, user: version.authors.add(user),
    "submitted": lambda version, user: set_people(version, submitted_by=user),
    "set levels": lambda version, user: version.assessors.add(user),
    "approved": lambda version, user: set_people(version, reviewed_by=user),
}


def set_people(version, **values):
    TableVersion.objects.filter(pk=version.pk).update(**values)
    version.refresh_from_db()


@pytest.mark.parametrize("part", TOOK_PART)
@pytest.mark.parametrize("others", [(), (Role.REVIEWER,), (Role.PRINCIPAL,), (Role.REVIEWER, Role.HEAD)])
def test_who_took_part_never_confirms_whatever_roles_he_holds(people, table, part, others):
    version = bring_to(Status.REVIEWED, table, people)
    people.principal.grants.all().delete()
    someone = make_user("2001", "某人", Role.OFFICE)
    for role in others:
        someone.grants.create(role=role, department=make_department() if role == Role.HEAD else None)
    someone = refreshed(someone)
    assert can(someone, Action.CONFIRM, version)
    TOOK_PART[part](version, someone)
    assert not can(someone, Action.CONFIRM, version)
    assert someone not in who_confirms(version)
    assert can(people.office, Action.CONFIRM, version)


def test_it_is_said_who_has_to_be_named_where_nobody_is_left(people, school_table):
    version = bring_to(Status.REVIEWED, school_table, people)
    assert [user.real_name for user in who_confirms(version)] == ["领导小组办公室第二干事", "校长"]
    people.principal.grants.all().delete()
    people.second_office.grants.all().delete()
    assert who_confirms(version) == []


@pytest.mark.parametrize(
    ("role", "status", "action"),
    [
        (Role.REVIEWER, Status.SUBMITTED, Action.ASSESS),
        (Role.REVIEWER, Status.SUBMITTED, Action.APPROVE),
        (Role.REVIEWER, Status.SUBMITTED, Action.RETURN),
        (Role.OFFICE, Status.REVIEWED, Action.CONFIRM),
        (Role.PRINCIPAL, Status.REVIEWED, Action.CONFIRM),
        (Role.PRINCIPAL, Status.REVIEWED, Action.RETURN),
    ],
)
def test_an_administrator_neither_reviews_nor_confirms(people, table, role, status, action):
    version = bring_to(status, table, people)
    people.principal.grants.all().delete()
    someone = make_user("2001", "某人", role)
    assert can(someone, action, version)
    RoleGrant.objects.create(user=someone, role=Role.ADMIN)
    assert not can(refreshed(someone), action, version)


def test_a_deputy_who_is_administrator_does_not_review(people, discipline_table):
    version = bring_to(Status.SUBMITTED, discipline_table, people)
    assert can(people.deputy, Action.APPROVE, version)
    RoleGrant.objects.create(user=people.deputy, role=Role.ADMIN)
    assert not can(refreshed(people.deputy), Action.APPROVE, version)


def test_only_a_deputy_of_the_group_in_office_reviews_the_discipline_office(people, discipline_table, group):
    version = bring_to(Status.SUBMITTED, discipline_table, people)
    member = group.members.get(user=people.deputy)
    for position in (GroupPosition.CHIEF, GroupPosition.MEMBER):
        member.position = position
        member.save()
        assert not can(people.deputy, Action.APPROVE, version)
    member.position = GroupPosition.DEPUTY
    member.save()
    group.until = datetime.date(2020, 12, 31)
    group.save()
    assert not can(people.deputy, Action.APPROVE, version)


def test_a_disabled_account_loses_every_right_at_once(people, submitted_version):
    assert can(people.reviewer, Action.APPROVE, submitted_version)
    people.reviewer.is_active = False
    people.reviewer.save()
    assert not can(people.reviewer, Action.APPROVE, submitted_version)
    assert not visible_versions(people.reviewer).exists()


def test_a_disabled_deputy_sees_nothing_of_the_discipline_office(people, discipline_table):
    version = bring_to(Status.SUBMITTED, discipline_table, people)
    assert list(visible_versions(people.deputy)) == [version]
    people.deputy.is_active = False
    people.deputy.save()
    assert not visible_versions(refreshed(people.deputy)).exists()


def test_the_office_adds_a_scan_to_a_typed_in_paper(people, table):
    """Compared or not: the paper was typed in by itself, so it has its second pair of eyes."""
    day = datetime.date(2011, 11, 15)
    version = record_historical(table, fill=lambda version: None, signed_on=day, actor=people.office)
    assert can(people.office, Action.ADD_SCAN, version)
    assert can(people.office, Action.ADD_SCAN, workflow.perform(Action.COMPARE, version, actor=people.reviewer))
    assert not can(people.head, Action.ADD_SCAN, version)


# ---- what exists for whom ----------------------------------------------------------------------------------------

# d a draft, s submitted, r reviewed, f in force, o confirmed and followed by another, x discarded:
# {person: (of 总务处, of the discipline office, of the school, of the 校领导班子)}
VISIBLE = {
    "staff": ("f", "", "", ""),
    "clerk": ("dsrfox", "", "", ""),
    "head": ("dsrfox", "", "", ""),
    "leader": ("srfo", "f", "f", "dsrfox"),
    "other_head": ("", "", "", ""),
    "discipline_head": ("srfo", "dsrfox", "srfo", "srfo"),
    "reviewer": ("srfo", "srfo", "srfo", "srfo"),
    "deputy": ("f", "srfo", "f", "f"),
    "principal": ("rfo", "rfo", "rfo", "dsrfox"),
    "office": ("rfo", "rfo", "dsrfox", "dsrfox"),
    "admin": ("f", "f", "f", "f"),
    "auditor": ("", "", "", ""),
    "outsider": ("", "", "", ""),
    "disabled": ("", "", "", ""),
}


@pytest.mark.parametrize("status", [Status.DRAFT, Status.SUBMITTED, Status.REVIEWED])
def test_versions_exist_for_these_people_only(people, tables, other_table, status):
    bring_to(Status.DRAFT, other_table, people)  # one that nobody but its own head may see
    found = {}
    for letter, table in tables.items():
        found[letter] = {
            "o": bring_to(Status.CONFIRMED, table, people).pk,
            "f": bring_to(Status.CONFIRMED, table, people).pk,
            "x": bring_to(Status.DISCARDED, table, people).pk,
            status[0]: bring_to(status, table, people).pk,
        }
    kinds = {"o", "f", "x", status[0]}
    everything = TableVersion.objects.count()
    assert everything == 17
    actual, foreign = {}, {}
    for name in roles.PEOPLE:
        seen = list(visible_versions(getattr(people, name)).values_list("pk", flat=True))
        assert len(seen) == len(set(seen))
        actual[name] = tuple({kind for kind, pk in found[letter].items() if pk in seen} for letter in TABLES)
        foreign[name] = len(seen) - sum(len(kinds_seen) for kinds_seen in actual[name])
    assert actual == {name: tuple(set(letters) & kinds for letters in columns) for name, columns in VISIBLE.items()}
    assert {name for name, count in foreign.items() if count} == {"other_head"}


def test_a_visitor_sees_no_version(people, confirmed_version):
    assert list(visible_versions(AnonymousUser())) == []


def test_a_head_sees_the_versions_of_his_own_departments_only(people, table, other_table, other_department):
    mine, other = bring_to(Status.CONFIRMED, table, people), bring_to(Status.DRAFT, other_table, people)
    assert list(visible_versions(people.other_head)) == [other]
    RoleGrant.objects.create(user=people.head, role=Role.CLERK, department=other_department)
    assert set(visible_versions(refreshed(people.head))) == {mine, other}


def test_the_school_table_waits_with_its_writer(people, school_table):
    version = bring_to(Status.DRAFT, school_table, people)
    assert [name for name in roles.PEOPLE if visible_versions(getattr(people, name)).exists()] == ["office"]
    with pytest.raises(PermissionDenied):
        editing.save_head(version, {"duties": "x"}, actor=people.principal)


def fresh(version):
    """Return the version as the next request reads it."""
    return TableVersion.objects.get(pk=version.pk)


# ---- what is seen of a review ------------------------------------------------------------------------------------


def test_the_reviewers_levels_are_their_own_until_they_decide(people, table):
    """While it waits; once it is approved or returned everybody who opens the table sees them."""
    version = bring_to(Status.SUBMITTED, table, people)
    seen = {name: permissions.sees_review(user, version) for name, user in vars(people).items()}
    assert {name for name, sees in seen.items() if sees} == {"reviewer", "second_reviewer", "discipline_head"}
    workflow.perform(Action.RETURN, version, actor=people.reviewer, comment="缺措施")
    assert permissions.sees_review(people.head, fresh(version))
    version = workflow.perform(Action.SUBMIT, fresh(version), actor=people.head)
    version = workflow.perform(Action.RECALL, version, actor=people.head)
    assert not permissions.sees_review(people.head, fresh(version))
    version = workflow.perform(Action.SUBMIT, fresh(version), actor=people.head)
    assess_all(version, actor=people.reviewer)
    version = workflow.perform(Action.APPROVE, version, actor=people.reviewer)
    assert permissions.sees_review(people.head, version)


def test_a_draft_that_nobody_decided_about_shows_no_review(people, draft_version):
    assert not permissions.sees_review(people.reviewer, draft_version)


def test_the_last_decision_counts_by_its_moment_and_then_by_its_number(people, draft_version):
    """A year that was brought back from an archive has its decisions in whatever order they were written."""
    moment = timezone.now()
    for action, at, sees in (
        (Action.RETURN, moment, True),
        (Action.RECALL, moment, False),
        (Action.RETURN, moment - datetime.timedelta(days=1), False),
    ):
        Decision.objects.create(version=draft_version, action=action, actor_name="某人", at=at)
        assert permissions.sees_review(people.head, fresh(draft_version)) is sees


def test_giving_a_revision_up_is_no_decision_about_its_levels(people, table):
    bring_to(Status.CONFIRMED, table, people)
    version = bring_to(Status.SUBMITTED, table, people)
    version = workflow.perform(Action.RETURN, version, actor=people.reviewer, comment="缺措施")
    version = workflow.perform(Action.DISCARD, version, actor=people.head, comment="不再修订")
    assert permissions.sees_review(people.head, fresh(version))


# ---- scans and signatures ----------------------------------------------------------------------------------------


def test_a_confirmation_in_the_browser_has_its_second_pair_of_eyes(people, reviewed_version):
    """The office that wrote in the table adds the scan then; of a signature on paper alone it does not."""
    reviewed_version.assessors.add(people.second_office)
    version = workflow.perform(Action.CONFIRM, reviewed_version, actor=people.principal, signature=own_signature())
    assert can(people.office, Action.ADD_SCAN, version)
    assert can(people.second_office, Action.ADD_SCAN, version)
    version.confirmed_how = ConfirmedBy.PAPER
    assert can(people.office, Action.ADD_SCAN, version)
    assert not can(people.second_office, Action.ADD_SCAN, version)
    version.table.cycle.closed_at = version.confirmed_at
    assert not can(people.office, Action.ADD_SCAN, version)


def test_those_who_may_confirm_are_named_in_their_order_without_disabled_ones(people, reviewed_version, office):
    assert permissions.who_confirms(reviewed_version) == [people.second_office, people.office, people.principal]
    office.is_active = False
    office.save()
    reviewed_version.authors.add(people.principal)
    assert permissions.who_confirms(fresh(reviewed_version)) == [people.second_office]


def test_a_right_that_was_taken_away_since_is_asked_for_again(people):
    assert can(people.office, RegisterAction.POST)
    permissions.require_still(people.office, RegisterAction.POST)
    people.office.grants.all().delete()
    assert can(people.office, RegisterAction.POST)  # as the page was opened
    assert not permissions.can_still(people.office, RegisterAction.POST)
    with pytest.raises(PermissionDenied, match="您的角色刚刚有变动，没有这项权限了，没有办理。"):
        permissions.require_still(people.office, RegisterAction.POST)
