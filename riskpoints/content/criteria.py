"""What the steps of 危害程度 mean for one version: in the words of the day on which its levels were decided (R29)."""

from django.utils import timezone

from riskpoints.enums import Harm, Status
from riskpoints.models import TableVersion
from riskpoints.rules import queries as rules

# The document's words before those that name the harm.
LEVELS = {
    Harm.SEVERE: "发生机率高，或者一旦发生可能造成严重损害后果，",
    Harm.CONSIDERABLE: "发生机率较高，或者一旦发生可能造成较为严重损害后果，",
    Harm.LIMITED: "发生机率较小，或者",
}


def harm_criteria(version: TableVersion) -> dict[Harm, str]:
    """As the reviewer's day had them; today's as long as nothing is decided. A later change rewrites nothing."""
    is_decided = version.status in (Status.REVIEWED, Status.CONFIRMED)
    reviewed_on = timezone.localdate(version.reviewed_at) if version.reviewed_at else version.signed_on
    return rules.on(reviewed_on if is_decided else None).harm_criteria


def level_key(version: TableVersion) -> list[tuple[int, str]]:
    """等级的含义 as everybody reads it: how likely, or how harmful (三（一）3: 或者)."""
    harms = harm_criteria(version)
    return [(harm.value, f"{begun}{harms[harm]}") for harm, begun in LEVELS.items()]
