"""Makes rows for tests; a table reaches a status only through services and workflow, done by the right people."""

import datetime
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from departments.enums import DepartmentKind, Role
from departments.models import Department, Post, PostFunction, RoleGrant, User
from riskpoints.content.content import load
from riskpoints.content.walk import walk_of
from riskpoints.enums import Action, Category, ConfirmedBy, Harm, Likelihood, SchoolCategory, Stage, Status
from riskpoints.models import ControlTable, Cycle, Measure, RiskPoint, TableVersion
from riskpoints.references.regulations.enums import Kind, State
from riskpoints.references.regulations.models import Regulation
from riskpoints.rules.enums import Key
from riskpoints.rules.models import SchoolRule
from riskpoints.tables import editing, historical, reviewing, starting, walking, workflow
from tests import scans
from tests.leaders import fill_leaders, meeting_of

PASSWORD = "a-Password-of-tests-1"


def make_user(number: str, name: str, *roles: Role, department: Department | None = None, **values) -> User:
    """Return an account with these roles; `department` goes with each of them that belongs to a department."""
    user = User.objects.create_user(number, name, PASSWORD, **values)
    for role in roles:
        RoleGrant.objects.create(user=user, role=role, department=department)
    return user


def make_department(name: str = "实训处", **values) -> Department:
    """Return a department in use with its 业务工作职责 written."""
    values = {"kind": DepartmentKind.CHU, "duties": f"负责{name}的日常工作。"} | values
    return Department.objects.create(name=name, **values)


def make_post(department: Department, name: str = "干事", functions: tuple[PostFunction, ...] = (), **values) -> Post:
    """Return a post of a department with these functions."""
    post = Post.objects.create(department=department, name=name, **values)
    post.functions.set(functions)
    return post


def year_dates(year: int) -> dict[str, datetime.date]:
    """The four dates of a year, from March to June."""
    return {
        "fill_from": datetime.date(year, 3, 1),
        "fill_until": datetime.date(year, 4, 30),
        "review_until": datetime.date(year, 5, 31),
        "publish_until": datetime.date(year, 6, 30),
    }


def make_cycle(year: int, **values) -> Cycle:
    """Return an open 年度 in which nothing is overdue before the year ends."""
    last = datetime.date(year, 12, 31)
    dates = {"fill_from": datetime.date(year, 1, 1), "fill_until": last, "review_until": last, "publish_until": last}
    return Cycle.objects.create(year=year, **dates | values)


def set_rule(key: Key, value: Any) -> None:
    """Let a school rule have been valid since ever."""
    SchoolRule.objects.create(key=key, value=value, since=datetime.date(2000, 1, 1), reason="测试")


def publish_for(days: int) -> None:
    """Let each table that is approved from now on be published for so many working days."""
    set_rule(Key.PUBLICATION_DAYS, days)


def make_point(version: TableVersion, *, actor: User, **values) -> RiskPoint:
    """Add one 风险点 to a draft: of level three by its scales unless told otherwise, proposed as computed."""
    category = SchoolCategory.DECISION if version.table.is_school else Category.DUTY
    values = {
        "category": category,
        "text": "办理事项不按规定程序",
        "likelihood": Likelihood.LOW,
        "harm": Harm.LIMITED,
    } | values
    if "proposed_level" not in values:
        probe = RiskPoint(post=values.get("post"), likelihood=values["likelihood"], harm=values["harm"])
        editing.apply_rule(probe)
        values["proposed_level"] = probe.computed_level
    return editing.save_point(version, values, actor=actor)


def make_measure(version: TableVersion, *points: RiskPoint, actor: User, **values) -> Measure:
    """Add one 防范措施 to a draft: for these points, or for a whole category."""
    category = points[0].category if points else SchoolCategory.DECISION if version.table.is_school else Category.DUTY
    values = {"category": category, "text": "两人以上办理，每月抽查一次", "stage": Stage.MONITORING} | values
    return editing.save_measure(version, values, points=points, actor=actor)


def fill(version: TableVersion, *, actor: User) -> TableVersion:
    """Write a complete table, with no hint but that each stage wants measures: a point in each category, each active
    post covered, measures, levels."""
    with editing.editing(version, actor=actor) as draft:
        write = _fill_school_table if version.table.is_school else _fill_department_table
        write(draft, actor)
    return version


def _fill_school_table(draft: TableVersion, actor: User) -> None:
    for category in (SchoolCategory.DECISION, SchoolCategory.PERSONNEL, SchoolCategory.PROJECT):
        for number in (1, 2):
            make_point(draft, actor=actor, category=category, text=f"{category.label}的风险点{number}")
        make_measure(draft, actor=actor, category=category, text=f"{category.label}的防控措施", stage="")
    editing.declare_nil(draft, SchoolCategory.FUNDS, actor=actor)


