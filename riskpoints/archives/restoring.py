"""Writes the rows of one archived year, with their own keys and times: the version frozen, the people without power."""

import json
import uuid
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from departments.enums import Role
from departments.models import Department, GroupMember, LeadershipGroup, Post, PostFunction, School, User
from riskcontrol.models import StoredFile
from riskpoints import fields, wings
from riskpoints.archives.meetings import write_meetings
from riskpoints.archives.records import ArchiveError
from riskpoints.archives.rows import Facts, insert, renumber, write
from riskpoints.enums import DateMode, Status
from riskpoints.evidence.year_facts import MEETINGS, PARTS, from_plain
from riskpoints.models import (
    ControlTable,
    Cycle,
    Decision,
    Measure,
    NilDeclaration,
    PostExemption,
    Remark,
    RiskPoint,
    SignedScan,
    StoredDocument,
    TableVersion,
)
from riskpoints.references.regulations.models import Regulation

PEOPLE = ("created_by", "submitted_by", "reviewed_by", "confirmed_by")
# Set last, in one update: until then the version is a draft, and its rows can be written.
DECIDED_FIELDS = (
    "status",
    "submitted_at",
    "submitted_by",
    "reviewed_at",
    "reviewed_by",
    "publish_from",
    "publish_until",
    "confirmed_at",
    "confirmed_by",
    "confirmed_how",
    "signer_name",
    "signed_on",
    "deputy_reason",
    "minutes_number",
    "confirmation_rule",
)
# Set when everything of a table is written.
REMOVAL = ("removed_at", "removed_reason")


