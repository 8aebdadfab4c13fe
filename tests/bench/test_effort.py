"""The counts of ./run bench effort: what Word is said to take, and when a goal is missed."""

from tests.bench.effort import Result, as_word_html, characters, word_list
from tests.bench.hand import CLICK, DECISION, KEY, Count
from tests.bench.sentences import table_of

ROWS = [
    {
        "text": "一二三",
        "post": "采购员",
        "responsible": "甲",
        "measures": ["四五", "六"],
        "category": "duty",
        "level": 1,
    },
    {"text": "七", "post": "干事", "responsible": "乙", "measures": ["八"], "category": "process", "level": 3},
]


def test_a_word_list_takes_a_tab_a_cell_and_an_enter_for_each_further_measure():
    assert characters(ROWS) == 8
    count = word_list(ROWS)
    assert (count.text, count.keys, count.actions) == (8 + 10 + 9, 13, 21)


def test_the_model_adds_up_its_operators():
    count = Count(text=10, keys=5, clicks=2, scrolls=1, decisions=3)
    assert count.actions == 8
    assert count.minutes == (15 * KEY + 3 * CLICK + 3 * DECISION) / 60


def test_what_is_over_its_goal_is_named():
    result = Result("甲", Count(keys=4), Count(), (("actions", 4.0, 3.0), ("minutes", 1.0, 1.0)))
    assert result.missed == ["甲: actions 4.0, at most 3.0"]


def test_the_table_to_take_over_has_twelve_points_of_real_sentences():
    rows = table_of(12)["points"]
    assert len(rows) == 12
    assert all(row["text"] and row["measures"] for row in rows[:3])
    assert as_word_html(rows).count("<tr>") == 13
