"""Where the year's work is found, and what of it waits for whom."""

from typing import Any

from django.urls import reverse

from riskpoints.campaign.permissions import CampaignAction, can
from riskpoints.wings import MenuEntry


def entries(user: Any) -> list[MenuEntry]:
    """廉政教育, for everybody of the school."""
    if not can(user, CampaignAction.READ):
        return []
    return [MenuEntry("廉政教育", reverse("campaign:education"))]
