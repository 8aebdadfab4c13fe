"""The content of one version, read whole with a constant number of queries, and its canonical snapshot."""

import copy
import datetime
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Prefetch

from departments.enums import Level
from departments.models import Post
from riskcontrol.audit import canonical_json, sha256
from riskpoints import fields, levels
from riskpoints.content.category_row import CategoryRow
from riskpoints.models import Decision, Measure, PostExemption, RiskPoint, TableVersion
from riskpoints.references.powers.queries import RiskNode, risk_nodes

# 80 bits: nobody finds a paper's code by trying (issue 17). Papers printed before have the first 48 of them.
CODE_LENGTH, FORMER_CODE_LENGTH = 20, 12
CODE_LENGTHS = frozenset({CODE_LENGTH, FORMER_CODE_LENGTH})
# Under this name the entry of a decision that puts a table in force has the hash of the open part of its content.


@dataclass(frozen=True)
class PostLevel:
    """等级 of one post: the worst of its points and the floor of its functions (domain.md, "What carries a level?")."""

    post_id: int
    name: str
    level: Level | None
    point_count: int


@dataclass
class TableContent:
    """A version with everything on it; `posts` are a draft's active ones, and those that another version names."""

    version: TableVersion
    rows: list[CategoryRow]
    posts: list[Post]
    exemptions: list[PostExemption]
    # Of a draft: the steps that the department has filed as risk nodes.
    nodes: list[RiskNode] = field(default_factory=list)

    @property
    def points(self) -> list[RiskPoint]:
        """All points in the order of the form."""
        return [point for row in self.rows for point in row.points]

    @property
    def measures(self) -> list[Measure]:
        """All measures in the order of the form."""
        return [measure for row in self.rows for measure in row.measures]

    @property
    def exempt_post_ids(self) -> set[int]:
        return {exemption.post_id for exemption in self.exemptions}

    def measures_of(self, point: RiskPoint) -> list[Measure]:
        """The measures attached to a point, then those of its whole category."""
        row = next(row for row in self.rows if row.value == point.category)
        return row.measures_of(point)

    def functions_of(self, post_id: int) -> list[tuple[str, int]]:
        """The functions of a post without points, with their floors: a draft's as they are, others as they were."""
        if self.version.is_draft:
            posts = [post for post in self.posts if post.pk == post_id]
            return [pair for post in posts for pair in post.floors]
        return [(name, floor) for item in self.exemptions if item.post_id == post_id for name, floor in item.functions]

    @property
    def open_nodes(self) -> list[RiskNode]:
        """The risk nodes of powers on which no point of this version lies."""
        covered = {(point.power_number, point.step_name) for point in self.points}
        return [node for node in self.nodes if (node.number, node.step) not in covered]

    @property
    def post_levels(self) -> list[PostLevel]:
        """Each post with its level; posts that only the points know (closed since) come last."""
        known = {post.pk: post.name for post in self.posts}
        names = known | {
            point.post_id: point.post_name for point in self.points if point.post_id and point.post_id not in known
        }
        result = []
        for post_id, name in names.items():
            points = [point for point in self.points if point.post_id == post_id]
            floors = [floor for point in points for _, floor in point.functions]
            if not points:
                floors = [floor for _, floor in self.functions_of(post_id)]
            result.append(PostLevel(post_id, name, levels.worst([*[p.level for p in points], *floors]), len(points)))
        return result

    @property
    def department_level(self) -> Level | None:
        """等级 of the department: the worst of its posts and of the points that belong to no post."""
        return levels.worst(
            [*[item.level for item in self.post_levels], *[p.level for p in self.points if not p.post_id]]
        )

    @property
    def level_counts(self) -> dict[Level, int]:
        """How many points stand at each level now."""
        return {level: sum(point.level == level for point in self.points) for level in Level}


def load(version: TableVersion, *, on: datetime.date | None = None) -> TableContent:
    """Read a version's content; `on` is the day whose active posts count (default today)."""
    table = version.table
    points = list(version.points.select_related("post").order_by("order", "id"))
    by_pk = {point.pk: point for point in points}
    measures = list(
        version.measures.prefetch_related(
            Prefetch("points", RiskPoint.objects.only("id", "identity", "version_id", "post_id"))
        ).order_by("order", "id")
    )
    nils = set(version.nils.values_list("category", flat=True))
    for point in by_pk.values():
        point.version = version
    rows = [
        CategoryRow(
            value=value,
            label=label,
            points=[point for point in points if point.category == value],
            measures=[measure for measure in measures if measure.category == value],
            is_nil=value in nils,
        )
        for value, label in fields.rows(table.scope, version.decided_format)
    ]
    for row in rows:
        row.measures = sorted(row.measures, key=row.place_of)
    exemptions = list(version.exemptions.select_related("post"))
    posts: list[Post] = []
    if table.department_id and version.is_draft:
        posts = list(Post.objects.active_on(on).filter(department_id=table.department_id).prefetch_related("functions"))
    elif table.department_id:
        posts = _posts_as_named(points, exemptions)
    nodes = risk_nodes(table.department_id) if table.department_id and version.is_draft else []
    return TableContent(version, rows, posts, exemptions, nodes)


