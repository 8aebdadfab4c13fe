"""The page of one version: rows, the open form, what is missing, what changed, what comes next."""

from riskpoints.views.sheet.show import VersionSheet, assessment_forms, show_sheet

__all__ = ["VersionSheet", "assessment_forms", "show_sheet"]
