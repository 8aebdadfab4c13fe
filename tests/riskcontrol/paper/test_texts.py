"""Texts that are printed are refused before they are saved where no face can draw them."""

import pytest
from django.core.exceptions import ValidationError

from riskcontrol.paper.texts import PrintedTexts
from riskpoints.campaign.models import Absence, Delivery, EducationFile, EducationRecord, PlanTask, Supervision
from riskpoints.oversight.models import (
    Assessment,
    AssessmentItem,
    CheckEvidence,
    CheckLine,
    CheckMeasure,
    CheckSheet,
    Indicator,
    ItemScore,
    Veto,
)
from riskpoints.references.powers.models import PowerRevision, PowerStep
from riskpoints.references.regulations.models import PlanDecision, Regulation

ODD = "\U0001f600"  # beyond every installed face: test_pdf.py says how that is known
PRINTED = (
    Absence,
    Assessment,
    AssessmentItem,
    CheckEvidence,
    CheckLine,
    CheckMeasure,
    CheckSheet,
    Delivery,
    EducationFile,
    EducationRecord,
    Indicator,
    ItemScore,
    PlanDecision,
    PlanTask,
    PowerRevision,
    PowerStep,
    Regulation,
    Supervision,
    Veto,
)


def refused(row, **asked):
    """Return the messages by field."""
    try:
        row.clean_fields(**asked)
    except ValidationError as error:
        return error.message_dict
    return {}


@pytest.mark.parametrize("model", PRINTED)
def test_what_stands_on_a_paper_can_be_drawn(model):
    assert issubclass(model, PrintedTexts)


def test_each_text_is_told_by_its_field_beside_others():
    row = Absence(name=f"周红{ODD}", reason=f"出差{ODD}{ODD}")
    said = f"有打印不出的字符“{ODD}”，请改用其他写法。"
    assert refused(row, exclude=["record"]) == {"name": [said], "reason": [said]}
    assert refused(row, exclude=["record", "name"]) == {"reason": [said]}
    assert refused(Absence(name="周红", reason="出差"), exclude=["record"]) == {}
