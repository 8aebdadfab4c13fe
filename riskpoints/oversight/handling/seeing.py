"""That somebody opened a matter about a person is written down (T22); not who the person is, where it is the person."""

from departments.models import User
from riskpoints.oversight.handling.locking import record
from riskpoints.oversight.models import Finding, Handling
from riskpoints.oversight.verbs import OversightVerb


def note_view(user: User, matter: Finding | Handling) -> None:
    """Write it into the trail; a department's matter is opened freely."""
    if matter.is_personal:
        record(OversightVerb.HANDLING_VIEW, user, matter, {})
