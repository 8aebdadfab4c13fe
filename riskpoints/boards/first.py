"""The boards of one person, below what waits in the inbox: one for each role that has its own."""

from departments.enums import Role
from departments.models import User
from departments.permissions import OrganisationAction, has_role
from departments.permissions import can as can_organise
from riskcontrol.kept import state_of_acts
from riskpoints.boards.administration import administration
from riskpoints.boards.charge import charge_of
from riskpoints.boards.committee import committee_of
from riskpoints.boards.trail import trail
from riskpoints.permissions import RegisterAction, can
from riskpoints.wings import Panel


def boards_of(user: User) -> list[Panel]:
    """What this person's roles see first; a person with none of them has no board, and costs no query."""
    boards = []
    if can(user, RegisterAction.VIEW_CHARGE):
        boards.append(Panel("riskpoints/boards/_charge.html", charge_of(user, state_of_acts())))
    if has_role(user, Role.REVIEWER):
        boards.append(Panel("riskpoints/boards/_committee.html", committee_of(user, state_of_acts())))
    if can_organise(user, OrganisationAction.KEEP):
        boards.append(Panel("riskpoints/boards/_administration.html", administration()))
    if can(user, RegisterAction.VIEW_AUDIT):
        boards.append(Panel("riskpoints/boards/_trail.html", trail()))
    return boards