class Restorer:
    """Writes a year from its facts; `file_of` keeps a file of the package and gives its row."""

    def __init__(self, facts: Facts, file_of: Callable[[str], StoredFile]) -> None:
        self._facts = facts
        self._file_of = file_of
        self._users: dict[str, User] = {}
        self.accounts: list[User] = []
        self.kept: set[str] = set()
        self._of_points: dict[tuple[int, uuid.UUID], dict[str, Any]] = {}

    def organisation(self) -> None:
        """The school, its departments and posts with their functions, and the leadership group."""
        facts = self._facts
        insert(School, facts["school"], pk=1)
        departments = {row["id"]: insert(Department, row) for row in facts["departments"]}
        for row in facts["departments"]:
            if row["parent"] is not None:
                Department.objects.filter(pk=row["id"]).update(parent=departments[row["parent"]])
            if row.get("successor") is not None:
                Department.objects.filter(pk=row["id"]).update(successor=departments[row["successor"]])
        functions = {row["name"]: _function(row) for row in facts["functions"]}
        for row in facts["posts"]:
            post = insert(Post, row, department=departments[row["department"]])
            post.functions.set([functions[name] for name in row["functions"]])
        if facts["group"] is not None:
            _group(facts["group"])

    def tables(self) -> Cycle:
        """The year and its tables; nothing is in force in them yet."""
        row = {"is_historical": self._is_historical} | self._facts["cycle"]
        self._cycle = insert(Cycle, row | {"closed_at": None})
        for table in self._facts["tables"]:
            there = {name: value for name, value in table.items() if name not in REMOVAL}
            insert(ControlTable, there, cycle=self._cycle, department_id=table["department"])
        return self._cycle

    @property
    def _is_historical(self) -> bool:
        """Of a package that does not say it: whether all of the year was recorded and nothing went through review."""
        versions = self._facts["versions"]
        return bool(versions) and all(version.get("is_historical") for version in versions)

    def decisions(self, rows: list[Facts]) -> None:
        """The versions with their content, and what was decided about them, in the order in which it was."""
        last = {row["version_id"]: row for row in rows}
        self._of_points = wings.of_points(self._facts.get(PARTS, {}))
        for facts in sorted(self._facts["versions"], key=lambda item: (item["table_id"], item["number"])):
            self._version(facts, last[facts["version_id"]])
        for row, more in zip(rows, self._facts["decisions"], strict=True):
            who = {"actor": self._person(more["actor"]), "actor_name": row["actor"]}
            decision = insert(Decision, row, version_id=row["version_id"], **who)
            for kind, digest in more["documents"].items():
                insert(StoredDocument, {"kind": kind}, decision=decision, file=self._file(digest))

    def references(self) -> None:
        """What points and measures point to."""
        wings.restore(self._cycle, self._facts.get(PARTS, {}), self._person, self._file, references=True)

    def parts(self) -> None:
        """What belongs to the year besides its tables."""
        wings.restore(self._cycle, self._facts.get(PARTS, {}), self._person, self._file)

    def close(self) -> None:
        """Put in force what was in force, take out what was, close the year if it was: nothing can be written then."""
        for table in self._facts["tables"]:
            last = {"in_force": table["in_force"]}
            if table.get("removed_at") is not None:
                last |= {name: from_plain(ControlTable, table)[name] for name in ("removed_at", "removed_reason")}
                last["removed_by"] = self._person(table["removed_by"])
            ControlTable.objects.filter(pk=table["id"]).update(**last)
        closed_at = from_plain(Cycle, self._facts["cycle"])["closed_at"]
        if closed_at is not None:
            Cycle.objects.filter(pk=self._cycle.pk).update(closed_at=closed_at)
        self._cycle.refresh_from_db()
        renumber()

    def _version(self, facts: Facts, last: Facts) -> None:
        """One version as a draft with its content, then as it stood: the order that the database allows."""
        snapshot = json.loads(last["snapshot"])  # the verifier has compared it with its hash
        people = {name: self._person(facts[name]) for name in PEOPLE}
        decided: Facts = {name: value for name, value in people.items() if name in DECIDED_FIELDS}
        values = from_plain(TableVersion, facts)
        decided |= {name: values.pop(name) for name in DECIDED_FIELDS if name in values}
        version = TableVersion(
            **(_form(snapshot) | values),
            pk=facts["version_id"],
            table_id=facts["table_id"],
            base=self._base(facts),
            created_by=people["created_by"],
            saved_at=from_plain(Decision, last)["at"],
        )
        version.save_base(raw=True, force_insert=True)
        version.authors.set(filter(None, map(self._person, facts["authors"])))
        version.assessors.set(filter(None, map(self._person, facts.get("assessors", []))))
        self._content(version, snapshot, facts["rows"])
        self._scans(version, facts["scans"])
        write_meetings(version, facts.get(MEETINGS, []), self._person)
        if decided["status"] != Status.DRAFT:
            self._require_no_administrator(decided)
            TableVersion.objects.filter(pk=version.pk).update(**decided)
        self._beside(version, facts)

    def _content(self, version: TableVersion, snapshot: Facts, places: Facts | None) -> None:
        """Points, measures, 无 and exempted posts, as the last decision's snapshot has them."""
        if places is None:
            places = self._places(version, snapshot)
        number = fields.format_of(snapshot)
        points, measures = _by_identity(snapshot, "points"), _by_identity(snapshot, "measures")
        rows: dict[str, RiskPoint] = {}
        for identity, order, post in places["points"]:
            category, said = points.pop(identity)
            told = [name for name in fields.decided(fields.POINT, number) if name in said]  # not the assessments
            values = {name: said[name] for name in told}
            where = {"version": version, "identity": uuid.UUID(identity), "category": category, "order": order}
            beside = self._of_points.get((version.pk, uuid.UUID(identity)), {})
            rows[identity] = write(RiskPoint(**where, **values, **beside, post_id=post))
        for identity, order in places["measures"]:
            category, said = measures.pop(identity)
            values = {name: said[name] for name in fields.decided(fields.MEASURE, number)}
            where = {"version": version, "identity": uuid.UUID(identity), "category": category, "order": order}
            measure = write(Measure(**where, **values))
            measure.points.set([rows[point] for point in said["points"]])
            cited = [key for key, _ in measure.regulation_names]
            measure.regulations.set(Regulation.objects.filter(identity__in=cited) if cited else [])
        if points or measures:
            raise ValueError(f"{version.owner_name}第 {version.number} 版的元数据与当时内容不一致")
        for row in snapshot["rows"]:
            if row["nil"]:
                write(NilDeclaration(version=version, category=row["category"]))
        for exemption in self._exemptions(places["exemptions"], snapshot):
            write(PostExemption(version=version, **exemption))

    def _exemptions(self, rows: list[Any], snapshot: Facts) -> list[Facts]:
        """Posts stated to have no point. Older packages don't say what they were called then, but the snapshot does."""
        today = {post["id"]: post for post in self._facts["posts"]}
        floors = {function["name"]: function["floor"] for function in self._facts["functions"]}
        said = [(name, reason) for name, reason, *_ in snapshot["exemptions"]]
        found = []
        for post, reason, *frozen in rows:
            if not frozen:
                names = [name for name, given in said if given == reason]
                name = today[post]["name"] if today[post]["name"] in names else names[0]
                said.remove((name, reason))
                frozen = [name, [[function, floors[function]] for function in today[post]["functions"]]]
            found.append({"post_id": post, "reason": reason, "post_name": frozen[0], "functions": frozen[1]})
        return found

    def _places(self, version: TableVersion, snapshot: Facts) -> Facts:
        """A draft's rows in the order of its snapshot; a post is the department's only one of that name."""
        names: dict[str, list[int]] = defaultdict(list)
        for post in self._facts["posts"]:
            if post["department"] == version.table.department_id:
                names[post["name"]].append(post["id"])
        only = {name: keys[0] for name, keys in names.items() if len(keys) == 1}
        points = [point for row in snapshot["rows"] for point in row["points"]]
        measures = [measure for row in snapshot["rows"] for measure in row["measures"]]
        return {
            "points": [
                [row["identity"], order, only.get(row["post_name"])] for order, row in enumerate(points, start=1)
            ],
            "measures": [[row["identity"], order] for order, row in enumerate(measures, start=1)],
            "exemptions": [[only[name], reason] for name, reason, *_ in snapshot["exemptions"] if name in only],
        }

    def _scans(self, version: TableVersion, scans: list[Facts]) -> None:
        """The scans of the signed paper, which a version has before it is in force; in the order of their coming."""
        known: dict[str, SignedScan] = {}
        for scan in scans:
            row = {name: value for name, value in scan.items() if name != "replaces"} | {"added_at": scan["at"]}
            who, file, old = self._person(scan["by"]), self._file(scan["sha256"]), known.get(scan.get("replaces") or "")
            known[scan["sha256"]] = insert(SignedScan, row, version=version, added_by=who, file=file, replaces=old)

    def _beside(self, version: TableVersion, facts: Facts) -> None:
        """Remarks that were sent."""
        for remark in facts["remarks"]:
            row = remark | {"point_identity": remark["point"]}
            insert(Remark, row, version=version, author=self._person(remark["author"]))

    def _base(self, facts: Facts) -> TableVersion | None:
        if facts["base"] is None:
            return None
        return TableVersion.objects.get(table_id=facts["table_id"], number=facts["base"])

    def _file(self, digest: str) -> StoredFile:
        self.kept.add(digest)
        return self._file_of(digest)

    def _person(self, person: Facts | None) -> User | None:
        """The account of this staff number; a new one is disabled, has no password and no role."""
        if person is None:
            return None
        number = person["number"]
        if number not in self._users:
            user = User.objects.filter(staff_number=number).first()
            if user is None:
                user = User.objects.create_user(number, person["name"], is_active=False)
                self.accounts.append(user)
            self._users[number] = user
        return self._users[number]

    def _require_no_administrator(self, decided: Facts) -> None:
        """Say it before the database refuses: an account that is there already may be an administrator's."""
        for name in ("reviewed_by", "confirmed_by"):
            user = decided[name]
            if user is not None and user.grants.filter(role=Role.ADMIN).exists():
                raise ArchiveError(
                    f"工号 {user.staff_number} 在这里是系统管理员，而档案里这个人审核或确定过防控表。"
                    "请用另一个工号建立管理员账号，再导入。"
                )


