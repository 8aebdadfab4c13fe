"""Rows of oversight."""

from riskpoints.oversight.models.assessment import Assessment, AssessmentEntry, AssessmentItem, ItemScore
from riskpoints.oversight.models.finding import Finding, FindingAnswer, FindingEntry
from riskpoints.oversight.models.handling import Handling, HandlingEntry, Reply, ReplyFile, Verification
from riskpoints.oversight.models.indicators import Indicator, IndicatorSheet
from riskpoints.oversight.models.kept import KeptCorrection, KeptCounts
from riskpoints.oversight.models.measure import CheckEvidence, CheckMeasure
from riskpoints.oversight.models.sheet import CheckEntry, CheckLine, CheckSheet
from riskpoints.oversight.models.veto import AssessmentCorrection, Veto, VetoEntry

__all__ = [
    "Assessment",
    "AssessmentCorrection",
    "AssessmentEntry",
    "AssessmentItem",
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
    "Indicator",
    "IndicatorSheet",
    "ItemScore",
    "KeptCorrection",
    "KeptCounts",
    "Reply",
    "ReplyFile",
    "Verification",
    "Veto",
    "VetoEntry",
]
