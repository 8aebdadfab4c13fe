"""Plays the sample school's tables through the workflow, each act by the person who would do it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from departments.models import Post, User
from riskpoints.enums import Action, ConfirmedBy
from riskpoints.models import ControlTable, RiskPoint, TableVersion
from riskpoints.references.library.models import TypicalRisk
from riskpoints.sample import regulations
from riskpoints.sample.data import scan
from riskpoints.sample.organisation import People
from riskpoints.tables import acts, editing, reviewing, starting, workflow
from riskpoints.tables.reviewing import Assessment
from riskpoints.tables.workflow import Signature


@dataclass
class Story:
    """One department's table on its way: what the data says, and how far it has come."""

    data: dict[str, Any]
    table: ControlTable
    people: People
    version: TableVersion | None = None
    points: dict[int, RiskPoint] = field(default_factory=dict)

    @property
    def current(self) -> TableVersion:
        assert self.version is not None, "The story has to begin with fill()."  # noqa: S101 - a mistake in STEPS  # nosec B101
        return self.version

    @property
    def head(self) -> User:
        return self.people[f"head_{self.data['key']}"]

    @property
    def writer(self) -> User:
        """The clerk where there is one, else the head."""
        return self.people.get(f"clerk_{self.data['key']}", self.head)

    @property
    def posts(self) -> dict[str, Post]:
        department = self.table.department
        return {post.name: post for post in department.posts.prefetch_related("functions")} if department else {}


def play(story: Story) -> None:
    """Take a table from an empty one to the state the data names."""
    for step in STEPS[story.data["state"]]:
        step(story)


def fill(story: Story) -> None:
    """Write the whole table; a text that the reviewer is going to return stands in its first wording."""
    actor, posts = story.writer, story.posts
    story.version = starting.start_table(story.table, actor=actor)
    with editing.editing(story.version, actor=actor) as version:
        acts.make_final(version)  # the sample tells of work that lies days back
        for row in story.data["points"]:
            values = point_values(row, posts) | {"text": row.get("first_text", row["text"])}
            story.points[row["n"]] = editing.save_point(version, values, actor=actor)
        for row in story.data["measures"]:
            points = [story.points[number] for number in row["points"]]
            cited = regulations.cited_by(row.get("basis", ""))
            editing.save_measure(version, measure_values(row), points=points, regulations=cited, actor=actor)
        for category in story.data["none"]:
            editing.declare_nil(version, category, actor=actor)
        for name, reason in story.data["posts_without_points"].items():
            editing.exempt_post(version, posts[name], reason, actor=actor)


def submit(story: Story) -> None:
    """The head submits, whoever wrote it."""
    story.version = workflow.perform(Action.SUBMIT, story.current, actor=story.head)


def send_back(story: Story) -> None:
    """The reviewer writes remarks at points and returns the table."""
    returned = story.data["returned"]
    reviewer = story.people[returned["by"]]
    remarks = {
        story.points[remark["point"]].pk: Assessment(level=None, remark=remark["text"])
        for remark in returned["remarks"]
    }
    reviewing.assess(story.current, remarks, actor=reviewer)
    story.version = workflow.perform(Action.RETURN, story.current, actor=reviewer, comment=returned["comment"])


def rewrite(story: Story) -> None:
    """The writer puts the final wording where the first one was returned."""
    for row in story.data["points"]:
        if "first_text" in row:
            point = story.current.points.get(pk=story.points[row["n"]].pk)
            editing.save_point(story.current, {"text": row["text"]}, point=point, actor=story.writer)


def approve(story: Story) -> None:
    """The reviewer confirms each point's level as proposed, but for the changes the data gives reasons for."""
    review = story.data["review"]
    reviewer = story.people[review["by"]]
    changes = {change["point"]: change for change in review["levels"]}
    assessments = {}
    for row in story.data["points"]:
        change = changes.get(row["n"], {})
        assessments[story.points[row["n"]].pk] = Assessment(
            level=change.get("level", row["level"]), reason=change.get("reason", "")
        )
    reviewing.assess(story.current, assessments, actor=reviewer)
    story.version = workflow.perform(Action.APPROVE, story.current, actor=reviewer, comment=review["comment"])