def _posts_as_named(points: list[RiskPoint], exemptions: list[PostExemption]) -> list[Post]:
    """The posts that a version names, as it names them: a post made or renamed later is no matter of it."""
    named: dict[int, Post] = {}
    rows: list[RiskPoint | PostExemption] = [*points, *exemptions]
    for row in rows:
        if row.post is not None:
            named[row.post.pk] = post = copy.copy(row.post)  # the row's own stays as it is today, for a revision
            post.name = row.post_name
    return sorted(named.values(), key=lambda post: (post.order, post.pinyin, post.pk))


def conceal_review(points: Iterable[RiskPoint]) -> None:
    """Take the reviewer's levels out of points that are only shown: nobody decided about them yet."""
    for point in points:
        point.confirmed_level, point.confirmed_reason = None, ""


def snapshot(content: TableContent) -> dict[str, Any]:
    """Everything that is decided about: the form's words, levels and attachments; not who signed it or when.

    Its fields and rows are those of the version's own format (riskpoints/fields.py).
    """
    version = content.version
    table, number = version.table, version.decided_format
    sealed_in = {"seal": version.seal} if version.seal else {}
    numbered = {"format": number} if number >= fields.NUMBERED else {}
    return (
        sealed_in
        | numbered
        | {
            "year": table.cycle.year,
            "scope": table.scope,
            "owner": version.owner_name,
            "number": version.number,
            "head": version.head_name,
            "duties": version.duties,
            "date_mode": version.date_mode,
            "filled_on": version.filled_on,
            "rows": [_row_snapshot(row, number) for row in content.rows],
            "exemptions": sorted(_exemption_snapshot(exemption, version) for exemption in content.exemptions),
        }
    )


def _exemption_snapshot(exemption: PostExemption, version: TableVersion) -> list[Any]:
    """The post and the reason; with the functions where a decision from before they were kept can't be meant."""
    return [
        exemption.post_name,
        exemption.reason,
        *([exemption.functions] if version.decided_format >= fields.SEALED else []),
    ]


def _row_snapshot(row: CategoryRow, number: int) -> dict[str, Any]:
    return {
        "category": row.value,
        "nil": row.is_nil,
        "points": [
            {"identity": str(point.identity)}
            | {name: getattr(point, name) for name in fields.decided(fields.POINT, number)}
            for point in row.points
        ],
        "measures": [
            {
                "identity": str(measure.identity),
                "points": sorted(str(point.identity) for point in measure.points.all()),
            }
            | {name: getattr(measure, name) for name in fields.decided(fields.MEASURE, number)}
            for measure in row.measures
        ],
    }


def sealed(content: TableContent) -> tuple[str, str]:
    """The canonical snapshot as text and its SHA-256 (hex)."""
    text = canonical_json(snapshot(content))
    return text, sha256(text)


def open_part(snapshot_text: str) -> str:
    """What of a decided snapshot those may read, too, who see what is in force but no assessments (an administrator).

    It names neither likelihood, harm and proposals nor the seal; the decision's audit entry has its hash.
    """
    said = json.loads(snapshot_text)
    hidden = fields.assessments(fields.format_of(said))
    said.pop("seal", None)
    said["exemptions"] = [pair[:2] for pair in said["exemptions"]]  # the form of a version without a seal
    for point in (point for row in said["rows"] for point in row["points"]):
        for name in hidden:
            point.pop(name, None)
    return canonical_json(said)


def is_open_part_of(last: Decision, text: str) -> bool:
    """Whether an archive brought a decision back, with no more of this content than may be shown."""
    return sha256(last.snapshot) != last.content_hash and open_part(text) == last.snapshot


def standing_hash(content: TableContent) -> str:
    """The hash of a content; of one that an archive brought back that of its decision, which it can't give itself."""
    text, content_hash = sealed(content)
    last = content.version.decisions.order_by("-at", "-id").first() if not content.version.seal else None
    return last.content_hash if last is not None and is_open_part_of(last, text) else content_hash


def content_code(content_hash: str) -> str:
    """The short code at the foot of a form: the first hex digits of the content's hash, in groups of four."""
    digits = content_hash[:CODE_LENGTH].upper()
    return "-".join(digits[i : i + 4] for i in range(0, CODE_LENGTH, 4)) if digits else ""
