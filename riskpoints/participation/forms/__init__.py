"""The forms of proposals and opinions."""

from riskpoints.participation.forms.opinions import (
    AnswerForm,
    BulkForm,
    CorrectForm,
    EndForm,
    GatherForm,
    ObjectionForm,
    OpinionForm,
    PetitionForm,
    ReferForm,
    WordedForm,
    outcomes_for,
)
from riskpoints.participation.forms.proposals import (
    AcceptForm,
    CoAnswerForm,
    DeclineForm,
    ForPointForm,
    PrepareForm,
    ProposalForm,
)

__all__ = [
    "AcceptForm",
    "AnswerForm",
    "BulkForm",
    "CoAnswerForm",
    "CorrectForm",
    "DeclineForm",
    "EndForm",
    "ForPointForm",
    "GatherForm",
    "ObjectionForm",
    "OpinionForm",
    "PetitionForm",
    "PrepareForm",
    "ProposalForm",
    "ReferForm",
    "WordedForm",
    "outcomes_for",
]