def _form(snapshot: Facts) -> Facts:
    """The head of the form as it was decided about."""
    return {
        "owner_name": snapshot["owner"],
        "head_name": snapshot["head"],
        "duties": snapshot["duties"],
        "date_mode": DateMode(snapshot["date_mode"]),
        "filled_on": TableVersion._meta.get_field("filled_on").to_python(snapshot["filled_on"]),
        "seal": snapshot.get("seal", ""),
        "snapshot_format": snapshot.get("format"),
    }


def _by_identity(snapshot: Facts, kind: str) -> dict[str, tuple[str, Facts]]:
    return {said["identity"]: (row["category"], said) for row in snapshot["rows"] for said in row[kind]}


def _function(row: Facts) -> PostFunction:
    """The function of this name with the floor it had; the document's own six are here already and stay as they are."""
    values = from_plain(PostFunction, row)
    ours = PostFunction.objects.filter(name=values["name"]).exclude(document_key=None).first()
    if ours is not None:
        return ours
    function, _ = PostFunction.objects.update_or_create(name=values.pop("name"), defaults=values)
    return function


def _group(row: Facts) -> None:
    group = insert(LeadershipGroup, row)
    members = [insert(GroupMember, member, group=group) for member in row["members"]]
    director = next((member for member in members if member.person_name == row["office_director"]), None)
    LeadershipGroup.objects.filter(pk=group.pk).update(office_director=director)
