"""Rows of oversight."""

from riskpoints.oversight.models.measure import CheckEvidence, CheckMeasure
from riskpoints.oversight.models.sheet import CheckEntry, CheckLine, CheckSheet

__all__ = ["CheckEntry", "CheckEvidence", "CheckLine", "CheckMeasure", "CheckSheet"]
