"""A row that somebody removes while the form about it is being answered: what was typed stays on the page."""

import pytest

from riskpoints.tables import editing
from tests.pages import at, text_of, typed


@pytest.fixture
def removed_while_answering(monkeypatch, people):
    """Return a function that lets the clerk remove a row after the view has read it and before the page is made."""

    def arrange(row):
        original = editing.require_draft

        def remove_first(version):
            monkeypatch.setattr(editing, "require_draft", original)
            editing.remove_row(row, actor=people.clerk)
            original(version)

        monkeypatch.setattr(editing, "require_draft", remove_first)

    return arrange


@pytest.mark.parametrize("kind", ["point", "measure"])
def test_the_form_stays_although_its_row_is_gone(enter, people, draft_version, removed_while_answering, kind):
    point = draft_version.points.get(category="duty")
    row = point if kind == "point" else draft_version.measures.get(points=point)
    removed_while_answering(point)  # its measure goes with it
    # Refused for a reason of its own: the point that was ticked, or a level that the post doesn't allow.
    mine = {"lock": row.lock, "category": "duty", "text": "改了半天的话", "points": [point.pk], "proposed_level": "9"}
    answer = enter(people.head).post(at(draft_version, kind, row.pk), mine)
    assert answer.status_code == 422
    assert typed(answer, "text") == "改了半天的话"
    assert "这一项在您填写期间已被他人删除" in text_of(answer)
    assert f'action="{at(draft_version, f"{kind}_new")}"' in answer.content.decode()
