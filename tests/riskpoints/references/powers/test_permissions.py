"""Which powers and revisions exist for whom."""

import pytest

from riskpoints.references.powers import drafting, filing
from riskpoints.references.powers.permissions import visible_powers, visible_revisions
from tests.powers import STEPS, file_power, make_power

EVERYBODY = ("head", "clerk", "staff", "leader", "other_head", "reviewer", "principal", "office", "admin", "deputy")


@pytest.fixture
def revisions(department, discipline_office, people):
    """One filed and under revision, one draft, one submitted, one submitted by the committee's own office."""
    filed = file_power(make_power(department, actor=people.clerk), people)
    own = make_power(discipline_office, actor=people.discipline_head, steps=STEPS[:1])
    return {
        "filed": filed,
        "revision": drafting.revise(filed.power, actor=people.clerk),
        "draft": make_power(department, actor=people.clerk),
        "submitted": filing.submit(make_power(department, actor=people.clerk), actor=people.head),
        "own": filing.submit(own, actor=people.discipline_head),
    }


@pytest.mark.parametrize("who", [*EVERYBODY, "discipline_head", "outsider", "auditor", "disabled"])
def test_who_sees_which_revision(revisions, people, who):
    seen = {key for key, row in revisions.items() if visible_revisions(getattr(people, who)).filter(pk=row.pk)}
    expected = {
        "head": {"filed", "revision", "draft", "submitted"},
        "clerk": {"filed", "revision", "draft", "submitted"},
        "reviewer": {"filed", "submitted", "own"},
        "discipline_head": {"filed", "submitted", "own"},
        "deputy": {"filed", "own"},
        "outsider": set(),
        "auditor": set(),
        "disabled": set(),
    }
    assert seen == expected.get(who, {"filed"})
    powers = {revisions[key].power_id for key in seen}
    assert set(visible_powers(getattr(people, who)).values_list("pk", flat=True)) == powers
