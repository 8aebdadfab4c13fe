"""The forms of a year: opening it, its dates, and a historical table typed in."""

import datetime
from typing import Any

from crispy_forms.layout import HTML, Div, Layout
from django import forms
from django.core.exceptions import ValidationError

from departments.models import School
from riskcontrol.text import is_blank, stripped
from riskcontrol.web.forms import CodeField, PlainForm
from riskpoints.forms.scans import ScanForm
from riskpoints.models import Cycle
from riskpoints.tables import historical
from riskpoints.years import calendar


class DatesForm(PlainForm, forms.Form):
    """The four dates of a year, in their order."""

    fill_from = forms.DateField(label="填报开始")
    fill_until = forms.DateField(label="填报截止")
    review_until = forms.DateField(label="审核截止")
    publish_until = forms.DateField(label="公示截止", help_text="包括公示和签字确定。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = self.layout()

    def layout(self) -> Layout:
        return Layout(
            Div("fill_from", "fill_until", css_class="field-row"),
            Div("review_until", "publish_until", css_class="field-row"),
        )

    @property
    def dates(self) -> dict[str, datetime.date]:
        """The dates as the services take them."""
        return {name: self.cleaned_data[name] for name in calendar.DATES}

    def clean(self) -> dict[str, Any] | None:
        """Say at the field which date comes too early."""
        cleaned = super().clean()
        pairs = zip(calendar.DATES, calendar.DATES[1:], strict=False)
        for earlier, later in pairs:
            first, second = self.cleaned_data.get(earlier), self.cleaned_data.get(later)
            if first and second and second < first:
                self.add_error(later, f"不能早于{self.fields[earlier].label}。")
        return cleaned

    def refuse(self, error: ValidationError) -> None:
        """Show what the model refused, next to its field where there is one."""
        by_field = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        for name, texts in by_field.items():
            self.add_error(name if name in self.fields else None, texts)


class ChangeDatesForm(DatesForm):
    """The dates of an open year; what they were when the form was opened goes along."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, cycle: Cycle, **kwargs: Any) -> None:
        self.cycle = cycle
        now = {name: getattr(cycle, name) for name in calendar.DATES} | {"seen": calendar.dates_state(cycle)}
        super().__init__(*args, initial=now, **kwargs)

    def layout(self) -> Layout:
        return Layout("seen", *super().layout())

    def refuse(self, error: ValidationError) -> None:
        """Sent once more, the form has seen what is stored."""
        super().refuse(error)
        self.renew("seen", calendar.dates_state(Cycle.objects.get(pk=self.cycle.pk)))


class OpenYearForm(DatesForm):
    """A year to be opened."""

    year = forms.IntegerField(label="年度", min_value=2000, max_value=2100)
    field_order = ["year", *calendar.DATES]

    def layout(self) -> Layout:
        return Layout(Div("year", css_class="field-row"), *super().layout())


class HistoricalYearForm(PlainForm, forms.Form):
    """A year that is over, to be recorded from paper: nobody fills in, so there are no dates to plan."""

    year = forms.IntegerField(label="年度", min_value=2000, max_value=2100, help_text="已经过去的年度，如 2015。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout(Div("year", css_class="field-row"))

    def refuse(self, error: ValidationError) -> None:
        """Show what the service refused beside the year."""
        self.add_error("year", error.messages)

    @property
    def dates(self) -> dict[str, datetime.date]:
        """The year itself: from its first day to its last."""
        year = self.cleaned_data["year"]
        last = datetime.date(year, 12, 31)
        return dict(zip(calendar.DATES, (datetime.date(year, 1, 1), last, last, last), strict=True))


class FondsForm(PlainForm, forms.Form):
    """What the archive needs and the school did not have to know before."""

    fonds_code = CodeField(
        label="全宗号",
        max_length=School._meta.get_field("fonds_code").max_length,
        help_text="档号的第一段，如 0001。由学校综合档案室或上级档案部门给定，以后在“组织机构 — 学校信息”里可以修改。",
    )


class RemoveForm(PlainForm, forms.Form):
    """Why the table of a closed department leaves the year."""

    reason = forms.CharField(
        label="理由",
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        help_text="例如：部门撤并，职能并入哪个部门。写入审计记录。",
    )

    def refuse(self, error: ValidationError) -> None:
        """Show what the service refused beside the reason."""
        self.add_error("reason", error.messages)


class RecordForm(ScanForm):
    """附件4 or 附件2 typed in from the paper, with its scan: each category's points and measures one a line, or 无."""

    head_name = forms.CharField(label="负责人姓名", max_length=64, required=False)
    duties = forms.CharField(label="业务工作职责", max_length=2000, required=False, widget=forms.Textarea({"rows": 2}))
    signer_name = forms.CharField(label="签字人", max_length=64, help_text="纸质表上的签字人。")
    signed_on = forms.DateField(label="签字日期")
    note = forms.CharField(
        label="补录说明", max_length=500, help_text="写明依据哪份纸质表、存放在哪里，如“按2015年档案第3卷补录”。"
    )

    def __init__(self, *args: Any, categories: list[tuple[str, str]], is_school: bool, **kwargs: Any) -> None:
        self.categories = categories
        super().__init__(*args, **kwargs)
        self.fields["scan"].help_text += "由纪委对照核对，核对无误后才是当年的现行版。"
        if is_school:
            del self.fields["head_name"]
            self.fields["duties"].label = "业务职能"
        lines: dict[str, Any] = {"widget": forms.Textarea({"rows": 4}), "required": False, "max_length": 10_000}
        for value, label in categories:
            self.fields[f"{value}_points"] = forms.CharField(label=f"{label}：风险点", **lines)
            self.fields[f"{value}_measures"] = forms.CharField(label=f"{label}：防范措施", **lines)
            self.fields[f"{value}_nil"] = forms.BooleanField(label=f"{label}：无", required=False)
        self.helper.layout = Layout(
            Div(
                *(name for name in ("signer_name", "signed_on", "head_name") if name in self.fields),
                css_class="field-row",
            ),
            "duties",
            HTML('<p class="muted">风险点、防范措施一行一条，按纸质表的顺序。</p>'),
            *(self._row(value) for value, _ in categories),
            "note",
            "scan",
        )

    def layout(self) -> Layout:
        return Layout()

    def _row(self, value: str) -> Div:
        side_by_side = Div(f"{value}_points", f"{value}_measures", css_class="field-row roomy")
        return Div(side_by_side, f"{value}_nil", css_class="record-row")

    def lines_of(self, name: str, limit: int) -> list[str]:
        """The lines of a field without blanks; a line that is too long is said at the field."""
        lines = [stripped(line) for line in (self.cleaned_data.get(name) or "").splitlines() if not is_blank(line)]
        if any(len(line) > limit for line in lines):
            self.add_error(name, f"有一行超过 {limit} 字，请核对是否漏了换行。")
        return lines

    def clean(self) -> dict[str, Any] | None:
        """Each category has a point with a measure, or an explicit 无 and nothing else (R63)."""
        cleaned = super().clean()
        for value, _ in self.categories:
            points, measures = self.lines_of(f"{value}_points", 1000), self.lines_of(f"{value}_measures", 2000)
            is_nil = self.cleaned_data.get(f"{value}_nil")
            if is_nil and (points or measures):
                self.add_error(f"{value}_nil", "已写了内容，就不是“无”。请取消“无”，或清空这一类。")
            elif not is_nil and not points:
                self.add_error(f"{value}_points", "请填写风险点；纸质表上写的是“无”，请勾选“无”。")
            elif points and not measures:
                self.add_error(f"{value}_measures", "请填写防范措施。")
        return cleaned

    def sheet(self) -> historical.RecordedSheet:
        """What was typed, as the service takes it."""
        data = self.cleaned_data
        rows = [
            historical.RecordedRow(
                value, self.lines_of(f"{value}_points", 1000), self.lines_of(f"{value}_measures", 2000)
            )
            for value, _ in self.categories
        ]
        return historical.RecordedSheet(
            head_name=data.get("head_name", ""),
            duties=data["duties"],
            signer_name=data["signer_name"],
            signed_on=data["signed_on"],
            rows=rows,
            note=data["note"],
            scan=data["scan"].read(),
            scan_suffix=data["scan"].name.rpartition(".")[2],
        )
