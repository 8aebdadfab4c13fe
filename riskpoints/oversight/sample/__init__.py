"""What happened in the sample school after its tables were signed: checks, findings, handlings."""

from riskpoints.oversight.sample import checks, matters
from riskpoints.wings import SampleSchool


def fill(school: SampleSchool) -> None:
    """The checks, then what was found and done about it."""
    checks.fill(school)
    matters.fill(school)
