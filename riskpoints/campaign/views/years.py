"""The lists of the year's work, for everybody who may read about it."""

from riskpoints.campaign.permissions import CampaignAction, require
from riskpoints.views import of_year


def give_list(request, *asked, **more):
    """of_year.give_list() for who may read about the year's work."""
    require(request.user, CampaignAction.READ)
    return of_year.give_list(request, *asked, **more)
