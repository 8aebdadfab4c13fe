"""The form of each rule, and the pasted calendar of a year."""

import datetime
import itertools
import re
import unicodedata

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from departments.models import Department
from riskcontrol.web.forms import PlainForm, RowsField
from riskpoints.rules import queries
from riskpoints.rules.enums import SCORED, CheckEvery, DayKind, Duty, Every, Grade, Key, Mode, Readers
from riskpoints.rules.models import WorkCalendar

PERSONAL_PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
LINE = re.compile(r"(\d{4})\D{1,3}(\d{1,2})\D{1,3}(\d{1,2})日?\s*([休班])\s*(.*)")

# How early at most, and how often before the day.
MOST_BEFORE, MOST_OFFSETS = 180, 10

YES_NO = [("yes", "是"), ("no", "否")]


def choices(label, kind):
    """Radio buttons for one of the values."""
    return forms.ChoiceField(label=label, choices=kind.choices, widget=forms.RadioSelect)


def words(label, longest, rows):
    """A text that everybody reads."""
    return forms.CharField(label=label, max_length=longest, widget=forms.Textarea(attrs={"rows": rows}))


def yes_or_no(label):
    """A rule that holds or doesn't."""
    return forms.TypedChoiceField(
        label=label, choices=YES_NO, coerce=lambda said: said == YES_NO[0][0], widget=forms.RadioSelect
    )


def least_score(grade):
    """From which score of 100 on a grade is given."""
    return forms.IntegerField(label=f"{grade.label}：不低于多少分", min_value=1, max_value=100)


def days_before(text):
    """The days of “30、7、1”, the largest first; ValidationError where it is something else."""
    words = [word for word in re.split(r"[\s,、;]+", unicodedata.normalize("NFKC", text)) if word]
    if any(re.fullmatch(r"[0-9]{1,3}", word) is None or int(word) > MOST_BEFORE for word in words):
        raise ValidationError(f"请写 0 到 {MOST_BEFORE} 的天数，用顿号隔开，如“30、7、1”。")
    found = sorted({int(word) for word in words}, reverse=True)
    if len(found) > MOST_OFFSETS:
        raise ValidationError(f"最多写 {MOST_OFFSETS} 个天数。")
    return found


FIELDS = {
    Key.PUBLICATION_MODE: lambda label: choices(label, Mode),
    Key.PUBLICATION_DAYS: lambda label: forms.IntegerField(label=label, min_value=0, max_value=60),
    Key.PUBLICATION_DAY_KIND: lambda label: choices(label, DayKind),
    Key.BLOCKS_CONFIRMATION: yes_or_no,
    Key.RISK_NODES: yes_or_no,
    **dict.fromkeys(queries.CRITERIA.values(), lambda label: words(label, 200, 3)),
    Key.REVIEW_EVERY: lambda label: choices(label, Every),
    **dict.fromkeys(queries.CHECKS.values(), lambda label: choices(label, CheckEvery)),
    Key.RESPONSIBLE_FIRST: lambda label: choices(label, Duty),
    Key.RESPONSIBLE_SECOND: lambda label: choices(label, Duty),
    Key.RESPONSIBLE_THIRD: lambda label: choices(label, Duty),
    **dict.fromkeys(queries.DEADLINES, lambda label: forms.IntegerField(label=label, min_value=1, max_value=60)),
    Key.ROUNDS: lambda label: forms.IntegerField(label=label, min_value=0, max_value=9),
    Key.CONTACT: lambda label: words(label, 200, 2),
    Key.IN_FORCE: lambda label: choices(label, Readers),
    Key.CHANNELS: lambda label: words(label, 500, 4),
    Key.GRADES: lambda label: least_score(Grade.EXCELLENT),
    Key.REMIND_OFFSETS: lambda label: forms.CharField(
        label="到期前几天",
        max_length=60,
        required=False,
        help_text="如“30、7、1”，最多 10 个；0 是到期当天。不填就只在逾期后提醒。",
    ),
}


