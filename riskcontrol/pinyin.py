"""The order of Chinese names: by pinyin, as a key of plain letters and digits that every database sorts alike."""

from functools import lru_cache
from typing import Any

from django.db import models

from riskcontrol.text import folded

KEY_LENGTH = 512
SYLLABLE = 7  # the longest syllable (zhuang) and its tone

# Surnames that are read otherwise than the character alone.
SURNAMES = {
    "万俟": ["mo4", "qi2"],
    "尉迟": ["yu4", "chi2"],
    "单": ["shan4"],
    "曾": ["zeng1"],
    "仇": ["qiu2"],
    "解": ["xie4"],
    "任": ["ren2"],
    "区": ["ou1"],
    "查": ["zha1"],
    "华": ["hua4"],
    "翟": ["zhai2"],
    "盖": ["ge3"],
    "朴": ["piao2"],
    "乐": ["yue4"],
    "覃": ["qin2"],
    "缪": ["miao4"],
    "种": ["chong2"],
    "折": ["she2"],
    "燕": ["yan1"],
    "应": ["ying1"],
    "宁": ["ning4"],
    "员": ["yun4"],
    "召": ["shao4"],
    "秘": ["bi4"],
}


@lru_cache(maxsize=8192)
def sort_key(text: str, *, is_person: bool = False) -> str:
    """A key in which names follow one another syllable by syllable, then by tone; digits and Latin letters first.

    Each character takes seven signs of [0-9a-z], so that no collation of a database changes the order.
    """
    plain = folded(text)
    read: list[str] = []
    if is_person:
        surname = next((known for known in SURNAMES if plain.startswith(known)), "")
        read, plain = list(SURNAMES.get(surname, [])), plain.removeprefix(surname)
    return "".join(_signs(syllable) for syllable in [*read, *_syllables(plain)])[:KEY_LENGTH]


def _syllables(plain: str) -> list[str]:
    from pypinyin import Style, lazy_pinyin  # its dictionaries take a moment, and most processes sort nothing

    return (
        lazy_pinyin(plain, style=Style.TONE3, neutral_tone_with_five=True, v_to_u=False, errors=_one_by_one)
        if plain
        else []
    )


def _one_by_one(text: str) -> Any:
    """What has no pinyin, character by character; the library takes a list, too."""
    return list(text)


def _signs(syllable: str) -> str:
    if syllable.isascii() and syllable.isalnum():
        letters = syllable.rstrip("12345") if len(syllable) > 1 else syllable
        return letters.ljust(SYLLABLE - 1, "0")[: SYLLABLE - 1] + (syllable[len(letters) :] or "0")[:1]
    return f"zz{ord(syllable[0]) & 0xFFFFF:05x}"  # what has no pinyin comes last


class PinyinField(models.CharField):
    """The sort key of another field of the row, written whenever the row is saved."""

    def __init__(self, *args: Any, of: str = "", is_person: bool = False, **kwargs: Any) -> None:
        self.of, self.is_person = of, is_person
        for name, value in (("max_length", KEY_LENGTH), ("editable", False), ("blank", True), ("default", "")):
            kwargs.setdefault(name, value)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        key = sort_key(getattr(model_instance, self.of), is_person=self.is_person)
        setattr(model_instance, self.attname, key)
        return key


def write_keys(row: models.Model) -> None:
    """Set the sort keys of a row that is saved as it is (raw), where no field writes itself."""
    for field in row._meta.concrete_fields:
        if isinstance(field, PinyinField):
            field.pre_save(row, add=True)
