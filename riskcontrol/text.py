"""One rule for what a text says: what looks empty, what looks the same, what a name may hold, how names are sorted.

Unicode decides, not a list of spaces: general categories and the property Default_Ignorable_Code_Point (Unicode
Standard, DerivedCoreProperties).
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

# Default_Ignorable_Code_Point: a reader sees nothing of them. Python's unicodedata doesn't have the property.
_IGNORABLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
# White space of every width, control characters, the empty Braille cell, and what is no character at all.
_EMPTY = (
    r"\s\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\x00-\x1f\x7f-\x9f\u0085\u180e\u2028\u2029\u2800"
    r"\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
)
_BLANK = re.compile(f"[{_IGNORABLE}{_EMPTY}]")
_SPACES = r"\s\u2800\u200b\u2060\ufeff\u3164\uffa0"
_BLANK_ENDS = re.compile(f"^[{_SPACES}]+|[{_SPACES}]+$")
_UNSEEN = re.compile(f"[{_IGNORABLE}{_EMPTY}]+")
# The same for PostgreSQL, which stores no NUL and no half pairs.
UNSEEN_IN_A_DATABASE = f"{_IGNORABLE}{_EMPTY}".replace(r"\x00", r"\x01").replace(r"\ud800-\udfff", "")

_VARIATIONS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_LINE_BREAKS = "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
DIRECTIONS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
# The dots people type between the parts of a name: · is the one of GB 18030's name practice.
DOTS = dict.fromkeys(map(ord, "•‧∙⋅･・⸱ꞏ᛫"), "·")
ASCII_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}

# Characters that people bring along when they paste, by the names they can look for.
_KNOWN = {
    "\u200b": "零宽空格",
    "\u200c": "零宽不连字",
    "\u200d": "零宽连字",
    "\ufeff": "零宽不换行空格",
    "\u2060": "词连接符",
    "\u00ad": "软连字符",
    "\u3164": "谚文填充符",
    "\u115f": "谚文填充符",
    "\u1160": "谚文填充符",
    "\uffa0": "谚文填充符",
    "\u034f": "组合用连接符",
    "\u180e": "蒙古文元音分隔符",
    "\u2800": "盲文空格",
    "\u00a0": "不换行空格",
    "\u3000": "全角空格",
    "\t": "制表符",
    "\x00": "空字符",
}


def is_blank(text: str) -> bool:
    """Whether a reader sees nothing: spaces of any width, invisible characters, marks that stand on nothing."""
    if not text or text.isspace():
        return True
    return not any(unicodedata.category(character)[0] != "M" for character in _BLANK.sub("", text))


def stripped(text: str) -> str:
    """The text without what nobody sees at its ends; empty where it only looks like a text."""
    if is_blank(text):
        return ""
    return _BLANK_ENDS.sub("", text)


def one_break(text: str) -> str:
    """Each line break as one character, as the counter beside a field counts it; browsers send two."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """What two texts have in common that look the same: ＯＡ = oa, ⽤户 = 用户, 甲•乙 = 甲·乙, 王 某 = 王某.

    For search and comparison only, never to be shown or stored in the place of what was typed.
    """
    plain = unicodedata.normalize("NFKC", _UNSEEN.sub("", text.translate(DOTS))).translate(DOTS)
    return unicodedata.normalize("NFKC", _UNSEEN.sub("", plain)).translate(ASCII_LOWER)


def plain_width(text: str) -> str:
    """Full-width digits and letters as plain ones."""
    return unicodedata.normalize("NFKC", text)


def plain_code(text: str) -> str:
    """A code as it was meant, whatever its width and the spaces that make it readable."""
    return _UNSEEN.sub("", plain_width(text))


def unseen(text: str) -> Iterator[tuple[int, str]]:
    """(place, name in Chinese) of each character that can't be seen, counted from 1; plain spaces and line breaks
    are no surprise, nor is a selector of a character's variant."""
    for place, character in enumerate(text, start=1):
        if character in " \n\r" or not _BLANK.match(character) or _VARIATIONS.match(character):
            continue
        code = f"U+{ord(character):04X}"
        if character in _LINE_BREAKS:
            name = "换行"
        elif character in DIRECTIONS:
            name = "书写方向标记"
        else:
            name = _KNOWN.get(character, "看不见的字符")
        yield place, f"{name}（{code}）"


def is_kept_unseen(character: str) -> bool:
    """Whether a character may stay in a text that somebody sent: it is seen, is white space, or selects a variant."""
    return bool(character.isspace() or not _BLANK.match(character) or _VARIATIONS.match(character))


def name_problem(text: str) -> str:
    """Why this can't be a name, in Chinese with the place and what to do; empty where it can."""
    if is_blank(text):
        return "请填写看得见的文字。"
    for place, character in enumerate(text, start=1):
        if character in "\n\r":
            return f"第 {place} 个字符是换行，名称写在一行里，请删去后再保存。"
    for place, found in unseen(text):
        if not found.startswith(("全角空格", "不换行空格")):
            return f"第 {place} 个字符是看不见的{found}，请删去后再保存。"
    return ""
