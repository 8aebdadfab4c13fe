"""Sets up the sample school's organisation: school, accounts and roles, departments and posts, the group in office."""

import datetime
from typing import Any

from departments import services
from departments.document_functions import ensure_document_functions
from departments.enums import GroupPosition, Role
from departments.models import (
    Appointment,
    Department,
    GroupMember,
    LeadershipGroup,
    Post,
    PostFunction,
    School,
    User,
)
from riskpoints.sample.data import PASSWORD

People = dict[str, User]


def create_school(names: dict[str, str]) -> School:
    """The school under the names of the founding document."""
    ensure_document_functions()
    return services.ensure_school(actor=None, **names, fonds_code="0001")


def create_accounts(accounts: list[dict[str, Any]]) -> People:
    """All accounts with their school-wide roles; the administrator comes first and creates the others."""
    people: People = {}
    actor: User | None = None
    for row in accounts:
        user = User(staff_number=row["staff_number"], real_name=row["real_name"])
        user.set_password(PASSWORD)
        services.save_record(user, actor=actor)
        people[row["key"]] = user
        for grant in row["roles"]:
            if "departments" not in grant:
                services.grant_role(user, Role(grant["role"]), actor=actor)
        if actor is None:
            actor = user
    return people


def create_departments(rows: list[dict[str, Any]], *, since: datetime.date, people: People) -> dict[str, Department]:
    """Departments with their posts and who holds them; a holder without an account is a name only."""
    admin = people["admin"]
    functions = {function.name: function for function in PostFunction.objects.all()}
    by_name = {user.real_name: user for user in people.values()}
    departments: dict[str, Department] = {}
    for row in rows:
        department = Department(
            name=row["name"],
            kind=row["kind"],
            order=row["order"] * 10,
            duties=row["duties"],
            is_discipline_office=row.get("is_discipline_office", False),
            active_from=since,
        )
        services.save_record(department, actor=admin)
        departments[row["key"]] = department
        for order, given in enumerate(row["posts"], start=1):
            post = Post(
                department=department,
                name=given["name"],
                duties=given["duties"],
                is_key=given["key"],
                order=order * 10,
                active_from=since,
            )
            services.save_record(post, actor=admin, related={"functions": [functions[f] for f in given["functions"]]})
            holders = [Appointment(holder_name=n, user=by_name.get(n), since=since) for n in given["holders"]]
            services.set_appointments(post, holders, actor=admin)
    return departments


def grant_department_roles(
    accounts: list[dict[str, Any]], *, people: People, departments: dict[str, Department]
) -> People:
    """Heads, clerks, staff and 分管领导; returns the accounts anew, since a user object remembers its roles."""
    for row in accounts:
        for grant in row["roles"]:
            for key in grant.get("departments", []):
                services.grant_role(
                    people[row["key"]], Role(grant["role"]), department=departments[key], actor=people["admin"]
                )
    fresh = User.objects.in_bulk([user.pk for user in people.values()])
    return {key: fresh[user.pk] for key, user in people.items()}


def create_group(group: LeadershipGroup, lines: list[GroupMember], *, director: str, actor: User) -> LeadershipGroup:
    """A leadership group with its list in printed order; the office director is one of the list (附件1, T15)."""
    services.save_record(group, actor=actor)
    services.set_group_members(group, lines, actor=actor)
    services.set_office_director(group, group.members.get(person_name=director), actor=actor)
    return group


def create_current_group(row: dict[str, Any], *, people: People) -> LeadershipGroup:
    """The group in office: 校长, 副校长 and 纪委书记, heads of the departments."""
    positions = [
        (GroupPosition.CHIEF, [row["chief"]]),
        (GroupPosition.DEPUTY, row["deputies"]),
        (GroupPosition.MEMBER, row["members"]),
    ]
    lines = [
        GroupMember(position=position, person_name=people[key].real_name, user=people[key])
        for position, keys in positions
        for key in keys
    ]
    group = LeadershipGroup(
        name=row["name"],
        since=datetime.date.fromisoformat(row["since"]),
        office_sentence=row["office_sentence"],
    )
    return create_group(group, lines, director=people[row["office_director"]].real_name, actor=people["admin"])
