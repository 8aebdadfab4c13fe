"""What of a year its archive shows: what was put in force, with who and when; the rest of the trail stays covered.

An administrator makes the archive and sees neither drafts, remarks nor proposed levels (permissions.RULES). So it holds
the versions that are or were in force, with confirmed levels only; of their way there who did what when, bound to which
content, without opinions; and the trail with every other entry covered (riskcontrol.audit tells how a covered entry
still holds the chain). The whole record stays in the installation and in its backups.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from riskcontrol import verbs
from riskcontrol.audit import canonical_json, sha256
from riskpoints import wings
from riskpoints.archives.verifier import BARE, DECISIVE
from riskpoints.content import content
from riskpoints.enums import Status
from riskpoints.evidence import record, year_facts
from riskpoints.models import Cycle, Decision, TableVersion
from riskpoints.verbs import DECISIONS, RegisterFact, RegisterVerb, verb_of

CYCLE, VERSION = Cycle._meta.label_lower, TableVersion._meta.label_lower
OF_THE_YEAR = frozenset({RegisterVerb.YEAR_OPEN, RegisterVerb.YEAR_CHANGE, record.CLOSED, record.IMPORTED})
PROVED_BY = frozenset({RegisterVerb.ADD_SCAN, RegisterVerb.REPLACE_SCAN, RegisterVerb.RECORD_MEETING})
DECISIVE_VERBS = frozenset(verb_of(action) for action in DECISIVE)
TOLD = (RegisterFact.CONTENT_HASH, RegisterFact.COMMENT, RegisterFact.OPEN_HASH)
SHOWN_BY = ("succeeded", "object_type", "object_id", "action", "detail")

Facts = dict[str, Any]
# One decision as the trail tells of it: the version's key, the verb, the content's hash, the opinion.
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
        parts = wings.shown(whole.get(year_facts.PARTS, {}), self.versions)
        whole = {name: value for name, value in whole.items() if name != year_facts.PARTS}
        return (
            whole
            | ({year_facts.PARTS: parts} if parts else {})
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
        kind, key, verb = said["object_type"], said["object_id"], verbs.key_of(said["action"])
        if kind == CYCLE:
            return key == self.cycle and verb in OF_THE_YEAR
        if kind != VERSION or key not in self.versions:
            return False
        if verb in PROVED_BY:
            return True
        detail = said["detail"]
        if verb not in DECISIONS or verbs.said(detail, RegisterFact.CONTENT_HASH) is None:
            return False
        return verb in DECISIVE_VERBS or not verbs.said(detail, RegisterFact.COMMENT)


def told_by(entries: Iterable[Facts]) -> dict[Told, str | None]:
    """What shown entries tell of decisions, and the hash of what may be shown of the content, where one does."""
    told: dict[Told, str | None] = {}
    for entry in entries:
        verb = verbs.key_of(entry["action"])
        if entry["object_type"] == VERSION and verb in DECISIONS:
            content_hash, comment, open_hash = (verbs.said(entry["detail"], fact) for fact in TOLD)
            told[entry["object_id"], verb, content_hash, comment or ""] = open_hash
    return told


def decision_row(decision: Decision, told: Mapping[Told, str | None]) -> Facts:
    """What of one decision depends on what may be shown; see verifier._decisions()."""
    comment: str = year_facts.plain(decision.comment)
    key = str(decision.version_id), verb_of(decision.action).value, decision.content_hash, comment
    if decision.action not in DECISIVE:
        return {"comment": "", "snapshot": "", "open_hash": None, "withheld": key not in told}
    return {
        "comment": comment,
        "snapshot": content.open_part(decision.snapshot),
        "open_hash": told.get(key),
        "withheld": False,
    }
