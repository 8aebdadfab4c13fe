"""One rule for what looks empty and what looks the same, in Python and in both databases."""

import pytest
from django.core.exceptions import ValidationError
from django.db.models import F, Value
from hypothesis import given
from hypothesis import strategies as st

from departments.models import User
from riskcontrol.fields import validate_name
from riskcontrol.search import Folded, says
from riskcontrol.text import folded, is_blank, name_problem, one_break, plain_code, stripped, unseen

LOOK_EMPTY = (
    "", " ", "\n", "\t", "\u3000", "\u00a0", "\u200b", "\ufeff", "\u2060", "\u3164", "\u00ad", "\u034f", "\u115f",
    "\u180e", "\u2800", "\ufe0f", "\u202e", "\U000e0020", "\x00", "\u0301", " \u200b\n\u3000\u3164 ",
)  # fmt: skip
SAY_SOMETHING = ("无", "a", "0", "。", "-", "𠮷", "\U00031350", "\ue000", "\u200b无", "é")
LOOK_THE_SAME = [
    ("ＯＡ", "oa"),
    ("３", "3"),
    ("⽤户", "用户"),
    ("甲·乙", "甲•乙"),
    ("甲・乙", "甲·乙"),
    ("王 某", "王某"),
    ("王\u3000某", "王某"),
    ("王\u200b某", "王某"),
    ("（一）", "(一)"),
    ("①", "1"),
]


@pytest.mark.parametrize("text", LOOK_EMPTY)
def test_what_looks_empty_is_empty(text):
    assert is_blank(text)
    assert stripped(text) == ""


@pytest.mark.parametrize("text", SAY_SOMETHING)
def test_what_says_something_is_not(text):
    assert not is_blank(text)


def test_only_the_ends_are_stripped():
    assert stripped("\u200b\u3000 一 行\n二\u200b行 \ufeff\n") == "一 行\n二\u200b行"
    assert stripped("葛\U000e0100") == "葛\U000e0100"  # the selector belongs to the character before it


def test_a_line_break_counts_once():
    assert one_break("一\r\n二\r三\n四") == "一\n二\n三\n四"


@pytest.mark.parametrize(("one", "other"), LOOK_THE_SAME)
def test_what_looks_the_same_is_the_same(one, other):
    assert folded(one) == folded(other)


def test_what_differs_stays_different():
    assert len({folded(text) for text in ("甲乙", "甲·乙", "2.5", "25", "第一", "第1")}) == 6


@given(st.text())
def test_folding_is_done_once(text):
    assert folded(folded(text)) == folded(text)


def test_a_code_is_read_as_it_was_meant():
    assert plain_code(" １２３ 456\u200b") == "123456"
    assert plain_code("Ａｂ－９") == "Ab-9"


def test_an_unseen_character_is_named_with_its_place():
    assert list(unseen("王\u200b某\u202e")) == [(2, "零宽空格（U+200B）"), (4, "书写方向标记（U+202E）")]
    assert list(unseen("一 行\n二行")) == []


@pytest.mark.parametrize("name", ["王\u200b某", "王\n某", "王\u2028某", "王\u202e某", "王\t某", "\u3164", "王\x00"])
def test_a_name_is_one_line_of_what_can_be_seen(name):
    assert name_problem(name)
    with pytest.raises(ValidationError):
        validate_name(name)


@pytest.mark.parametrize("name", ["王某", "于 梅", "甲·乙", "葛\U000e0100某", "于\u3000梅"])
def test_a_name_may_be_written_as_people_write_it(name):
    assert name_problem(name) == ""


@pytest.mark.django_db
def test_both_databases_fold_as_python_does(django_user_model):
    django_user_model.objects.create_user("1", "王某")
    texts = [text for pair in LOOK_THE_SAME for text in pair]
    texts += [text for text in (*LOOK_EMPTY, *SAY_SOMETHING) if "\x00" not in text]
    for text in texts:
        row = User.objects.annotate(given=Folded(Value(text))).values_list("given", flat=True).get()
        assert row == folded(text), ascii(text)


@pytest.mark.django_db
def test_a_search_finds_what_looks_the_same(django_user_model):
    for number, name in enumerate(("王 某", "甲•乙", "ＯＡ管理员"), start=1):
        django_user_model.objects.create_user(f"n{number}", name)
    for wanted, number in (("王某", "n1"), ("王　某", "n1"), ("甲·乙", "n2"), ("oa", "n3"), ("Ｎ３", "n3")):
        found = User.objects.filter(says(wanted, "real_name", "staff_number"))
        assert [user.staff_number for user in found] == [number], wanted
    assert not User.objects.filter(says("%", "real_name")).exists()
    assert User.objects.filter(says("王", "real_name")).annotate(same=Folded(F("real_name"))).get().same == "王某"
