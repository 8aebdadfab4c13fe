"""Rows of oversight."""

from riskpoints.oversight.models.finding import Finding, FindingAnswer, FindingEntry
from riskpoints.oversight.models.handling import Handling, HandlingEntry, Reply, ReplyFile, Verification
from riskpoints.oversight.models.measure import CheckEvidence, CheckMeasure
from riskpoints.oversight.models.sheet import CheckEntry, CheckLine, CheckSheet

__all__ = [
    "CheckEntry",
    "CheckEvidence",
    "CheckLine",
    "CheckMeasure",
    "CheckSheet",
    "Finding",
    "FindingAnswer",
    "FindingEntry",
    "Handling",
    "HandlingEntry",
    "Reply",
    "ReplyFile",
    "Verification",
]
