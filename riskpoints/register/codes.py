"""核对校验码: from the short code at the foot of a printed form to what may be said of it, to whom."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import models
from django.db.models import QuerySet

from departments.models import User
from riskcontrol.text import plain_code
from riskpoints.content import today
from riskpoints.content.content import CODE_LENGTHS
from riskpoints.content.today import Standing
from riskpoints.enums import Status
from riskpoints.models import Decision, TableVersion
from riskpoints.permissions import visible_versions
from riskpoints.register import publication

HEX = frozenset("0123456789abcdef")
LONGEST = 300


class Answer(models.TextChoices):
    """All that a stranger learns of a code (issue 17)."""

    IN_FORCE = "in_force", "现行有效"
    REPLACED = "replaced", "已被新版代替"
    UNKNOWN = "unknown", "没有查到这个校验码，请核对"


# A table that was signed for a year to come is none that anybody may go by yet.
ANSWERS = {
    Standing.IN_FORCE: Answer.IN_FORCE,
    Standing.OF_YEAR: Answer.REPLACED,
    Standing.PAST: Answer.REPLACED,
}


@dataclass(frozen=True)
class PublicAnswer:
    """What everybody is told of a code; `version` where what it stands for is published."""

    answer: Answer
    version: TableVersion | None = None


@dataclass(frozen=True)
class Found:
    """A version that the person may open: whether what was printed is what was decided last, and where it stands."""

    version: TableVersion
    is_last: bool
    standing: Standing | None


def digits_of(typed: str) -> str:
    """The digits of a code as it was typed or scanned, with its hyphens or the whole address of its page."""
    code = plain_code(typed[:LONGEST]).rstrip("/").rpartition("/")[2]
    return code.replace("-", "").replace("－", "").replace(" ", "").lower()


def is_code(digits: str) -> bool:
    """Whether it looks like one: of today's length, or of the length that was printed before."""
    return len(digits) in CODE_LENGTHS and set(digits) <= HEX


def found_by(digits: str, user: User) -> list[Found]:
    """The versions with this code that a person may open."""
    versions = visible_versions(user)
    last = _last_hashes(versions, digits)
    by_version = {item.version_id: item for item in _printed(versions, digits)}
    standing = today.standings([item.version for item in by_version.values()])
    return [Found(item.version, item.content_hash == last[key], standing.get(key)) for key, item in by_version.items()]


def public_answer(digits: str, *, logged_in: bool) -> PublicAnswer:
    """What is said to everybody. A draft's code, one of a table that waits for its signature, and one of a content that
    was changed since answer like a code that nobody ever printed."""
    confirmed = TableVersion.objects.filter(status=Status.CONFIRMED)
    last = _last_hashes(confirmed, digits)
    versions = [item.version for item in _printed(confirmed, digits) if item.content_hash == last[item.version_id]]
    standing = today.standings(versions)
    told = {version: ANSWERS.get(standing[version.pk], Answer.UNKNOWN) for version in versions}
    for version, answer in told.items():
        if answer == Answer.IN_FORCE:
            published = publication.published_versions(logged_in=logged_in).filter(pk=version.pk).first()
            return PublicAnswer(answer, published)
    return PublicAnswer(Answer.REPLACED if Answer.REPLACED in told.values() else Answer.UNKNOWN)


def _printed(versions: QuerySet[TableVersion], digits: str) -> Iterable[Decision]:
    decisions = Decision.objects.filter(version__in=versions.values("pk"), content_hash__startswith=digits)
    related = decisions.select_related("version__table__cycle", "version__table__department")
    return related.defer("snapshot").order_by("at", "id")


def _last_hashes(versions: QuerySet[TableVersion], digits: str) -> dict[int, str]:
    """The hash of the last decision of each version of which something with this code was printed."""
    printed = Decision.objects.filter(version__in=versions.values("pk"), content_hash__startswith=digits)
    decisions = Decision.objects.filter(version__in=printed.values("version")).order_by("at", "id")
    return dict(decisions.values_list("version_id", "content_hash"))
