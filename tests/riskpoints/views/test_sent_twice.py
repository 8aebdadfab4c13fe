"""One form sent twice, since its button was pressed twice or its answer was lost: one row, and nothing overwritten."""

import re

import pytest

from riskpoints.models import Measure, RiskPoint
from tests import once
from tests.pages import at, text_of, typed


@once.fixture
def draft(draft_version):
    return draft_version


@pytest.fixture
def as_head(enter, people):
    return enter(people.head)


@pytest.fixture
def sent(as_head, draft):
    """Return what the empty form of a new point sends when it is filled in."""
    page = as_head.get(at(draft) + "?open=new-duty")
    values = {"category": "duty", "text": "验收走过场", "likelihood": "2", "harm": "2", "proposed_level": "2"}
    return values | {"measure_text": "两人以上验收", "measure_stage": "monitoring", "token": hidden(page, "token")}


def hidden(answer, name: str) -> str:
    """Return the value of a hidden field of the open form."""
    tag = re.search(rf'<input type="hidden" name="{name}"[^>]*>', answer.content.decode()).group()
    return re.search(r'value="([^"]*)"', tag).group(1)


def counts():
    return RiskPoint.objects.count(), Measure.objects.count()


def test_each_empty_form_has_a_token_of_its_own(as_head, draft, sent):
    another = hidden(as_head.get(at(draft) + "?open=new-duty"), "token")
    assert re.fullmatch(r"[0-9a-f-]{36}", sent["token"])
    assert another != sent["token"]
    point = draft.points.first()
    assert 'name="token"' not in as_head.get(at(draft) + f"?open=point-{point.pk}").content.decode()


def test_a_point_sent_twice_is_one_point_with_one_measure(as_head, draft, sent):
    first = as_head.post(at(draft, "point_new"), sent)
    after = counts()
    second = as_head.post(at(draft, "point_new"), sent)
    assert (first.status_code, second.status_code) == (302, 302)
    assert second.url == first.url
    assert counts() == after


def test_a_measure_sent_twice_is_one_measure(as_head, draft):
    page = as_head.get(at(draft) + "?open=newmeasure-duty")
    sent = {"category": "duty", "text": "每月公开一次", "stage": "monitoring", "token": hidden(page, "token")}
    first = as_head.post(at(draft, "measure_new"), sent)
    assert as_head.post(at(draft, "measure_new"), sent).url == first.url
    assert draft.measures.filter(text="每月公开一次").count() == 1


def test_other_words_are_shown_beside_those_that_are_saved(as_head, draft, sent):
    as_head.post(at(draft, "point_new"), sent)
    after = counts()
    answer = as_head.post(at(draft, "point_new"), sent | {"text": "验收只签字不清点"})
    assert answer.status_code == 409
    assert typed(answer, "text") == "验收只签字不清点"
    assert "验收走过场" in text_of(answer)
    assert counts() == after
    stored = draft.points.get(text="验收走过场")
    again = {
        "category": "duty",
        "text": "验收只签字不清点",
        "lock": hidden(answer, "lock"),
        "likelihood": "2",
        "harm": "2",
    }
    assert as_head.post(at(draft, "point", stored.pk), again | {"proposed_level": "2"}).status_code == 302
    stored.refresh_from_db()
    assert stored.text == "验收只签字不清点"
    assert counts() == after


def test_a_measure_with_other_words_is_shown_beside_the_saved_one(as_head, draft):
    page = as_head.get(at(draft) + "?open=newmeasure-duty")
    sent = {"category": "duty", "text": "每月公开一次", "stage": "monitoring", "token": hidden(page, "token")}
    as_head.post(at(draft, "measure_new"), sent)
    answer = as_head.post(at(draft, "measure_new"), sent | {"text": "每季公开一次"})
    assert answer.status_code == 409
    assert typed(answer, "text") == "每季公开一次"
    assert draft.measures.filter(text__in=["每月公开一次", "每季公开一次"]).count() == 1


def test_another_first_measure_stays_beside_the_one_that_is_saved(as_head, draft, sent):
    as_head.post(at(draft, "point_new"), sent)
    assert as_head.post(at(draft, "point_new"), sent | {"measure_text": "三人以上验收"}).status_code == 302
    point = draft.points.get(text="验收走过场")
    assert sorted(measure.text for measure in point.measures.all()) == ["三人以上验收", "两人以上验收"]


def test_a_form_without_a_token_is_taken_as_before(as_head, draft, sent):
    before = draft.points.count()
    del sent["token"]
    for _ in range(2):
        assert as_head.post(at(draft, "point_new"), sent).status_code == 302
    assert draft.points.count() == before + 2
