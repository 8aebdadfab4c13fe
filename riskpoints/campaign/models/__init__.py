"""Rows of the year's work."""

from riskpoints.campaign.models.basis import BasisDocument
from riskpoints.campaign.models.delivery import Delivery
from riskpoints.campaign.models.education import (
    Absence,
    EducationFile,
    EducationRecord,
    FulfilledMeasure,
    TaughtMeasure,
)
from riskpoints.campaign.models.issued import IssuedDocument
from riskpoints.campaign.models.plan import Milestone, PlanTask, Supervision, TaskEntry
from riskpoints.campaign.models.reminder import Reminder, ReminderMail, ReminderRun
from riskpoints.campaign.models.upkeep import LookThrough

__all__ = [
    "Absence",
    "BasisDocument",
    "Delivery",
    "EducationFile",
    "EducationRecord",
    "FulfilledMeasure",
    "IssuedDocument",
    "LookThrough",
    "Milestone",
    "PlanTask",
    "Reminder",
    "ReminderMail",
    "ReminderRun",
    "Supervision",
    "TaskEntry",
    "TaughtMeasure",
]
