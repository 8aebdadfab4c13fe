"""What 审计员 see first: whether the trail was verified, what came into it this week, which papers are missing."""

import datetime
from dataclasses import dataclass

from django.db.models import Count
from django.utils import timezone

from departments.verbs import OrganisationVerb
from riskcontrol import verbs
from riskcontrol.days import begin_of
from riskcontrol.models import AuditEntry
from riskcontrol.verbs import SystemVerb
from riskpoints.desk import outstanding
from riskpoints.verbs import DECISIONS, RegisterVerb

DAYS = 7
# 校内默认: the trail is verified once a quarter.
VERIFY_DAYS = 92


READ, REFUSED, OTHERS = "查看、下载和导出", "登录失败、登录锁定和被拒绝", "填报、修改和其他登记"


def _kind_of_verbs() -> dict[str, set[str]]:
    """The verbs of each kind, in the order in which kinds are shown; what is in none is the last kind."""
    return {
        "提交、审核、确定等办理": {verb.value for verb in DECISIONS},
        OTHERS: set(),
        "组织机构、账号和角色": {verb.value for verb in OrganisationVerb} - set(verbs.reading()),
        READ: set(verbs.reading()),
        "登录和退出": {SystemVerb.LOGIN.value, SystemVerb.LOGOUT.value},
        REFUSED: {SystemVerb.LOGIN_FAILED.value, SystemVerb.LOCKED_OUT.value, SystemVerb.REFUSED.value},
        "备份和恢复": {SystemVerb.BACKED_UP.value, SystemVerb.RESTORED.value},
    }


@dataclass(frozen=True)
class VerbCount:
    """How often one thing was done, and how often in vain."""

    verb: str
    caption: str
    count: int
    refused: int


@dataclass(frozen=True)
class Kind:
    """Entries of one kind: what people decided, read, changed …"""

    title: str
    verbs: list[VerbCount]

    @property
    def count(self) -> int:
        return sum(verb.count for verb in self.verbs)


@dataclass(frozen=True)
class Trail:
    """The state of the trail, and the last seven days of it from `since` on."""

    verified: AuditEntry | None
    since: datetime.date
    kinds: list[Kind]
    missing: list[tuple[str, int]]

    @property
    def total(self) -> int:
        return sum(kind.count for kind in self.kinds)

    @property
    def refused(self) -> int:
        """What was refused or failed."""
        return sum(verb.refused for kind in self.kinds for verb in kind.verbs)

    @property
    def read(self) -> int:
        """What was looked at, downloaded or exported."""
        return sum(kind.count for kind in self.kinds if kind.title == READ)

    @property
    def is_verified_lately(self) -> bool:
        long = datetime.timedelta(days=VERIFY_DAYS)
        return self.verified is not None and timezone.now() - self.verified.at <= long

    @property
    def missing_count(self) -> int:
        return sum(count for _, count in self.missing)


def trail() -> Trail:
    """Five queries."""
    since = timezone.localdate() - datetime.timedelta(days=DAYS - 1)
    return Trail(
        verified=AuditEntry.objects.of(RegisterVerb.AUDIT_VERIFY).order_by("-number").first(),
        since=since,
        kinds=_kinds(since),
        missing=[
            ("已审核、待补扫描件", outstanding.noted_signatures().count()),
            ("已在系统中确定、待补盖章扫描件", outstanding.unsealed().count()),
            ("补录、待核对", outstanding.uncompared().count()),
        ],
    )


def _kinds(since: datetime.date) -> list[Kind]:
    """Entries since a day by kind, the most frequent first within each; one query."""
    found = AuditEntry.objects.filter(at__gte=begin_of(since)).order_by().values_list("action", "succeeded")
    counts: dict[str, list[int]] = {}
    for action, succeeded, n in found.annotate(n=Count("pk")):
        count = counts.setdefault(verbs.key_of(action), [0, 0])
        count[0] += n
        count[1] += 0 if succeeded else n
    known = _kind_of_verbs()
    sorted_in: dict[str, list[VerbCount]] = {title: [] for title in known}
    for verb, (done, refused) in sorted(counts.items(), key=lambda pair: (-pair[1][0], pair[0])):
        title = next((title for title, own in known.items() if verb in own), OTHERS)
        sorted_in[title].append(VerbCount(verb, verbs.caption(verb), done, refused))
    return [Kind(title, rows) for title, rows in sorted_in.items() if rows]