def confirm(story: Story) -> None:
    """The principal confirms in the browser, or the office records the signed paper."""
    given = story.data["confirm"]
    name, today = story.people["principal"].real_name, timezone.localdate()
    if given["way"] == "browser":
        signature = Signature(name, today, ConfirmedBy.BROWSER, proof="password")
    else:
        signature = Signature(name, today, ConfirmedBy.PAPER, scan=scan(), scan_suffix="pdf")
    story.version = workflow.perform(
        Action.CONFIRM,
        story.current,
        actor=story.people[given["by"]],
        comment=given["comment"],
        signature=signature,
    )


def revise(story: Story) -> None:
    """Open a revision of the table in force: a point added, one reworded, one removed, one at another level."""
    revision = story.data["revision"]
    actor, posts = story.people[revision["by"]], story.posts
    draft = starting.open_revision(story.current, reason=revision["reason"], actor=actor)

    def copied(row: dict[str, Any]) -> RiskPoint:
        return draft.points.get(identity=story.points[row["point"]].identity)

    for row in revision["change"]:
        editing.save_point(draft, {"text": row["text"]}, point=copied(row), actor=actor)
    for row in revision["level"]:
        names = ("manifestation", "likelihood", "harm")
        values = {name: row[name] for name in names if name in row} | {"proposed_level": row["level"]}
        editing.save_point(draft, values, point=copied(row), actor=actor)
    for row in revision["remove"]:
        editing.remove_row(copied(row), actor=actor)
    for row in revision["add"]:
        point = editing.save_point(draft, point_values(row, posts), actor=actor)
        for measure in row["measures"]:
            values = measure_values(measure | {"category": row["category"]})
            editing.save_measure(draft, values, points=[point], actor=actor)
    story.version = draft


Step = Callable[[Story], None]
STEPS: dict[str, tuple[Step, ...]] = {
    "not_started": (),
    "draft": (fill,),
    "submitted": (fill, submit),
    "submitted_discipline": (fill, submit),
    "returned": (fill, submit, send_back),
    "submitted_again": (fill, submit, send_back, rewrite, submit),
    "reviewed": (fill, submit, approve),
    "in_force": (fill, submit, approve, confirm),
    "in_force_revision": (fill, submit, approve, confirm, revise),
}


def point_values(row: dict[str, Any], posts: dict[str, Post]) -> dict[str, Any]:
    """A point of the data as services.save_point takes it."""
    return {
        "category": row["category"],
        "post": posts[row["post"]] if row.get("post") else None,
        "text": row["text"],
        "manifestation": row["manifestation"],
        "matter": row.get("matter", ""),
        "is_latent": row.get("latent", True),
        "likelihood": row["likelihood"],
        "harm": row["harm"],
        "proposed_level": row["level"],
        "proposed_reason": row.get("level_reason", ""),
        "finding_methods": row["methods"],
        "finding_other": row.get("other_method", ""),
        "responsible": row.get("responsible", ""),
        "is_key_area": row.get("key_area", False),
        "co_departments": row.get("co_departments", ""),
        "library_entry": TypicalRisk.objects.get(key=row["library"]) if "library" in row else None,
    }


def measure_values(row: dict[str, Any]) -> dict[str, Any]:
    """A measure of the data as services.save_measure takes it."""
    return {
        "category": row["category"],
        "text": row["text"],
        "stage": row["stage"],
        "responsible": row["responsible"],
        "basis": row.get("basis", ""),
        "timing": row.get("timing", ""),
    }


def compile_school_table(data: dict[str, Any], table: ControlTable, *, actor: User) -> TableVersion:
    """Rework the draft carried over from 2011: `was` names the printed line that a new one takes the place of."""
    draft = starting.start_table(table, actor=actor)
    old_points = {point.text: point for point in draft.points.all()}
    old_measures = {measure.text: measure for measure in draft.measures.all()}
    for category in draft.nils.values_list("category", flat=True):
        editing.withdraw_nil(draft, category, actor=actor)
    points = {}
    for row in data["points"]:
        was = old_points.pop(row.get("was"), None)
        points[row["n"]] = editing.save_point(draft, point_values(row, {}), point=was, actor=actor)
    for row in data["measures"]:
        was_measure = old_measures.pop(row.get("was"), None)
        answered = [points[number] for number in row["points"]]
        cited, values = regulations.cited_by(row.get("basis", "")), measure_values(row)
        editing.save_measure(draft, values, points=answered, regulations=cited, measure=was_measure, actor=actor)
    for point in old_points.values():
        editing.remove_row(point, actor=actor)
    for measure in old_measures.values():
        editing.remove_row(measure, actor=actor)
    return draft
