"""What of the signatures is missing: scans to be added, typed-in papers to be compared, acts of the former rule."""

from dataclasses import dataclass

from django.db.models import QuerySet

from departments.models import User
from riskpoints.enums import ConfirmationRule, ConfirmedBy, Status
from riskpoints.models import TableVersion
from riskpoints.permissions import visible_versions


@dataclass(frozen=True)
class OutstandingLine:
    """One version of a list; whoever may not open it (the auditor) sees that it is there, and who recorded it."""

    version: TableVersion
    can_open: bool


@dataclass(frozen=True)
class Outstanding:
    """Noted without a scan, confirmed in the browser without one, to be compared, put in force by the former rule."""

    noted: list[OutstandingLine]
    unsealed: list[OutstandingLine]
    uncompared: list[OutstandingLine]
    former: list[OutstandingLine]


def noted_signatures() -> QuerySet[TableVersion]:
    """已审核、待补扫描件: the office recorded a signature and has no scan of it yet."""
    return _with_owner().filter(status=Status.REVIEWED, is_historical=False, signed_on__isnull=False)


def unsealed() -> QuerySet[TableVersion]:
    """Confirmed by the principal in the browser, the sealed sheet not scanned yet; a closed year takes none more."""
    own = _with_owner().filter(status=Status.CONFIRMED, confirmed_how=ConfirmedBy.BROWSER, scans__isnull=True)
    return own.filter(table__cycle__closed_at__isnull=True)


def uncompared() -> QuerySet[TableVersion]:
    """Typed in from paper, waiting for a reviewer to compare it with its scan."""
    return _with_owner().filter(status=Status.REVIEWED, is_historical=True)


def former() -> QuerySet[TableVersion]:
    """按旧规则确定: put in force before other hands and a scan were asked for; they stay in force."""
    return _with_owner().filter(status=Status.CONFIRMED, confirmation_rule=ConfirmationRule.FORMER)


def outstanding(user: User) -> Outstanding:
    """All four for this person."""
    seen = set(visible_versions(user).values_list("pk", flat=True))

    def lines(versions: QuerySet[TableVersion]) -> list[OutstandingLine]:
        return [OutstandingLine(version, version.pk in seen) for version in versions]

    return Outstanding(lines(noted_signatures()), lines(unsealed()), lines(uncompared()), lines(former()))


def _with_owner() -> QuerySet[TableVersion]:
    people = TableVersion.objects.select_related("table__cycle", "table__department", "confirmed_by")
    return people.order_by("-table__cycle__year", "table__department", "table_id", "number")
