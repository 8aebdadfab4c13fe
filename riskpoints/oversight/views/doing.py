"""Doing what a form asks for: what is refused stands in the form, with everything that was typed."""

from django.core.exceptions import ValidationError

from riskpoints.oversight.assessment.states import AssessmentError
from riskpoints.oversight.handling.states import HandlingError
from riskpoints.oversight.monitoring.states import CheckError
from riskpoints.tables.workflow import WorkflowError

NOT_NOW = (AssessmentError, CheckError, HandlingError, WorkflowError)


def did(form, do):
    """What `do` gives back; None where it was refused."""
    try:
        return do()
    except NOT_NOW as error:
        form.add_error(None, str(error))
    except ValidationError as error:
        form.refuse(error)
    return None
