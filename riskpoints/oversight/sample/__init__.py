"""What happened in the sample school after its tables were signed: checks, findings, handlings, assessments."""

from riskpoints.oversight.assessment import sample as assessment
from riskpoints.oversight.sample import checks, matters
from riskpoints.wings import SampleSchool


def fill(school: SampleSchool) -> None:
    """The checks, what was found and done about it, and how the year is judged by all of it."""
    checks.fill(school)
    matters.fill(school)
    assessment.fill(school)
