"""What is wrong with the installation itself, for those who keep it and those who look after its evidence."""

from departments.models import User
from departments.permissions import OrganisationAction
from departments.permissions import can as can_organise
from riskcontrol.alarms import ringing
from riskpoints.permissions import RegisterAction, can


def alarms_of(user: User) -> list[str]:
    """Sentences for the first page; nobody else is troubled with what he can't mend."""
    is_concerned = can_organise(user, OrganisationAction.KEEP) or can(user, RegisterAction.VIEW_AUDIT)
    return ringing() if is_concerned else []
