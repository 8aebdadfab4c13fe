"""What lies in an archive: each 件 of a year and the files it is made of, rendered one at a time."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from riskcontrol import files
from riskcontrol.models import StoredFile
from riskpoints import documents, keeping
from riskpoints.archives.catalogue import PERMANENT, SCHOOL_CODE, THIRTY_YEARS, Item, csv_bytes
from riskpoints.archives.records import ArchiveError, YearRecords, local_time
from riskpoints.archives.verifier import AUDIT, DECISIONS, DECISIONS_TABLE, METADATA
from riskpoints.models import SignedScan, TableVersion

FORMATS = {".pdf": "PDF", ".xlsx": "Excel", ".docx": "Word"}
DECISION_HEADINGS = ("序号", "表", "版本", "事项", "办理人", "工号", "时间", "意见", "内容校验值")


@dataclass(frozen=True)
class Paper:
    """One file to be made; `version` is the version in force that it shows, `label` what progress calls it."""

    path: str
    item: Item
    make: Callable[[], bytes]
    label: str
    version: TableVersion | None = None


class Filing:
    """Lays papers in order and numbers the 件 within each department and period of retention."""

    def __init__(self, year: YearRecords) -> None:
        self._year = year
        self._numbers: Counter[tuple[str, str]] = Counter()
        self.papers: list[Paper] = []

    def open_item(self, owner_code: str, owner: str, retention: str, **facts: Any) -> Item:
        """The next 件 of this owner."""
        self._numbers[owner_code, retention] += 1
        return Item(owner_code, owner, self._numbers[owner_code, retention], retention, **facts)

    def add(self, item: Item, name: str, makers: Mapping[str, Callable[[], bytes]], version: Any = None) -> None:
        """The formats of one paper, by suffix."""
        for suffix, make in makers.items():
            label = f"{item.owner}：{name.replace('_', ' ')}（{FORMATS.get(suffix, suffix[1:].upper())}）"
            self.papers.append(Paper(item.path(name, suffix), item, make, label, version))

    def add_table(self, owner_code: str, owner: str, version: TableVersion) -> None:
        """附件2 or 附件4 of the version in force, the scans of its signed paper and of earlier ones."""
        school, table = self._year.school, version.table
        title = school.form_title if table.is_school else school.department_form_title
        item = self.open_item(
            owner_code,
            owner,
            PERMANENT if table.is_school else THIRTY_YEARS,
            responsible=version.owner_name,
            title=f"{'' if table.is_school else version.owner_name}{table.cycle.year}年度{title}",
            day=self._year.day_of(version),
            note=f"第{version.number}版，{version.signer_name}签字{'，补录' if version.is_historical else ''}",
        )
        makers = {f".{kind}": partial(keeping.document_of, version, kind) for kind in documents.KINDS}
        name = "学校廉政风险点防控表" if table.is_school else "部门廉政风险点防控表"
        self.add(item, f"{name}_第{version.number}版", makers, version)
        for signed in self._year.confirmed:
            if signed.table_id == table.pk:
                for place, scan in enumerate(signed.scans.all(), start=1):
                    page = f"签字盖章扫描件_第{signed.number}版_{place}"
                    self.add(item, page, {f".{scan.suffix}": partial(_scan, scan)}, signed)


def papers_of(year: YearRecords) -> list[Paper]:
    """Everything of a year in the order of the catalogue: the school's, the records, then each department's."""
    filing = Filing(year)
    whole = (SCHOOL_CODE, "学校", PERMANENT)
    name = year.school.full_name
    if year.group is not None:
        title = f"{name}{year.group.title}"
        item = filing.open_item(*whole, responsible=name, title=title, day=year.group.since, note=year.group.name)
        filing.add(item, "附件1_领导小组成员名单", {".pdf": partial(documents.group_document, year.group)})
    for version in year.in_force:
        if version.table.is_school:
            filing.add_table(SCHOOL_CODE, "学校", version)
    title = f"{name}{year.cycle.year}年度廉政风险登记汇总表"
    item = filing.open_item(*whole, responsible=name, title=title, day=max(map(year.day_of, year.in_force)))
    makers = {f".{kind}": partial(documents.register_document, year.in_force, kind) for kind in documents.KINDS}
    filing.add(item, "登记汇总表", makers)
    _add_records(filing, year)
    departments = [version for version in year.in_force if not version.table.is_school]
    for rank, version in enumerate(departments, start=1):
        filing.add_table(f"{rank:02d}", version.owner_name, version)
    return filing.papers


def _add_records(filing: Filing, year: YearRecords) -> None:
    """办理记录 and 审计记录: they lie at the top of the archive under the names that the verifier knows."""
    facts = {"responsible": year.school.full_name, "day": year.last_day, "is_loose": True}
    heading = f"{year.school.full_name}{year.cycle.year}年度廉政风险点防控表"
    decisions = filing.open_item(SCHOOL_CODE, "学校", PERMANENT, title=f"{heading}办理记录", **facts)
    trail = filing.open_item(SCHOOL_CODE, "学校", PERMANENT, title=f"{heading}审计记录", **facts)
    loose = (
        (DECISIONS_TABLE, decisions, partial(decisions_csv, year)),
        (DECISIONS, decisions, lambda: json_bytes(year.decisions)),
        (METADATA, decisions, lambda: json_bytes(year.metadata)),
        (AUDIT, trail, year.audit.lines.encode),
    )
    filing.papers += [Paper(path, item, make, path) for path, item, make in loose]


def decisions_csv(year: YearRecords) -> bytes:
    """办理记录 to be read in a spreadsheet: who did what on which version, when, with which opinion."""
    rows = [
        (
            str(place),
            row["table"],
            str(row["version"]),
            row["action_label"],
            row["actor"],
            row["actor_number"],
            local_time(row["at"]),
            row["comment"],
            row["content_hash"],
        )
        for place, row in enumerate(year.decisions, start=1)
    ]
    return csv_bytes(DECISION_HEADINGS, rows)


def json_bytes(value: Any) -> bytes:
    """JSON for readers and programs: indented, sorted, the same bytes for the same content."""
    return (json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def _scan(scan: SignedScan) -> bytes:
    """The scan as it was handed in; an archive never takes over a changed one."""
    try:
        return files.read(StoredFile.objects.get(pk=scan.file_id))
    except files.ChangedFileError as error:
        raise ArchiveError(f"{scan}与登记时的校验值不符，已被改动。请从备份恢复后再生成。") from error
