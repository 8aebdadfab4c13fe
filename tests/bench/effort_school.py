"""A school whose heads have an afternoon's work before them: tables to take over, to type, to renew, to review."""

from typing import Any

from django.utils import timezone

from departments.enums import Role
from departments.models import Department, PostFunction, User
from riskpoints.enums import Action, Scope
from riskpoints.models import ControlTable, Cycle, TableVersion
from riskpoints.tables import editing, reviewing, starting, workflow
from tests.bench.school import OTHERS, begin
from tests.bench.sentences import table_of
from tests.factories import (
    PASSWORD,
    make_cycle,
    make_department,
    make_measure,
    make_post,
    make_user,
    paper_signature,
    walk_all,
)


def make() -> dict[str, Any]:
    """Make it; return who works on which version. 12 points to take over, to type, to renew, 14 to review."""
    people = begin()
    this = timezone.localdate().year
    last, now = make_cycle(this - 1), make_cycle(this)
    made: dict[str, Any] = {"password": PASSWORD, "reviewer": people["reviewer"].staff_number}
    for place, (key, points) in enumerate({"taken": 0, "typed": 0, "renewed": 12, "reviewed": 14}.items(), start=1):
        department, head = _department(f"第{place}处", place)
        if points:
            in_force(open_table(last, department), table_of(points), head, people)
        version = starting.start_table(open_table(now, department), actor=head)
        if key == "reviewed":
            version = _hand_in(version, head)
        made[key] = {"head": head.staff_number, "version": version.pk}
    return made


def _department(name: str, place: int) -> tuple[Department, User]:
    department = make_department(name, order=place)
    functions = {row.name: row for row in PostFunction.objects.all()}
    for order, row in enumerate(table_of(1)["posts"], start=1):
        own = [functions[one] for one in row["functions"] if one in functions]
        make_post(department, row["name"], functions=tuple(own), order=order)
    return department, make_user(f"100{place}", f"{name}负责人", Role.HEAD, department=department)


def open_table(cycle: Cycle, department: Department) -> ControlTable:
    """A department's table of a year, without a version."""
    return ControlTable.objects.create(cycle=cycle, scope=Scope.DEPARTMENT, department=department)


def in_force(table: ControlTable, content: dict[str, Any], head: User, people: dict[str, User]) -> TableVersion:
    """A version with this content, filled in, reviewed, signed."""
    version = starting.start_table(table, actor=head)
    write(version, content, head)
    with editing.editing(version, actor=head) as held:
        for category in version.table.categories.values:
            if not held.points.filter(category=category).exists():
                editing.declare_nil(held, category, actor=head)
        for post in held.table.department.posts.all() if held.table.department else ():
            if not held.points.filter(post=post).exists():
                editing.exempt_post(held, post, "本岗位不直接办理上述事项", actor=head)
    version = workflow.perform(Action.SUBMIT, version, actor=head)
    given = {point.pk: reviewing.Assessment(point.proposed_level) for point in version.points.all()}
    reviewing.assess(version, given, actor=people["reviewer"])
    version = workflow.perform(Action.APPROVE, version, actor=people["reviewer"])
    return workflow.perform(
        Action.CONFIRM, version, actor=people["office"], signature=paper_signature(signer_name=OTHERS["principal"][1])
    )


def write(version: TableVersion, content: dict[str, Any], head: User) -> None:
    """Fill in the points and measures, each with the level that the rule gives."""
    posts = {post.name: post for post in version.table.department.posts.all()} if version.table.department else {}
    with editing.editing(version, actor=head) as held:
        for row in content["points"]:
            values = {"category": row["category"], "text": row["text"], "post": posts.get(row.get("post", ""))}
            values |= {"likelihood": row["likelihood"], "harm": row["harm"], "finding_methods": ["self"]}
            probe = editing.RiskPoint(post=values["post"], likelihood=row["likelihood"], harm=row["harm"])
            editing.apply_rule(probe)
            point = editing.save_point(held, values | {"proposed_level": probe.computed_level}, actor=head)
            for text in row["measures"] or ["两人以上办理，每月抽查一次"]:
                make_measure(held, point, actor=head, text=text)


def _hand_in(version: TableVersion, head: User) -> TableVersion:
    point = version.points.order_by("order").first()
    if point is not None:
        editing.save_point(version, {"text": f"{point.text}（今年新增线上采购）"}, point=point, actor=head)
    walk_all(version, actor=head)
    return workflow.perform(Action.SUBMIT, TableVersion.objects.get(pk=version.pk), actor=head)
