"""A file with a table to import, and the preview of what was read from it."""

from crispy_forms.layout import Layout
from django import forms

from riskcontrol.paper.packages import LARGEST_FILE
from riskpoints.forms.base import CrispyForm

WORKBOOK_LIMIT = LARGEST_FILE


class WorkbookForm(CrispyForm):
    """A workbook or a text to import; what is in it is read in a confined process."""

    workbook = forms.FileField(
        label="Word 或 Excel 文件",
        help_text=".docx 或 .xlsx，不超过 5 MB。",
        widget=forms.FileInput(attrs={"accept": ".docx,.xlsx"}),
        error_messages={"required": "请先选择 Word 或 Excel 文件。"},
    )

    def clean_workbook(self):
        workbook = self.cleaned_data["workbook"]
        if workbook.size > WORKBOOK_LIMIT:
            raise forms.ValidationError("文件超过 5 MB。请删去图片和多余的工作表，另存后再上传。")
        return workbook


class PreviewForm(CrispyForm):
    """What was read from a workbook, signed, on its way from the preview to the draft; and what of it is taken."""

    rows = forms.CharField(widget=forms.HiddenInput)
    shown = forms.CharField(widget=forms.HiddenInput, required=False)
    take = forms.MultipleChoiceField(label="导入哪些", required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args, file, **kwargs):
        super().__init__(*args, **kwargs)
        choices = file.choices
        self.fields["take"].choices = [(choice.key, f"{choice.label}：{choice.counts}") for choice in choices]
        self.is_choosing = len(choices) > 1 or not all(choice.is_chosen for choice in choices)
        if not self.is_choosing:
            del self.fields["take"]
            self.helper.layout = Layout("rows")

    @property
    def taken(self):
        """The keys of what is to be taken, None where there was nothing to choose."""
        return self.cleaned_data["take"] if self.is_choosing else None

    @property
    def is_as_shown(self):
        """Whether the ticks are still those whose preview was on the page: nothing is saved unseen."""
        return not self.is_choosing or self.cleaned_data["shown"] == ",".join(self.cleaned_data["take"])
