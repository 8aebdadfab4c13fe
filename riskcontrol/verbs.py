"""What the audit trail calls things: stable keys, kept in entries for good, with the captions of today beside them.

An entry's hash covers its words, so what is once written stays. Therefore nothing that people read is written into it
as a key: a verb (`version.approve`) and a fact of a detail that code looks up (`content_hash`) are members of enums,
whose label may be worded anew at any time. Entries written before there were keys have a caption in the key's place;
one map, filled by each app with the captions that it ever wrote, leads from there to the key.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models


class Verb(models.TextChoices):
    """What was done. Each app has one enum of its own: the value is written into entries, the label is shown."""


class Fact(models.TextChoices):
    """A key of an entry's detail that code looks up; all other keys of details are read by people alone."""


class _Words:
    """One kind of key: those known, and the captions that entries of before have in their place."""

    def __init__(self) -> None:
        self.known: dict[str, Any] = {}
        self.former: dict[str, str] = {}

    def add(self, members: Iterable[Any], former: Mapping[str, Any]) -> None:
        for member in members:
            if self.known.setdefault(member.value, member) is not member:
                raise ValueError(f"{member.value} is the key of {self.known[member.value]!r} already")
        for caption, member in former.items():
            if self.former.setdefault(caption, member.value) != member.value:
                raise ValueError(f"{caption} was the caption of {self.former[caption]} already")

    def key_of(self, stored: str) -> str:
        return stored if stored in self.known else self.former.get(stored, stored)

    def caption(self, stored: str) -> str:
        member = self.known.get(self.key_of(stored))
        return stored if member is None else str(member.label)

    def stored(self, members: Iterable[Any]) -> list[str]:
        keys = {str(self.key_of(member)) for member in members}
        return sorted(keys | {caption for caption, key in self.former.items() if key in keys})


_verbs, _facts = _Words(), _Words()
_reading: set[Verb] = set()


def register(
    verbs: type[Verb],
    *,
    former: Mapping[str, Verb],
    facts: Iterable[Fact] = (),
    former_facts: Mapping[str, Fact] | None = None,
    reading: Iterable[Verb] = (),
) -> None:
    """Make an app's words known; called in AppConfig.ready(). `former` are the captions that its entries had before
    there were keys, `reading` the verbs of those who only looked at something."""
    _verbs.add(verbs, former)
    _facts.add(facts, former_facts or {})
    _reading.update(reading)


def is_registered(verb: Any) -> bool:
    """Whether this is a verb that may be written into the trail."""
    return isinstance(verb, Verb) and _verbs.known.get(verb.value) is verb


def key_of(action: str) -> str:
    """The verb of an entry from what is written there, a key or a former caption; an unknown word is its own key."""
    return _verbs.key_of(action)


def member_of(verb: str) -> Any:
    """The member of an app's enum that has this key; None where nobody registered it (its app is gone)."""
    return _verbs.known.get(verb)


def caption(action: str) -> str:
    """How an entry's verb is called today; a word that nobody registered (its app is gone) is shown as it is."""
    return _verbs.caption(action)


def stored(*verbs: str) -> list[str]:
    """All that entries may have in the place of these verbs, for queries."""
    return _verbs.stored(verbs)


def reading() -> list[str]:
    """The same of all verbs of those who only looked at something."""
    return _verbs.stored(_reading)


def fact_names(fact: Fact) -> list[str]:
    """Under which keys of a detail a fact may stand, the one of today first."""
    return [fact.value, *(name for name in _facts.stored([fact]) if name != fact.value)]


def said(detail: Any, fact: Fact, default: Any = None) -> Any:
    """What a detail says of a fact, under today's key or a former one."""
    if isinstance(detail, dict):
        for name in fact_names(fact):
            if name in detail:
                return detail[name]
    return default


def fact_caption(name: str) -> str | None:
    """How a key of a detail is called today where it is that of a registered fact, or was; else None."""
    fact = _facts.known.get(_facts.key_of(name))
    return None if fact is None else str(fact.label)


class SystemVerb(Verb):
    """What happens around every product: logins, refusals, backups."""

    LOGIN = "user.login", "登录"
    LOGOUT = "user.logout", "退出"
    LOGIN_FAILED = "user.login_failed", "登录失败"
    LOCKED_OUT = "user.locked_out", "登录锁定"
    REFUSED = "request.refused", "拒绝"
    BACKED_UP = "backup.make", "备份"
    RESTORED = "backup.restore", "恢复"
    SEAL_BEGIN = "seal.begin", "启用封签密钥"
    SEAL_EXPORT = "seal.export", "导出封签密钥"


class SystemFact(Fact):
    """Facts of files."""

    FILE_HASH = "file_hash", "校验值"
    ANCHOR = "anchored_head", "已锚定的链首"
    ANCHOR_FILE = "anchor_file", "锚定文件"


# As entries were written before there were keys; nothing is ever added or changed here.
FORMER = {
    "登录": SystemVerb.LOGIN,
    "退出": SystemVerb.LOGOUT,
    "登录失败": SystemVerb.LOGIN_FAILED,
    "登录锁定": SystemVerb.LOCKED_OUT,
    "拒绝": SystemVerb.REFUSED,
    "备份": SystemVerb.BACKED_UP,
    "恢复": SystemVerb.RESTORED,
}
FORMER_FACTS = {"校验值": SystemFact.FILE_HASH}
