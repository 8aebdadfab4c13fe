"""Reminding: by the office about one line, and by itself at the marks of the rule. Nobody is told anything twice."""

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from departments import notices
from departments.models import Actor, Notice, User
from riskcontrol import audit
from riskcontrol.text import stripped
from riskpoints.campaign.models import Reminder
from riskpoints.campaign.models.reminder import SYSTEM
from riskpoints.campaign.permissions import CampaignAction, require_still
from riskpoints.campaign.reminders import mails
from riskpoints.campaign.reminders.offsets import Offsets, in_words
from riskpoints.campaign.verbs import CampaignVerb
from riskpoints.content.today import current_cycle
from riskpoints.desk import dues
from riskpoints.dues import NOT_SAID, DueLine
from riskpoints.models import Cycle
from riskpoints.rules import queries as rules
from riskpoints.rules.enums import Key

# What a notice names one by one; the rest is found in the inbox.
NAMED = 12
TITLE_LENGTH = 300
# What is said where the office writes nothing.
ASKED = "请尽快办理。"


class ReminderError(Exception):
    """Reminding is not possible now; the message is Chinese and says why."""


@dataclass(frozen=True)
class Told:
    """What one run did: people and matters that were reminded."""

    people: int
    matters: int


def remind(line: DueLine, text: str, *, actor: Actor) -> list[Reminder]:
    """催办: tell everybody for whom a line waits, but the actor, once a day.

    ReminderError where nobody is left to be told; ValidationError by field.
    """
    today = timezone.localdate()
    with transaction.atomic():
        require_still(actor, CampaignAction.REMIND)
        if line.is_about_person:
            raise ReminderError("涉及个人的事项不在这里催办。")
        people = [person for person in line.people if person.pk != actor.pk]
        if not people:
            words = "这件事等您自己办理，不用催办。" if line.people else "这件事现在没有人可以办理，请先补上负责的人。"
            raise ReminderError(words)
        asked = Reminder.objects.filter(key=line.key, day=today, mark=None).values_list("to_id", flat=True)
        people = [person for person in people if person.pk not in set(asked)]
        if not people:
            raise ReminderError("今天已经催办过这件事，明天可以再催。")
        cycle = _year_of(today)
        rows = [_row(line, person, today, cycle, text=stripped(text), actor=actor) for person in people]
        for row in rows:
            row.full_clean(validate_unique=False, validate_constraints=False)
        words = f"催办：{_words(line, today)}。{rows[0].text or ASKED}"
        notice = notices.notify(text=words, actor=actor, link=line.place, users=people)
        _save(rows, notice)
        mails.prepare(notice, people)
        detail = {"事项": line.key, "对象": [person.staff_number for person in people], "内容": rows[0].text}
        audit.record(CampaignVerb.REMINDER_SEND, actor=actor, label=line.said, detail=detail)
    return rows


def run(today: datetime.date | None = None) -> Told:
    """Remind everybody of what has reached a mark: one notice a person, one reminder a person, matter and mark.

    Each person is told in a transaction of its own. Another server that does the same at this moment is not repeated:
    whoever comes second writes nothing.
    """
    day = today or timezone.localdate()
    offsets = Offsets.of(rules.on(day)[Key.REMIND_OFFSETS])
    reached = [
        (line, mark)
        for line in dues.all_lines(on=day)
        if line.due and (mark := offsets.mark(line.due, line.since, day)) is not None
    ]
    known = Reminder.objects.filter(key__in=[line.key for line, _ in reached], mark__isnull=False)
    sent = set(known.values_list("key", "to_id", "due", "mark"))
    waiting: dict[User, list[Reminder]] = defaultdict(list)
    lines: dict[int, list[DueLine]] = defaultdict(list)
    cycle = _year_of(day)
    for line, mark in reached:
        for person in line.people:
            if (line.key, person.pk, line.due, mark) not in sent:
                waiting[person].append(_row(line, person, day, cycle, mark=mark))
                lines[person.pk].append(line)
    told = [person for person, rows in waiting.items() if _tell(person, rows, lines[person.pk], day)]
    matters = len({row.key for person in told for row in waiting[person]})
    if told:
        detail = {"人数": len(told), "事项数": matters}
        audit.record(CampaignVerb.REMINDER_RUN, label=f"{day:%Y-%m-%d}", detail=detail)
    return Told(len(told), matters)


def _tell(person: User, rows: Sequence[Reminder], lines: Sequence[DueLine], day: datetime.date) -> bool:
    """One person's notice with its reminders; False where somebody else was faster."""
    said = list(dict.fromkeys(_words(line, day) for line in lines))
    if len(said) == 1:
        text, link = f"提醒：{said[0]}。", lines[0].place
    else:
        named = "\n".join(f"· {words}" for words in said[:NAMED])
        more = f"\n· 另有 {len(said) - NAMED} 件" if len(said) > NAMED else ""
        text, link = f"提醒：有 {len(said)} 件事请您按期办理。\n{named}{more}", "/"
    try:
        with transaction.atomic():
            notice = notices.notify(text=text, actor=None, link=link, users=[person])
            _save(rows, notice)
            mails.prepare(notice, [person])
    except ReminderError:
        return False
    return True


def _save(rows: Sequence[Reminder], notice: Notice) -> None:
    try:
        with transaction.atomic():
            for row in rows:
                row.notice = notice
                row.save()
    except IntegrityError as error:
        raise ReminderError("别人刚刚催办过这件事，请刷新后再看。") from error


def _words(line: DueLine, today: datetime.date) -> str:
    """A line in a notice; of a matter about a person neither what nor when."""
    if line.is_about_person:
        return NOT_SAID
    return f"{line.said}（{in_words(line.due, today)}）" if line.due else line.said


def _row(
    line: DueLine,
    person: User,
    day: datetime.date,
    cycle: Cycle | None,
    *,
    mark: int | None = None,
    text: str = "",
    actor: Actor | None = None,
) -> Reminder:
    return Reminder(
        cycle=cycle,
        key=line.key,
        group=line.group,
        title=line.said[:TITLE_LENGTH],
        department_name=line.department.name if line.department and not line.is_about_person else "",
        is_about_person=line.is_about_person,
        to=person,
        to_name=person.real_name,
        text=text,
        by=actor,
        by_name=actor.real_name if actor else SYSTEM,
        day=day,
        due=line.due,
        mark=mark,
    )


def _year_of(day: datetime.date) -> Cycle | None:
    """The year in whose record a reminder stands: that of its day, unless it was closed."""
    cycle = current_cycle(day)
    if cycle is not None and cycle.is_closed:
        cycle = Cycle.objects.filter(closed_at=None, is_historical=False).order_by("year").first()
    return cycle
