"""What is stored of opinions, objections, proposals and the answers of cooperating departments."""

from riskpoints.participation.models.opinions import (
    CODE_ALPHABET,
    CODE_LENGTH,
    Feedback,
    Objection,
    SentCount,
    new_code,
)
from riskpoints.participation.models.proposals import PREPARED, CoAnswer, Proposal

__all__ = [
    "CODE_ALPHABET",
    "CODE_LENGTH",
    "PREPARED",
    "CoAnswer",
    "Feedback",
    "Objection",
    "Proposal",
    "SentCount",
    "new_code",
]
