"""Scans of the signed and sealed paper."""

from django import forms

from riskcontrol.paper import scan_reading
from riskcontrol.processes.confined import SCAN, SCAN_LIMITS, RefusedError, confined
from riskcontrol.sizes import SCAN_BYTES, SCAN_MEGABYTES
from riskpoints.forms.base import CrispyForm, area


class ScanForm(CrispyForm):
    """One scanned sheet; what it is, is judged by its content, which is read whole."""

    scan = forms.FileField(
        label="签字盖章后的扫描件",
        help_text=f"PDF、JPG 或 PNG，不超过 {SCAN_MEGABYTES} MB。",
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
        error_messages={"required": "请先选择扫描件。", "empty": scan_reading.EMPTY},
    )

    def clean_scan(self):
        scan = self.cleaned_data.get("scan")
        if not scan:
            return None
        if scan.size > SCAN_BYTES:
            raise forms.ValidationError(f"文件超过 {SCAN_MEGABYTES} MB，请降低扫描分辨率后再上传。")
        content = scan.read()
        scan.seek(0)
        try:
            read = confined(scan_reading.read_scan, content, limits=SCAN_LIMITS, words=SCAN)
        except RefusedError as error:
            raise forms.ValidationError(str(error)) from error
        scan.name = f"scan.{read['kind']}"
        return scan


class ReplaceScanForm(ScanForm):
    """Another scan in the place of a wrong one."""

    reason = forms.CharField(
        label="更换原因",
        max_length=200,
        widget=area(2),
        help_text="例如：扫描成了另一张表、漏了盖章的一页、看不清。原来的扫描件保留，标为“已更换”。",
    )