def _fill_department_table(draft: TableVersion, actor: User) -> None:
    posts = list(Post.objects.active_on().filter(department=draft.table.department).prefetch_related("functions"))
    for number in range(max(len(Category), len(posts))):
        category = list(Category)[number % len(Category)]
        point = make_point(
            draft,
            actor=actor,
            category=category,
            post=posts[number % len(posts)] if posts else None,
            text=f"{category.label}的风险点{number + 1}",
            manifestation=f"{category.label}的表现形式{number + 1}",
            finding_methods=["self", "mutual"],
            responsible=f"责任人{number + 1}",
        )
        make_measure(draft, point, actor=actor, text=f"{category.label}的监控措施{number + 1}")
    make_measure(draft, actor=actor, text="每学期开展一次岗位廉政教育并考试", stage=Stage.PREVENTION)


def assess_all(version: TableVersion, *, actor: User) -> None:
    """Confirm each point's level as proposed."""
    given = {point.pk: reviewing.Assessment(point.proposed_level) for point in version.points.all()}
    reviewing.assess(version, given, actor=actor)


def walk_all(version: TableVersion, *, actor: User) -> None:
    """Say of each point of a renewal that nobody has gone through yet that it still applies."""
    content = load(version)
    walk = walk_of(content)
    for item in walk.left if walk else []:
        walking.keep(item.point, seen=walking.state_of(item.point, content.measures_of(item.point)), actor=actor)


def paper_signature(**values) -> workflow.Signature:
    """Return the signature of the principal on paper, dated today, with the scan of the sheet."""
    values = {"signer_name": "校长", "signed_on": timezone.localdate(), "how": ConfirmedBy.PAPER} | values
    if values["how"] == ConfirmedBy.PAPER:
        values = {"scan": scans.PDF, "scan_suffix": "pdf"} | values
    return workflow.Signature(**values)


def own_signature(**values) -> workflow.Signature:
    """Return the principal's own confirmation in the browser, with the password typed anew."""
    return paper_signature(**{"how": ConfirmedBy.BROWSER, "proof": "password"} | values)


def record_historical(table: ControlTable, *, actor: User, reviewer: User | None = None, **values) -> TableVersion:
    """Type a paper in, with a scan; with a `reviewer` it is compared and in force."""
    values = {"signer_name": "时任校长", "comment": "按纸质表补录", "scan": scans.PDF, "scan_suffix": "pdf"} | values
    year = Cycle.objects.filter(pk=table.cycle_id, closed_at=None)
    year.update(is_historical=True)  # as if the year had been opened to be recorded
    try:
        version = historical.record_historical(table, actor=actor, **values)
    finally:
        year.update(is_historical=table.cycle.is_historical)
    return version if reviewer is None else workflow.perform(Action.COMPARE, version, actor=reviewer)


def hands_of(table: ControlTable, people: SimpleNamespace) -> tuple[User, User, User]:
    """Return who submits, who reviews and who records the signature of this table."""
    if table.is_school or table.is_leaders:
        return people.office, people.reviewer, people.second_office
    if table.department.is_discipline_office:
        return people.discipline_head, people.deputy, people.office
    return table.department.head, people.reviewer, people.office


def bring_to(status: Status, table: ControlTable, people: SimpleNamespace) -> TableVersion:
    """Return a complete version of a table in this status; DISCARDED is a given-up revision of a confirmed one.

    A table that has a version in force gets a revision of it. `people` is the fixture of that name.
    """
    writer, reviewer, confirmer = hands_of(table, people)
    table.refresh_from_db()
    if status == Status.DISCARDED and table.in_force is None:
        bring_to(Status.CONFIRMED, table, people)
        table.refresh_from_db()
    if table.in_force is not None:
        version = starting.open_revision(table.in_force, reason="岗位有变动", actor=writer)
    else:
        version = starting.start_table(table, actor=writer)
        if version.base is None:  # what was carried over is complete
            version = fill_leaders(version) if table.is_leaders else fill(version, actor=writer)
    if status == Status.DISCARDED:
        return workflow.perform(Action.DISCARD, version, actor=writer, comment="不再修订")
    if status in (Status.SUBMITTED, Status.REVIEWED, Status.CONFIRMED):
        walk_all(version, actor=writer)
        version = workflow.perform(Action.SUBMIT, version, actor=writer)
    if status in (Status.REVIEWED, Status.CONFIRMED):
        if not table.is_school:
            assess_all(version, actor=reviewer)
        version = workflow.perform(Action.APPROVE, version, actor=reviewer)
    if status == Status.CONFIRMED:
        ground = meeting_of(version) if table.is_leaders else paper_signature()
        version = workflow.perform(Action.CONFIRM, version, actor=confirmer, signature=ground)
    return TableVersion.objects.select_related("table__cycle", "table__department").get(pk=version.pk)


def make_regulation(title: str = "采购管理办法", **values) -> Regulation:
    """Return a 校级 regulation in force."""
    now = timezone.now()
    known = {
        "document_number": "校发〔2025〕3 号",
        "kind": Kind.SCHOOL,
        "effective_on": datetime.date(2025, 3, 1),
        "state": State.IN_FORCE,
        "state_since": now,
        "created_at": now,
    }
    return Regulation.objects.create(title=title, **known | values)
