"""What 系统管理员 see first: whether the installation is well, and what of the organisation has a gap."""

import datetime
import shutil
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from departments import services
from departments.models import Appointment, Post, RoleGrant, User
from riskcontrol.backup import watch
from riskcontrol.models import AuditEntry
from riskcontrol.verbs import SystemVerb
from riskpoints.models import Cycle
from riskpoints.models.archive import AnnualArchive, ArchiveState

LOCKED_DAYS = 7
GIGABYTE = 1024**3


@dataclass(frozen=True)
class Backup:
    """The last backup that was made and found whole, and whether a later one failed."""

    at: datetime.datetime | None
    has_failed_since: bool

    @property
    def is_old(self) -> bool:
        return self.at is None or timezone.now() - self.at > watch.LATE


@dataclass(frozen=True)
class Accounts:
    """Active accounts: all, never used, without any role; logins locked within a week."""

    active: int
    never_used: int
    without_role: int
    locked: int


@dataclass(frozen=True)
class Administration:
    """The state of the installation; `free` in bytes."""

    backup: Backup
    free: int
    accounts: Accounts
    posts: int
    vacant: int
    archives_due: list[Cycle]
    to_close: list[Cycle]

    @property
    def free_gigabytes(self) -> str:
        return f"{self.free / GIGABYTE:.1f}"

    @property
    def is_nearly_full(self) -> bool:
        """Below what readyz asks for the site is not ready; it is said while there is ten times that."""
        return self.free < 10 * settings.MINIMUM_FREE_MB * 1024**2


def administration() -> Administration:
    """Seven queries."""
    years = Cycle.objects.filter(is_historical=False).order_by("year")
    posts, vacant = _posts()
    archives = AnnualArchive.objects.filter(cycle=OuterRef("pk"), state=ArchiveState.DONE)
    past = list(years.filter(year__lt=timezone.localdate().year).annotate(has_archive=Exists(archives)))
    return Administration(
        backup=_backup(),
        free=shutil.disk_usage(settings.VAR_DIR).free,
        accounts=_accounts(),
        posts=posts,
        vacant=vacant,
        archives_due=[year for year in past if year.is_closed and not year.has_archive],
        to_close=[year for year in past if not year.is_closed],
    )


def _backup() -> Backup:
    """From the trail, where each one is an entry. Two queries."""
    found = AuditEntry.objects.of(SystemVerb.BACKED_UP).order_by("-number")
    last, whole = found.first(), found.filter(succeeded=True).first()
    return Backup(whole.at if whole else None, last is not None and not last.succeeded)


def _accounts() -> Accounts:
    """Three queries."""
    granted = RoleGrant.objects.filter(user=OuterRef("pk"))
    counted = User.objects.filter(is_active=True).aggregate(all=Count("pk"), bare=Count("pk", filter=~Exists(granted)))
    since = timezone.now() - datetime.timedelta(days=LOCKED_DAYS)
    locked = AuditEntry.objects.of(SystemVerb.LOCKED_OUT).filter(at__gte=since).count()
    return Accounts(counted["all"], services.never_logged_in().count(), counted["bare"], locked)


def _posts() -> tuple[int, int]:
    """How many posts are in use, and how many of them nobody holds today; one query."""
    today = timezone.localdate()
    held = Appointment.objects.filter(Q(until=None) | Q(until__gte=today), post=OuterRef("pk"), since__lte=today)
    counted = Post.objects.active_on(today).aggregate(all=Count("pk"), vacant=Count("pk", filter=~Exists(held)))
    return counted["all"], counted["vacant"]
