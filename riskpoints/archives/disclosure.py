"""What of a year its archive shows: what was put in force, with who and when; the rest of the trail stays covered.

An administrator makes the archive and sees neither drafts, remarks nor proposed levels (permissions.RULES). So it holds
the versions that are or were in force, with confirmed levels only; of their way there who did what when, bound to which
content, without opinions; and the trail with every other entry covered (riskcontrol.audit tells how a covered entry
still holds the chain). The whole record stays in the installation and in its backups.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from riskcontrol.audit import canonical_json, sha256
from riskpoints import wings
from riskpoints.archives.verifier import BARE, DECISIVE
from riskpoints.content import content
from riskpoints.enums import Action, Status
from riskpoints.evidence import record
from riskpoints.models import Cycle, Decision, TableVersion

CYCLE, VERSION = Cycle._meta.label_lower, TableVersion._meta.label_lower
OF_THE_YEAR = frozenset({"开启年度", "修改年度日程", record.CLOSED, record.IMPORTED})
SCANNED = frozenset({"登记签字扫描件", "更换签字扫描件"})
ACTS, DECISIVE_ACTS = frozenset(Action.labels), frozenset(Action(value).label for value in DECISIVE)
SHOWN_BY = ("succeeded", "object_type", "object_id", "action", "detail")

Facts = dict[str, Any]
# One decision as the trail tells of it: the version's key, the act's label, the content's hash, the opinion.
Told = tuple[str, str, str, str]


@dataclass(frozen=True)
class Disclosure:
    """The rule for one year: its key, and the keys of the versions that are or were in force, as entries write them."""

    cycle: str
    versions: frozenset[str]

    @classmethod
    def of(cls, cycle: Cycle) -> "Disclosure":
        confirmed = TableVersion.objects.filter(table__cycle=cycle, status=Status.CONFIRMED)
        return cls(str(cycle.pk), frozenset(str(key) for key in confirmed.values_list("pk", flat=True)))

    def facts(self, whole: Facts, decisions: list[Decision]) -> Facts:
        """The year's facts without drafts, remarks and forms kept on the way; `decisions` are all of its decisions."""
        pairs = zip(decisions, whole["decisions"], strict=True)
        parts = wings.shown(whole.get(record.PARTS, {}), self.versions)
        whole = {name: value for name, value in whole.items() if name != record.PARTS}
        return (
            whole
            | ({record.PARTS: parts} if parts else {})
            | {
                "versions": [
                    row | {"remarks": []} for row in whole["versions"] if str(row["version_id"]) in self.versions
                ],
                "decisions": [
                    row | {"documents": row["documents"] if decision.action in DECISIVE else {}}
                    for decision, row in pairs
                    if self.includes(decision)
                ],
            }
        )

    def includes(self, decision: Decision) -> bool:
        """Whether a decision is about a version that is or was in force."""
        return str(decision.version_id) in self.versions

    def entry(self, said: Facts) -> Facts:
        """An entry of the trail as a line of the extract: whole, covered by its digest, or (an old one) bare."""
        if "action" not in said or self.shows(said):
            return said
        links = {name: said[name] for name in (*BARE, "hash")}
        if "salt" not in said:
            return links
        rest = {name: value for name, value in said.items() if name not in links}
        return links | {"digest": sha256(canonical_json(rest))}

    def shows(self, said: Facts) -> bool:
        """Whether an entry may stand in the extract as it is; it is told by the values of SHOWN_BY."""
        if not said["succeeded"]:
            return False
        kind, key, action = said["object_type"], said["object_id"], said["action"]
        if kind == CYCLE:
            return key == self.cycle and action in OF_THE_YEAR
        if kind != VERSION or key not in self.versions:
            return False
        if action in SCANNED:
            return True
        if action not in ACTS:
            return False
        return "内容校验值" in said["detail"] and (action in DECISIVE_ACTS or not said["detail"].get("意见"))


def told_by(entries: Iterable[Facts]) -> dict[Told, str | None]:
    """What shown entries tell of decisions, and the hash of what may be shown of the content, where one does."""
    told: dict[Told, str | None] = {}
    for entry in entries:
        if entry.get("object_type") == VERSION and "内容校验值" in entry["detail"]:
            detail = entry["detail"]
            key = entry["object_id"], entry["action"], detail["内容校验值"], detail.get("意见", "")
            told[key] = detail.get(content.OPEN_HASH)
    return told


def decision_row(decision: Decision, told: Mapping[Told, str | None]) -> Facts:
    """What of one decision depends on what may be shown; see verifier._decisions()."""
    comment: str = record.plain(decision.comment)
    key = str(decision.version_id), decision.get_action_display(), decision.content_hash, comment
    if decision.action not in DECISIVE:
        return {"comment": "", "snapshot": "", "open_hash": None, "withheld": key not in told}
    return {
        "comment": comment,
        "snapshot": content.open_part(decision.snapshot),
        "open_hash": told.get(key),
        "withheld": False,
    }
