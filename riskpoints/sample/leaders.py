"""The table of the sample school's 校领导班子: each leader writes the own post, and a meeting decides (R53)."""

from typing import Any

from django.utils import timezone

from departments.models import Post, User
from riskpoints.enums import Action
from riskpoints.models import ControlTable, RiskPoint, TableVersion
from riskpoints.sample.data import scan
from riskpoints.sample.organisation import People
from riskpoints.sample.tables import measure_values, point_values
from riskpoints.tables import editing, reviewing, starting, workflow
from riskpoints.tables.reviewing import Assessment
from riskpoints.tables.workflow import Meeting, PostMinutes

CHIEF = "principal"


def play(data: dict[str, Any], table: ControlTable, people: People) -> TableVersion:
    """Written by each for the own post, handed in and recorded by two of the office, reviewed by the committee."""
    by_name = {user.real_name: user for user in people.values()}
    draft = starting.start_table(table, actor=people["office_a"])
    points = _write(draft, data, by_name)
    version = workflow.perform(Action.SUBMIT, draft, actor=people["office_a"])
    reviewer = people[data["review"]["by"]]
    given = {points[row["n"]].pk: Assessment(row["level"]) for row in data["points"]}
    reviewing.assess(version, given, actor=reviewer)
    version = workflow.perform(Action.APPROVE, version, actor=reviewer, comment=data["review"]["comment"])
    said = data["meeting"]
    meeting, recorder = _meeting(said, version, people[CHIEF].real_name), people[said["by"]]
    return workflow.perform(Action.CONFIRM, version, actor=recorder, comment=said["comment"], signature=meeting)


def _write(draft: TableVersion, data: dict[str, Any], by_name: dict[str, User]) -> dict[int, RiskPoint]:
    posts = {post.name: post for post in _posts(draft)}
    writers = {row["name"]: by_name[row["holders"][0]] for row in data["posts"]}
    points, actors = {}, {}
    for row in data["points"]:
        actors[row["n"]] = writers[row["post"]]
        points[row["n"]] = editing.save_point(draft, point_values(row, posts), actor=actors[row["n"]])
    for row in data["measures"]:
        answered = [points[number] for number in row["points"]]
        editing.save_measure(draft, measure_values(row), points=answered, actor=actors[row["points"][0]])
    return points


def _posts(draft: TableVersion) -> list[Post]:
    return list(Post.objects.filter(department=draft.table.department_id).prefetch_related("functions"))


def _meeting(said: dict[str, Any], version: TableVersion, chief: str) -> Meeting:
    """The holder of each post withdraws; the 组长 presides, a 副组长 over the 组长's own post."""
    today = timezone.localdate()
    posts = []
    for post in _posts(version):
        holders = tuple(held.holder_name for held in post.appointments.all())
        posts.append(PostMinutes(post.pk, holders, said["presided"].get(post.name, chief)))
    return Meeting(
        name=said["name"],
        held_on=today,
        minutes_number=said["minutes_number"].format(year=today.year),
        attendees=tuple(said["attendees"]),
        posts=tuple(posts),
        scan=scan(),
        scan_suffix="pdf",
    )
