"""A file with a table to import, and the preview of what was read from it."""

from crispy_forms.layout import Layout
from django import forms

from riskcontrol.paper.packages import LARGEST_FILE
from riskpoints.forms.base import CrispyForm, area

WORKBOOK_LIMIT = LARGEST_FILE
PASTED_LIMIT = 600_000  # characters


class WorkbookForm(CrispyForm):
    """A workbook to import; what is in it is read in a confined process."""

    workbook = forms.FileField(
        label="Excel 文件",
        help_text=".xlsx，不超过 5 MB。",
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        error_messages={"required": "请先选择 Excel 文件。"},
    )

    def clean_workbook(self):
        return _bounded(self.cleaned_data["workbook"])


def _bounded(workbook):
    if workbook and workbook.size > WORKBOOK_LIMIT:
        raise forms.ValidationError("文件超过 5 MB。请删去图片和多余的工作表，另存后再上传。")
    return workbook


class SourceForm(CrispyForm):
    """A table that was copied, or a file with one; what is in it is read in a confined process.

    `html` is the same table as the clipboard has it with its formats; a script fills it in where there is one.
    """

    pasted = forms.CharField(
        label="粘贴整张表",
        required=False,
        max_length=PASTED_LIMIT,
        help_text="在 Word、WPS 或 Excel 里选中整张表，复制，再在这里粘贴。",
        widget=area(5, placeholder="在这里按 Ctrl+V"),
        error_messages={"max_length": "粘贴的内容太多。请一次只粘贴一张防控表，或改为选择文件。"},
    )
    html = forms.CharField(required=False, widget=forms.HiddenInput)
    workbook = forms.FileField(
        label="或者选择 Word、Excel 文件",
        required=False,
        help_text=".docx 或 .xlsx，不超过 5 MB；也可以把文件拖到本页。",
        widget=forms.FileInput(attrs={"accept": ".docx,.xlsx"}),
    )

    def clean_workbook(self):
        return _bounded(self.cleaned_data["workbook"])

    def clean(self):
        data = self.cleaned_data
        if not self.errors and not (data["pasted"] or data["html"] or data["workbook"]):
            self.add_error("pasted", "请先粘贴一张表，或选择 Word、Excel 文件。")
        return data

    def refuse(self, error):
        """Say beside the field that was used why its content can't be read."""
        self.add_error("workbook" if self.cleaned_data["workbook"] else "pasted", str(error))


class PreviewForm(CrispyForm):
    """What was read from a workbook, signed, on its way from the preview to the draft; and what of it is taken."""

    rows = forms.CharField(widget=forms.HiddenInput)
    shown = forms.CharField(widget=forms.HiddenInput, required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)  # the digest of what the page showed
    take = forms.MultipleChoiceField(label="导入哪些", required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args, file, **kwargs):
        super().__init__(*args, **kwargs)
        choices = file.choices
        self.fields["take"].choices = [(choice.key, f"{choice.label}：{choice.counts}") for choice in choices]
        self.is_choosing = len(choices) > 1 or not all(choice.is_chosen for choice in choices)
        if not self.is_choosing:
            del self.fields["take"]
            self.helper.layout = Layout("rows", "seen")

    @property
    def taken(self):
        """The keys of what is to be taken, None where there was nothing to choose."""
        return self.cleaned_data["take"] if self.is_choosing else None

    @property
    def is_as_shown(self):
        """Whether the ticks are still those whose preview was on the page: nothing is saved unseen."""
        return not self.is_choosing or self.cleaned_data["shown"] == ",".join(self.cleaned_data["take"])
