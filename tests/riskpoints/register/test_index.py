"""The search index: it finds what a plain scan finds, for whom it finds it, whatever is missing in it."""

import random

import pytest
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader

from riskcontrol.web.query import QueryReader
from riskpoints.enums import Status
from riskpoints.models import RiskPoint, SearchText
from riskpoints.register import filters, index, search
from tests.factories import bring_to, make_measure, make_point


def found(user, word, **query) -> list[int]:
    chosen = filters.read(QueryReader({"q": word, "standing": "all"} | query), filters.options(user))
    return [point.pk for point in search.points(user, chosen)]


def plain(user, word) -> list[int]:
    """The same by looking through the texts themselves."""
    SearchText.objects.all().delete()
    return found(user, word)


@pytest.fixture
def signed(confirmed_version):
    """A signed version, with its points indexed by its signature."""
    return confirmed_version


def test_the_points_of_a_signed_version_are_indexed_and_no_others(table, other_table, people):
    bring_to(Status.REVIEWED, other_table, people)
    assert not SearchText.objects.exists()
    version = bring_to(Status.CONFIRMED, table, people)
    assert set(SearchText.objects.values_list("pk", flat=True)) == {point.pk for point in version.points.all()}


def test_hits_are_those_of_a_plain_scan(signed, people):
    texts = [row.text for row in [*signed.points.all(), *signed.measures.all()]]
    chance = random.Random(7)  # noqa: S311 - the same words each time
    words = [signed.owner_name, signed.points.first().post_name, "毫无踪迹", "ＯＡ", "%", "_", "\\"]
    for text in chance.sample(texts, min(len(texts), 6)):
        begins = chance.randrange(len(text))
        words += [text[begins : begins + length] for length in (1, 2, 4)]
    by_index = {word: found(people.office, word) for word in filter(str.strip, words)}
    assert any(by_index.values())
    assert by_index == {word: plain(people.office, word) for word in by_index}


def test_a_word_does_not_reach_from_one_text_into_the_next(signed, people):
    point = signed.points.order_by("pk").first()
    joined = point.text[-1] + (point.post_name or signed.owner_name)[0]
    assert (point.pk in found(people.office, joined)) == (joined in point.text)


def test_a_missing_row_hides_nothing(signed, people):
    point = signed.points.first()
    SearchText.objects.filter(pk=point.pk).delete()
    assert point.pk in found(people.office, point.text)


def test_a_draft_is_read_as_it_stands(draft_version, people):
    point = make_point(draft_version, actor=people.head, text="尚未签字的线上采购")
    make_measure(draft_version, point, actor=people.head, text="三人比价")
    assert found(people.head, "线上采购") == found(people.head, "三人比价") == [point.pk]
    assert found(people.other_head, "线上采购") == []


def test_who_may_not_see_a_table_finds_nothing_in_it(signed, people):
    text = signed.points.first().text
    assert found(people.office, text)
    assert found(people.outsider, text) == []


def test_the_command_makes_it_again_and_says_what_was_wrong(signed, capsys):
    call_command("index_search")
    assert "完好" in capsys.readouterr().out
    right = dict(SearchText.objects.values_list("pk", "text"))
    first, second = sorted(right)[:2]
    SearchText.objects.filter(pk=first).update(text="别的文字")
    SearchText.objects.filter(pk=second).delete()
    call_command("index_search")
    assert "2 行" in capsys.readouterr().out
    assert dict(SearchText.objects.values_list("pk", "text")) == right


def test_an_installation_of_before_is_indexed_after_its_migration(signed):
    SearchText.objects.all().delete()
    index.ensure_after_migrate(sender=None, using="default")
    assert SearchText.objects.count() == RiskPoint.objects.filter(version__status=Status.CONFIRMED).count() > 0


def test_a_migrate_to_an_earlier_state_indexes_nothing(signed, monkeypatch):
    SearchText.objects.all().delete()
    monkeypatch.setattr(MigrationLoader, "build_graph", _without_the_last)
    index.ensure_after_migrate(sender=None, using="default")
    assert not SearchText.objects.exists()


def _without_the_last(loader, build=MigrationLoader.build_graph):
    build(loader)
    loader.applied_migrations = {key: row for key, row in loader.applied_migrations.items() if key[0] != "riskpoints"}
