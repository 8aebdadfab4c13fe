"""引用: what an empty category is offered, and the form that opens filled in; nothing is saved by it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from riskpoints.enums import Category, Status
from riskpoints.models import ControlTable, RiskPoint
from riskpoints.tables import editing, starting
from riskpoints.years import suggesting
from tests.factories import bring_to, make_cycle
from tests.pages import at, text_of


@pytest.fixture
def confirmed(table, people):
    """Return the version in force of 总务处."""
    return bring_to(Status.CONFIRMED, table, people)


@pytest.fixture
def next_draft(confirmed, people):
    """Return the draft of the year after a table in force, without the points of one category."""
    cycle = make_cycle(confirmed.table.cycle.year + 1)
    table = ControlTable.objects.create(cycle=cycle, scope=confirmed.table.scope, department=confirmed.table.department)
    draft = starting.start_table(table, actor=people.head)
    for row in [*draft.measures.filter(category="duty"), *draft.points.filter(category="duty")]:
        editing.remove_row(row, actor=people.head)
    return draft


def test_last_years_points_of_the_table_are_offered(next_draft, confirmed, people):
    old = confirmed.points.filter(category="duty").first()
    found = suggesting.suggestions(people.head, next_draft, ["duty"])["duty"]
    assert (found[0].text, found[0].where) == (old.text, f"本表 {confirmed.table.cycle.year} 年")
    preset = suggesting.preset(next_draft, "duty", f"last-{old.pk}")
    assert (preset.values["text"], preset.values["likelihood"]) == (old.text, old.likelihood)
    assert [measure.text for measure in preset.measures] == [measure.text for measure in old.measures.all()]
    assert suggesting.preset(next_draft, "process", f"last-{old.pk}") is None
    assert suggesting.preset(next_draft, "duty", "last-x") is None


def test_the_form_opens_filled_in_and_nothing_is_saved(client, next_draft, people):
    client.force_login(people.head)
    before = RiskPoint.objects.count()
    page = client.get(at(next_draft))
    assert "本表" in text_of(page)
    [suggestion, *_] = suggesting.suggestions(people.head, next_draft, ["duty"])["duty"]
    opened = client.get(suggestion.address.partition("#")[0])
    assert "引自本表" in text_of(opened)
    assert suggestion.text in opened.content.decode()
    assert RiskPoint.objects.count() == before


def peer_of(version, people, function, post):
    """Return a point in force of another department whose post has this function."""
    other = ControlTable.objects.create(
        cycle=version.table.cycle, scope=version.table.scope, department=post.department
    )
    post.functions.add(function)
    draft = bring_to(Status.CONFIRMED, other, people)
    return draft, draft.points.filter(post=post, category="duty").first()


def test_what_others_with_the_same_function_published_is_offered(draft_version, purchasing_post, other_post, people):
    function = purchasing_post.functions.first()
    version, point = peer_of(draft_version, people, function, other_post)
    found = suggesting.suggestions(people.head, draft_version, [Category.DUTY.value])
    [peer] = [one for one in found[Category.DUTY.value] if one.text == point.text]
    assert peer.where == f"{version.owner_name}（同有{function.name}职能）"
    preset = suggesting.preset(draft_version, "duty", f"peer-{point.pk}")
    assert dict(preset.values) == {"text": point.text}  # what is not published stays with its department
    assert [measure.text for measure in preset.measures] == [measure.text for measure in point.measures.all()]
    own = draft_version.points.first()
    assert suggesting.preset(draft_version, own.category, f"peer-{own.pk}") is None


def test_a_category_that_is_answered_offers_nothing(client, draft_version, people):
    client.force_login(people.head)
    assert suggesting.suggestions(people.head, draft_version, []) == {}
    assert "可以引用的风险点" not in client.get(at(draft_version)).content.decode()


def test_as_many_queries_for_one_category_as_for_four(next_draft, people):
    counts = []
    for categories in (["duty"], ["duty"], list(Category.values)):
        with CaptureQueriesContext(connection) as asked:
            suggesting.suggestions(people.head, next_draft, categories)
        counts.append(len(asked))
    assert counts[1] == counts[2]
