"""Reads the audit trail for the auditor: filtered, newest first, each entry's detail in words (old → new)."""

import datetime
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Q, QuerySet

from departments.enums import GroupPosition, Role
from riskcontrol import verbs
from riskcontrol.days import begin_of
from riskcontrol.models import AuditEntry
from riskcontrol.search import says
from riskcontrol.web.query import QueryReader
from riskpoints.enums import ALL_CATEGORIES, FindingMethod, Stage

OUTCOMES = {"done": "成功", "refused": "未成功、被拒绝"}
# Values that stand in a detail by themselves, outside a field that would know its words.
WORDS = dict([*ALL_CATEGORIES, *FindingMethod.choices, *Stage.choices, *Role.choices, *GroupPosition.choices])
SHORT = 3
OTHERS = "其他"
# A check value is told apart by its beginning; the whole of it stands in the archive's extract.
CHECK_VALUE = re.compile(r"[0-9a-f]{64}")
CHECK_DIGITS = 12


@dataclass(frozen=True)
class TrailFilter:
    """What was asked for; empty means all."""

    since: datetime.date | None
    until: datetime.date | None
    person: str
    verb: str
    target: str
    outcome: str

    @property
    def is_narrowed(self) -> bool:
        return any((self.since, self.until, self.person, self.verb, self.target, self.outcome))


@dataclass(frozen=True)
class DetailLine:
    """One line of an entry's detail: a change (old → new), or one value."""

    label: str
    old: str
    new: str
    is_change: bool


@dataclass(frozen=True)
class TrailLine:
    """One entry with its detail in words; a long detail is folded."""

    entry: AuditEntry
    details: list[DetailLine]

    @property
    def is_long(self) -> bool:
        return len(self.details) > SHORT


def known_verbs() -> list[tuple[str, str]]:
    """The verbs that occur in the trail with their captions, in the order of these."""
    written = AuditEntry.objects.order_by().values_list("action", flat=True).distinct()
    return sorted(
        ((verb, verbs.caption(verb)) for verb in set(map(verbs.key_of, written))), key=lambda pair: pair[::-1]
    )


def by_app(known: Iterable[tuple[str, str]]) -> list[tuple[str, list[tuple[str, str]]]]:
    """These verbs under the titles of the apps that write them, in the order of the settings; what belongs to no app
    (any more) last."""
    places = {str(app.verbose_name): place for place, app in enumerate(apps.get_app_configs())}
    groups: dict[str, list[tuple[str, str]]] = {}
    for verb, caption in known:
        groups.setdefault(_app_title(verb), []).append((verb, caption))
    return sorted(groups.items(), key=lambda group: places.get(group[0], len(places)))


def _app_title(verb: str) -> str:
    """What the app is called that writes this verb."""
    member = verbs.member_of(verb)
    app = apps.get_containing_app_config(type(member).__module__) if member is not None else None
    return str(app.verbose_name) if app else OTHERS


def read(query: QueryReader, known: Iterable[str]) -> TrailFilter:
    """The filter that a query string asks for; an address kept from before there were keys names a caption."""
    words = {word for verb in known for word in verbs.stored(verb)}
    return TrailFilter(
        since=query.date("since", "起始日期"),
        until=query.date("until", "截止日期"),
        person=query.text("person", "人员", 64),
        verb=verbs.key_of(query.choice("action", "事项", words)),
        target=query.text("target", "对象", 100),
        outcome=query.choice("outcome", "结果", OUTCOMES),
    )


def entries(chosen: TrailFilter) -> QuerySet[AuditEntry]:
    """The entries asked for, newest first; days are the school's."""
    found = AuditEntry.objects.order_by("-number")
    if chosen.since:
        found = found.filter(at__gte=begin_of(chosen.since))
    if chosen.until:
        found = found.filter(at__lt=begin_of(chosen.until) + datetime.timedelta(days=1))
    if chosen.person:
        found = found.filter(says(chosen.person, "actor_name") | Q(actor_number=chosen.person))
    if chosen.verb:
        found = found.of(chosen.verb)
    if chosen.target:
        found = found.filter(says(chosen.target, "object_label"))
    if chosen.outcome:
        found = found.filter(succeeded=chosen.outcome == "done")
    return found


def lines(found: Iterable[AuditEntry]) -> list[TrailLine]:
    """Entries with their details; names of rows that a detail refers to are read once per kind of row."""
    rows = list(found)
    names = _names(rows)
    return [
        TrailLine(entry, [_detail_line(entry, key, value, names) for key, value in _pairs(entry)]) for entry in rows
    ]


def _pairs(entry: AuditEntry) -> list[tuple[str, Any]]:
    detail = entry.detail if isinstance(entry.detail, dict) else {"内容": entry.detail}
    pairs = [(key, value) for key, value in detail.items() if value not in ("", None, [], {})]
    return sorted(pairs, key=lambda pair: CHECK_VALUE.fullmatch(str(pair[1])) is not None)


def _field(entry: AuditEntry, name: str) -> models.Field | None:
    try:
        return apps.get_model(entry.object_type)._meta.get_field(name)
    except (LookupError, ValueError, FieldDoesNotExist):
        return None


def _detail_line(entry: AuditEntry, key: str, value: Any, names: dict[tuple[type, Any], str]) -> DetailLine:
    field = _field(entry, key)
    label = verbs.fact_caption(key) or str(getattr(field, "verbose_name", key))
    if isinstance(value, list) and len(value) == 2:
        return DetailLine(label, _words(field, value[0], names), _words(field, value[1], names), True)
    return DetailLine(label, "", _words(field, value, names), False)


def _words(field: models.Field | None, value: Any, names: dict[tuple[type, Any], str]) -> str:
    if value is None or value == "" or value == []:
        return "空"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(_words(field, item, names) for item in value)
    if isinstance(value, dict):
        return "；".join(f"{key}：{_words(None, item, names)}" for key, item in value.items())
    if field is not None and field.is_relation and field.related_model:
        return names.get((field.related_model, value), f"编号 {value}")
    if CHECK_VALUE.fullmatch(str(value)):
        return f"{value[:CHECK_DIGITS]}…"
    choices = dict(getattr(field, "flatchoices", None) or {})
    return str(choices.get(value, WORDS.get(str(value), value)))


def _names(rows: Iterable[AuditEntry]) -> dict[tuple[type, Any], str]:
    """How the rows that details point to are called today; a row that is gone stays a number."""
    wanted: dict[type[models.Model], set[Any]] = defaultdict(set)
    for entry in rows:
        for key, value in _pairs(entry):
            field = _field(entry, key)
            if field is not None and field.many_to_one and field.related_model:
                values = value if isinstance(value, list) else [value]
                wanted[field.related_model].update(item for item in values if isinstance(item, int))
    return {
        (model, key): str(row)
        for model, keys in wanted.items()
        for key, row in model._base_manager.in_bulk(keys).items()
    }
