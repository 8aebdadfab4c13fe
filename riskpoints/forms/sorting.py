"""Scans of several tables in one go: the files, and which page belongs to which table."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils import timezone

from riskcontrol.processes.confined import SCAN, SHEETS_LIMITS, RefusedError, confined
from riskcontrol.sizes import SCAN_BYTES, SCAN_MEGABYTES
from riskpoints.forms.base import CrispyForm
from riskpoints.models import TableVersion
from riskpoints.tables import sorting

NOTHING = "none"
MOST_FILES = 60


class SeveralFilesInput(forms.ClearableFileInput):
    """Several files at once; the browser sends them under one name."""

    template_name = "django/forms/widgets/file.html"
    allow_multiple_selected = True


class SeveralFiles(forms.FileField):
    """A list of files, none of them empty."""

    widget = SeveralFilesInput

    def clean(self, data, initial=None):
        return [super(SeveralFiles, self).clean(one, initial) for one in data or [None]]


class SendScansForm(CrispyForm):
    """The files; each is read whole, page by page, in a confined process. `read` then has what was found in each."""

    scans = SeveralFiles(
        label="一批签字盖章后的扫描件",
        help_text=f"一个多页的 PDF，或几个文件（PDF、JPG、PNG）。合计不超过 {SCAN_MEGABYTES} MB，一个文件最多 60 页。",
        widget=SeveralFilesInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png", "multiple": True}),
        error_messages={"required": "请先选择扫描件。", "empty": "有一个文件是空的，请重新扫描。"},
    )

    def clean_scans(self):
        from riskcontrol.paper import sheet_reading  # its libraries are for the confined process

        files = self.cleaned_data["scans"]
        if len(files) > MOST_FILES:
            raise forms.ValidationError(f"一次最多选 {MOST_FILES} 个文件，请分几次上传。")
        if sum(file.size for file in files) > SCAN_BYTES:
            raise forms.ValidationError(f"合计超过 {SCAN_MEGABYTES} MB，请分几次上传，或降低扫描分辨率。")
        self.read = []
        for file in files:
            content = file.read()
            try:
                found = confined(sheet_reading.read_sheets, content, limits=SHEETS_LIMITS, words=SCAN)
            except RefusedError as error:
                raise forms.ValidationError(f"“{file.name}”：{error}") from error
            self.read.append((file.name, content, found))
        return files


@dataclass(frozen=True)
class Taken:
    """A table, what is done with its scan, how many of the pages are its own, and how many it had when printed."""

    version: TableVersion
    does: str
    count: int
    printed: int

    @property
    def is_short(self) -> bool:
        return self.count < self.printed


class SortForm(CrispyForm):
    """Which table each page belongs to, and when those were signed whose signature is not recorded yet."""

    signed_on = forms.DateField(label="签字日期", required=False)

    def __init__(self, *args, guesses, possible, **kwargs):
        self.guesses, self.possible = guesses, {str(version.pk): version for version in possible}
        super().__init__(*args, **kwargs)
        choices: list[Any] = [("", "请选择是哪张表"), (NOTHING, "不是签字的表，不登记这一页")]
        groups: dict[str, list[tuple[str, str]]] = {}
        for key, version in self.possible.items():
            groups.setdefault(sorting.does(version), []).append((key, named(version)))
        choices += [(does, groups[does]) for does in sorted(groups, reverse=True)]
        for guess in guesses:
            self.fields[f"page-{guess.page.pk}"] = forms.ChoiceField(
                label=f"第 {guess.page.number} 页",
                choices=choices,
                widget=forms.Select(attrs={"class": "form-select"}),
                initial=str(guess.version.pk) if guess.version else "",
                error_messages={"required": "请选择这一页是哪张表；不是签字的表的，选“不登记这一页”。"},
            )
        if not self.is_bound:
            self.initial.setdefault("signed_on", timezone.localdate())

    def clean_signed_on(self):
        day = self.cleaned_data["signed_on"]
        if day is not None and day > timezone.localdate():
            raise forms.ValidationError("签字日期不能晚于今天。")
        return day

    def clean(self):
        data = super().clean()
        lacking = {
            version.owner_name
            for version in self.chosen.values()
            if version is not None and sorting.puts_in_force(version) and not version.awaits_scan
        }
        if lacking and self.cleaned_data.get("signed_on") is None and "signed_on" not in self.errors:
            self.add_error("signed_on", f"{'、'.join(sorted(lacking))}还没有登记签字，请填写签字日期。")
        return data

    @property
    def chosen(self):
        """The pages with the version that was chosen for each, None for one that belongs to none."""
        found = {guess.page: self.cleaned_data.get(f"page-{guess.page.pk}") for guess in self.guesses}
        return {page: self.possible.get(key) for page, key in found.items() if key}

    @property
    def rows(self):
        """Each page with its field, and what is said of it."""
        return [(guess, self[f"page-{guess.page.pk}"]) for guess in self.guesses]

    @property
    def asks_day(self):
        """Whether a signature may have to be recorded with a scan."""
        return any(sorting.puts_in_force(version) and not version.awaits_scan for version in self.possible.values())

    @property
    def tables(self):
        """As proposed, a Taken for each table."""
        found = Counter(guess.version for guess in self.guesses if guess.version is not None)
        printed = sorting.printed_pages(found)
        return [
            Taken(version, sorting.does(version), count, printed.get(version.pk, 0)) for version, count in found.items()
        ]


def named(version):
    """What a table is called in the list of a page."""
    return f"{version.owner_name} {version.table.cycle.year} 年度第 {version.number} 版"
