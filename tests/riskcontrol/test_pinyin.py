"""Names follow one another as in a Chinese dictionary, on both databases alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from departments.models import User
from riskcontrol.pinyin import KEY_LENGTH, sort_key


def test_names_follow_their_pinyin():
    keys = [sort_key(name) for name in ("2班", "Alice", "阿明", "李四", "鲁迅", "吕布", "王五", "张三", "·")]
    assert keys == sorted(keys)


def test_a_surname_is_read_as_one():
    assert sort_key("单一", is_person=True).startswith("shan")
    assert sort_key("单一").startswith("dan")
    assert sort_key("万俟某", is_person=True).startswith("mo00004qi")


def test_spaces_within_a_name_do_not_matter():
    assert sort_key("于 梅") == sort_key("于梅")


@given(st.text(max_size=64))
def test_a_key_is_plain_and_fits(text):
    key = sort_key(text)
    assert len(key) <= KEY_LENGTH
    assert not key or (key.isascii() and key.isalnum() and key == key.lower())


@pytest.mark.django_db
def test_the_database_keeps_the_key_with_the_name(django_user_model):
    for number, name in enumerate(("张三", "单一", "李四"), start=1):
        django_user_model.objects.create_user(str(number), name)
    assert [user.real_name for user in User.objects.order_by("pinyin")] == ["李四", "单一", "张三"]
    user = User.objects.get(staff_number="1")
    user.real_name = "阿三"
    user.save()
    assert User.objects.order_by("pinyin").first() == user
