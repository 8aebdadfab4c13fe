"""What stands beside a form: the hint at submission for who fills it in; with what was confirmed, for who reviews."""

from dataclasses import dataclass

from departments.models import User
from riskpoints.library.coverage import PostCoverage, coverage
from riskpoints.models import TableVersion
from riskpoints.wings import Panel


@dataclass(frozen=True)
class Shown:
    """The posts, and the version whose page leads on."""

    version: TableVersion
    posts: list[PostCoverage]


def for_who_fills_in(user: User, version: TableVersion) -> Panel | None:
    """What of the library the table doesn't touch yet: a hint, never in the way of the submission."""
    posts = [post for post in coverage(version) if post.missing or post.confirmed]
    return Panel("library/_hints.html", Shown(version, posts)) if posts else None


def for_who_reviews(user: User, version: TableVersion) -> Panel | None:
    """How far each post covers the library, and what its department confirmed, by whom and when."""
    posts = coverage(version)
    return Panel("library/_coverage.html", Shown(version, posts)) if posts else None
