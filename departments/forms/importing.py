"""Forms of the import: the file, and what the preview carries on."""

from typing import Any, cast

from django import forms
from django.http import QueryDict

from departments.importing.book import Book, opened
from departments.importing.work import Orders
from departments.models import User
from riskcontrol.paper.packages import LARGEST_FILE
from riskcontrol.web.forms import PlainForm

CELL, ANSWER = "cell-", "answer-"
# Cells that a preview lets be typed into, at most: more mistakes are mended in the workbook.
MOST_CELLS = 2_000


class WorkbookForm(PlainForm, forms.Form):
    """A workbook to import; what is in it is read in a confined process."""

    workbook = forms.FileField(
        label="Excel 文件",
        help_text=".xlsx，不超过 5 MB。",
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        error_messages={"required": "请先选择 Excel 文件。"},
    )

    def clean_workbook(self) -> Any:
        workbook = self.cleaned_data["workbook"]
        if workbook.size > LARGEST_FILE:
            raise forms.ValidationError("文件超过 5 MB。请删去图片和多余的工作表，另存后再上传。")
        return workbook


class PreviewForm(PlainForm, forms.Form):
    """What was read, sealed, and the digest of what was shown of it; cells, ticks and answers lie beside them."""

    rows = forms.CharField(widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def book(self, user: User) -> Book | None:
        """The workbook with what was typed into its cells; None where it can't be opened any more."""
        found = opened(self.data.get("rows", ""), user)
        return found.corrected(self._named(CELL, keep=True)) if found else None

    def orders(self) -> Orders:
        """What was ticked and answered."""
        sent = cast(QueryDict, self.data)
        return Orders(
            taken=frozenset(sent.getlist("take")),
            left=frozenset(sent.getlist("leave")),
            answers=self._named(ANSWER),
            edited=frozenset(self._named(CELL, keep=True)),
        )

    def _named(self, prefix: str, *, keep: bool = False) -> dict[str, str]:
        names = [name for name in self.data if name.startswith(prefix)][:MOST_CELLS]
        return {name if keep else name.removeprefix(prefix): self.data[name] for name in names}