class RuleFields(forms.Form):
    """The fields of one rule: its value by its kind, from when on, and why."""

    since = forms.DateField(label="从哪天起", help_text="今天或以后。以前办的事仍按以前的规则。")
    reason = forms.CharField(
        label="理由", max_length=500, help_text="如“领导小组 2026年11月20日会议决定”。写进审计记录。"
    )

    def __init__(self, *args, key, value, **kwargs):
        initial = {"value": value, "since": timezone.localdate()}
        if isinstance(value, bool):
            initial["value"] = YES_NO[0 if value else 1][0]
        if key == Key.IN_FORCE:
            initial |= {"value": value["readers"], "hidden": value["except"]}
        if key == Key.REMIND_OFFSETS:
            initial |= {"value": "、".join(map(str, value["before"])), "every": value["every"]}
        if key == Key.GRADES:
            initial |= dict(value) | {"value": value[Grade.EXCELLENT]}
        super().__init__(*args, **{"initial": initial, **kwargs})
        self.fields["value"] = FIELDS[key](key.label)
        if key == Key.IN_FORCE:
            self.fields["hidden"] = RowsField(
                label="除外的部门",
                queryset=Department.objects.active_on(),
                widget=forms.CheckboxSelectMultiple,
                required=False,
                help_text="选“全部公开”时，这些部门的现行表仍须登录才能看；请在理由里写明。",
            )
        if key == Key.REMIND_OFFSETS:
            self.fields["every"] = forms.IntegerField(
                label="逾期后每隔几天", min_value=0, max_value=60, help_text="0 表示逾期后不再自动提醒。"
            )
        if key == Key.GRADES:
            self.fields |= {grade.value: least_score(grade) for grade in SCORED[1:]}
        self.order_fields(["value", *SCORED[1:], "hidden", "every", "since", "reason"])


class RuleForm(PlainForm, RuleFields):
    """Another value of a rule."""

    def __init__(self, *args, key, **kwargs):
        self.key = key
        super().__init__(*args, key=key, **kwargs)

    def clean_value(self):
        """Refuse what would print somebody's own number for everybody, and what is no list of days."""
        value = self.cleaned_data["value"]
        if self.key == Key.REMIND_OFFSETS:
            return days_before(value)
        if isinstance(value, str) and PERSONAL_PHONE.search(unicodedata.normalize("NFKC", value)):
            raise ValidationError("这里像是有个人手机号，请改写单位电话。")
        return value

    def clean(self):
        """The better the grade, the more points it asks for."""
        cleaned = super().clean() or self.cleaned_data
        if self.key == Key.GRADES:
            scores = [("value", cleaned.get("value")), *((grade, cleaned.get(grade)) for grade in SCORED[1:])]
            for (_, better), (name, worse) in itertools.pairwise(scores):
                if better is not None and worse is not None and worse >= better:
                    self.add_error(name, "要低于上一个等次的分数线。")
        return cleaned

    @property
    def rule_value(self):
        """The value as it is kept."""
        value = self.cleaned_data["value"]
        if self.key == Key.GRADES:
            return {Grade.EXCELLENT: value} | {grade: self.cleaned_data[grade] for grade in SCORED[1:]}
        if self.key == Key.IN_FORCE:
            return {"readers": value, "except": sorted(row.pk for row in self.cleaned_data["hidden"])}
        if self.key == Key.REMIND_OFFSETS:
            return {"before": value, "every": self.cleaned_data["every"]}
        return value


class CalendarForm(PlainForm, forms.Form):
    """The days of a year that differ, one a line."""

    days = forms.CharField(
        label="与周一至周五不同的日子",
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 16, "class": "mono"}),
        help_text="一行一天，如“2027-02-05 休 春节”“2027-02-13 班 调休”。只写与平常不同的日子，可以整段粘贴。",
    )

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, year, **kwargs):
        self.year = year
        rows = WorkCalendar.objects.filter(day__year=year)
        lines = [f"{row} {row.note}".strip() for row in rows]
        super().__init__(*args, initial={"days": "\n".join(lines), "seen": queries.calendar_state(year)}, **kwargs)

    def refuse(self, error):
        """Say beside the days what somebody else saved; sent once more, the form has seen it."""
        super().refuse(error)
        self.renew("seen", queries.calendar_state(self.year))

    def clean_days(self):
        """{day: (works, note)}; each line that is wrong is named."""
        found: dict = {}
        wrong = []
        for number, line in enumerate(self.cleaned_data["days"].splitlines(), start=1):
            text = unicodedata.normalize("NFKC", line).strip()
            if not text:
                continue
            try:
                day, said = self._read(text)
            except ValueError as error:
                wrong.append(f"第 {number} 行“{line.strip()[:40]}”：{error}")
                continue
            if found.get(day, said)[0] != said[0]:
                wrong.append(f"第 {number} 行“{line.strip()[:40]}”：这一天上面已经写成相反的。")
            found[day] = said
        if wrong:
            raise ValidationError(wrong)
        return found

    def _read(self, text):
        match = LINE.fullmatch(text)
        if match is None:
            raise ValueError("请写成“2027-02-05 休”或“2027-02-13 班”。")
        year, month, day, word, note = match.groups()
        try:
            date = datetime.date(int(year), int(month), int(day))
        except ValueError:
            raise ValueError("没有这一天，请核对日期。") from None
        if date.year != self.year:
            raise ValueError(f"不在 {self.year} 年，请在那一年的页上填写。")
        if len(note) > 64:
            raise ValueError("说明请缩短到 64 字以内。")
        return date, (word == "班", note.strip())
