"""Rows of the year's work."""

from riskpoints.campaign.models.education import Absence, EducationFile, EducationRecord, FulfilledMeasure

__all__ = ["Absence", "EducationFile", "EducationRecord", "FulfilledMeasure"]
