"""What the register is asked for: what there is to choose from, what a query means, how it is told in words."""

import pytest

from riskcontrol.web.query import QueryReader
from riskpoints.enums import Status
from riskpoints.register import filters, lines, search
from tests.factories import bring_to, make_cycle

OUTSIDERS = ["other_head", "office", "reviewer", "principal", "leader", "admin", "staff", "discipline_head"]


def found_lines(user, **query):
    """Return the lines that a person finds with a query."""
    chosen = filters.read(QueryReader(query), filters.options(user))
    return lines.lines_of(search.points(user, chosen), user)


@pytest.mark.parametrize("who", OUTSIDERS)
def test_the_choices_do_not_tell_of_a_draft_of_others(secret_draft, people, who):
    offered = filters.options(getattr(people, who))
    assert offered.owners == []
    assert offered.posts == []
    assert [key for key, _ in offered.standings] == ["in_force", "all"]


def test_a_year_that_is_over_offers_what_was_signed_in_it(record_table, cycle, office):
    """Named alone, a year means what was signed in it; today's is what is in force, of whichever year."""
    old = record_table("甲处", in_cycle=make_cycle(cycle.year - 1))
    record_table("甲处", 2, department=old.department)
    offered = filters.options(office)
    assert [key for key, _ in offered.standings] == ["in_force", "of_year", "all"]
    assert offered.years == [cycle.year, cycle.year - 1]
    assert filters.read(QueryReader({}), offered).standing == "in_force"
    assert filters.read(QueryReader({"year": str(cycle.year - 1)}), offered).standing == "of_year"
    assert len(found_lines(office)) == 2
    assert len(found_lines(office, year=str(cycle.year - 1))) == 1
    found = search.points(office, filters.read(QueryReader({"standing": "all"}), offered))
    assert search.counted(found) == {cycle.year - 1: 1, cycle.year: 2}


@pytest.mark.parametrize(
    ("query", "is_narrowed"),
    [
        ({}, False),
        ({"standing": "in_force"}, False),
        ({"standing": "all"}, True),
        ({"owner": "0"}, True),
        ({"level": "0"}, True),
        ({"q": "词"}, True),
        ({"key": "1"}, True),
        ({"sort": "level"}, False),
    ],
)
def test_what_narrows_the_register(school_table, people, query, is_narrowed):
    bring_to(Status.CONFIRMED, school_table, people)
    assert filters.read(QueryReader(query), filters.options(people.office)).is_narrowed is is_narrowed


def test_a_filter_is_told_in_words(record_table, office):
    table = record_table("甲处", 4)
    post = table.department.posts.get()
    query = {"standing": "all", "owner": table.department_id, "post": post.pk, "category": "duty", "level": 1, "key": 1}
    offered = filters.options(office)
    chosen = filters.read(QueryReader({key: str(value) for key, value in query.items()} | {"q": "采购"}), offered)
    assert filters.described(chosen, offered) == (
        "全部，甲处，甲处干事，岗位职责风险，一级（高），重点领域、关键环节，含“采购”"
    )
    unset = filters.read(QueryReader({"standing": "all", "level": "0"}), offered)
    assert filters.described(unset, offered) == "全部，未定级"


def test_of_very_many_posts_those_of_the_chosen_department_are_offered(record_table, office, monkeypatch):
    own, other = record_table("甲处").department, record_table("乙处").department
    offered = filters.options(office)
    everything = [(owner.name, [owner.posts.get().pk]) for owner in (own, other)]

    def choices(**query):
        chosen = filters.read(QueryReader(query), offered)
        return [(owner, [post.pk for post in posts]) for owner, posts in filters.post_choices(chosen, offered)]

    assert choices() == everything
    monkeypatch.setattr(filters, "MOST_POSTS", 1)
    assert choices() == []
    assert choices(owner=str(other.pk)) == choices(post=str(other.posts.get().pk)) == everything[1:]
