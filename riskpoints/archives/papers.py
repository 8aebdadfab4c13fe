"""What lies in an archive: each 件 of a year and the files it is made of, made one at a time."""

import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from riskcontrol import files
from riskpoints import wings
from riskpoints.archives import fingerprint, meetings
from riskpoints.archives.catalogue import PERMANENT, SCHOOL_CODE, THIRTY_YEARS, CatalogueItem, csv_bytes
from riskpoints.archives.container import safe_name
from riskpoints.archives.printing import Printer
from riskpoints.archives.records import ArchiveError, YearRecords, local_time
from riskpoints.archives.verifier import AUDIT, DECISIONS, DECISIONS_TABLE, METADATA, earlier_audit
from riskpoints.documents.listing import listing_pdf
from riskpoints.documents.meeting import NAME as MEETING_SHEET
from riskpoints.evidence.year_facts import MEETINGS, PARTS
from riskpoints.models import TableVersion
from riskpoints.tables import papers

FORMATS = {"pdf": "PDF", "xlsx": "Excel", "docx": "Word"}
DECISION_HEADINGS = ("序号", "表", "版本", "事项", "办理人", "工号", "时间", "意见", "内容校验值")
# Forms and lists of an archive: PDF/A to be read in a hundred years, a workbook to count with.
KINDS = ("pdf", "xlsx")
PROCESS_FOLDER = "办理过程/"
STORED_COST = 0.005
WHOLE = (SCHOOL_CODE, "学校", PERMANENT)


@dataclass(frozen=True)
class FiledPaper:
    """One file to be made; `label` is what progress calls it, `cost` about how many seconds it takes.

    `version` is the version in force that it shows. What has to be printed has a `key`, the hash of what it shows, and
    is taken from the parts where they have it. `stored` is the SHA-256 of a file that was kept and is only taken along.
    """

    path: str
    item: CatalogueItem
    make: Callable[[], bytes]
    label: str
    version: TableVersion | None = None
    key: str = ""
    stored: str = ""
    cost: float = STORED_COST


class Filing:
    """Lays papers in order and numbers the 件 within each department and period of retention."""

    def __init__(self, year: YearRecords) -> None:
        self._year = year
        self._printer = Printer(year)
        self._numbers: Counter[tuple[str, str]] = Counter()
        self._of_departments: dict[int | None, list[wings.PartPaper]] = {}
        self.papers: list[FiledPaper] = []

    def open_item(self, owner_code: str, owner: str, retention: str, **facts: Any) -> CatalogueItem:
        """The next 件 of this owner."""
        self._numbers[owner_code, retention] += 1
        return CatalogueItem(owner_code, owner, self._numbers[owner_code, retention], retention, **facts)

    def add_stored(self, item: CatalogueItem, path: str, sha: str, version: TableVersion | None = None) -> None:
        """A file that was kept at a decision or handed in."""
        label = _label(item, path)
        self.papers.append(FiledPaper(path, item, partial(_stored, sha, label), label, version, stored=sha))

    def add_printed(
        self,
        item: CatalogueItem,
        path: str,
        work: tuple[Callable[[], bytes], Any, float],
        version: TableVersion | None = None,
    ) -> None:
        """A file to be printed: how, from which values, in how many seconds.

        In a year that stands still it is the one that was printed first.
        """
        if path in self._year.printed:
            self.add_stored(item, path, self._year.printed[path], version)
            return
        make, values, cost = work
        key = fingerprint.key_of(path.rpartition(".")[2], values)
        self.papers.append(FiledPaper(path, item, make, _label(item, path), version, key=key, cost=cost))

    def add_school(self) -> None:
        """附件1, 附件2 and the 登记汇总表."""
        year, name = self._year, self._year.school.full_name
        group = year.facts["group"]
        if group is not None:
            title = f"{name}{group['title']}"
            item = self.open_item(
                *WHOLE, responsible=name, title=title, day=self._printer.group_day, note=group["name"]
            )
            work = self._printer.group_list, self._printer.group_values(), 0.2
            self.add_printed(item, item.path("附件1_领导小组成员名单", ".pdf"), work)
        for version in year.in_force:
            if version.table.is_school:
                self.add_table(SCHOOL_CODE, "学校", version)
        title = f"{name}{year.cycle.year}年度廉政风险登记汇总表"
        item = self.open_item(*WHOLE, responsible=name, title=title, day=max(map(year.day_of, year.in_force)))
        for kind in KINDS:
            make, cost = partial(self._printer.register, kind), self._printer.register_cost(kind)
            self.add_printed(item, item.path("登记汇总表", f".{kind}"), (make, self._printer.register_values(), cost))

    def add_duties(self) -> None:
        """分级管理清单, last of the school's; years that were closed before there was one have none."""
        year, name = self._year, self._year.school.full_name
        if year.knows_duties:
            title = f"{name}{year.cycle.year}年度廉政风险分级管理清单"
            item = self.open_item(*WHOLE, responsible=name, title=title, day=max(map(year.day_of, year.in_force)))
            work = self._printer.duty_list, self._printer.duty_values(), self._printer.register_cost("pdf")
            self.add_printed(item, item.path("分级管理清单", ".pdf"), work)

    def add_parts(self) -> None:
        """公示 and opinions, and whatever else belongs to the year, each as a sheet to be read or as papers."""
        year, name = self._year, self._year.school.full_name
        owners = {version.table.department_id for version in year.in_force if not version.table.is_school}
        for part in wings.parts():
            rows = year.facts.get(PARTS, {}).get(part.name, [])
            if rows and part.headings:
                title = f"{name}{year.cycle.year}年度{part.title}"
                item = self.open_item(*WHOLE, responsible=name, title=title, day=year.last_day)
                path = item.path(part.title, ".csv")
                make = partial(csv_bytes, part.headings, part.lines(rows))
                self.papers.append(FiledPaper(path, item, make, _label(item, path)))
            for paper in part.papers(rows, year.school):
                if paper.department in owners:
                    self._of_departments.setdefault(paper.department, []).append(paper)
                else:
                    self._add_part_paper(paper, *WHOLE, responsible=name)
            self._add_part_files(part, rows)

    def _add_part_paper(self, paper: wings.PartPaper, *owner: str, responsible: str) -> None:
        title = f"{responsible}{paper.title}"
        item = self.open_item(*owner, responsible=responsible, title=title, day=paper.day)
        self.add_printed(item, item.path(paper.name, ".pdf"), (paper.make, paper.values, 0.3))

    def add_department_papers(self, owner_code: str, version: TableVersion) -> None:
        """What the parts of the year print of one department, behind its table."""
        owner = version.owner_name
        for paper in self._of_departments.get(version.table.department_id, []):
            self._add_part_paper(paper, owner_code, owner, THIRTY_YEARS, responsible=owner)

    def _add_part_files(self, part: wings.YearPart, rows: list[wings.Row]) -> None:
        """What was handed in with the rows of a part, together as one item."""
        found, name = part.files(rows), self._year.school.full_name
        if found:
            title = f"{name}{self._year.cycle.year}年度{part.title}附件"
            item = self.open_item(*WHOLE, responsible=name, title=title, day=self._year.last_day)
            for file in found:
                self.add_stored(item, item.path(file.name, f".{file.suffix}"), file.sha256)

    def add_table(self, owner_code: str, owner: str, version: TableVersion) -> None:
        """附件2 or 附件4 of the version in force, the scans of its signed paper and of earlier ones."""
        school, table = self._year.school, version.table
        title = school.form_title if table.is_school else school.department_form_title
        item = self.open_item(
            owner_code,
            owner,
            PERMANENT if table.is_school else THIRTY_YEARS,
            responsible=version.owner_name,
            title=f"{'' if table.is_school else version.owner_name}{self._year.cycle.year}年度{title}",
            day=self._year.day_of(version),
            note=f"第{version.number}版，{_decided(version)}{'，补录' if version.is_historical else ''}",
        )
        name = "学校廉政风险点防控表" if table.is_school else "部门廉政风险点防控表"
        kept = self._kept_forms(version)
        for kind in KINDS:
            path = item.path(f"{name}_第{version.number}版", f".{kind}")
            if kind in kept:
                self.add_stored(item, path, kept[kind], version)
            else:
                work = partial(self._printer.form, version, kind), self._printer.form_values(version), 0.3
                self.add_printed(item, path, work, version)
        self._add_post_sheets(item, version)
        for row in self._year.facts["versions"]:
            if row["table_id"] == table.pk:
                replaced = {scan.get("replaces") for scan in row["scans"]}  # older packages don't say
                for place, scan in enumerate(row["scans"], start=1):
                    mark = "_已更换" if scan["sha256"] in replaced else ""
                    page = f"签字盖章扫描件_第{row['number']}版_{place}{mark}"
                    own = version if row["version_id"] == version.pk else None
                    self.add_stored(item, item.path(page, f".{scan['suffix']}"), scan["sha256"], own)
            if row["version_id"] == version.pk and row.get(MEETINGS):
                paper = meetings.meeting_listing(version, row[MEETINGS][-1], school)
                path = item.path(f"{MEETING_SHEET}_第{version.number}版", ".pdf")
                self.add_printed(item, path, (partial(listing_pdf, paper), paper, 0.3), version)

    def _add_post_sheets(self, item: CatalogueItem, version: TableVersion) -> None:
        """岗位廉政风险防控一览表 of a department, behind its form. A year that was printed without it stays so."""
        if version.table.is_school:
            return
        path = item.path(f"岗位廉政风险防控一览表_第{version.number}版", ".pdf")
        values = self._printer.post_sheets_values(version)
        if values and (path in self._year.printed or not self._year.printed):
            self.add_printed(item, path, (partial(self._printer.post_sheets, version), values, 0.3), version)

    def _kept_forms(self, version: TableVersion) -> dict[str, str]:
        """SHA-256 by kind of the form as it was kept at the last review or confirmation of a version."""
        kept: dict[str, str] = {}
        for row, more in self._decisions():
            if row["version_id"] == version.pk and row["action"] in papers.KEPT_AT:
                kept |= more["documents"]
        return kept

    def add_records(self) -> CatalogueItem:
        """办理记录 (returned) and 审计记录: at the top of the archive, under the names that the verifier knows."""
        year = self._year
        facts: dict[str, Any] = {"responsible": year.school.full_name, "day": year.last_day, "is_loose": True}
        heading = f"{year.school.full_name}{year.cycle.year}年度廉政风险点防控表"
        decisions = self.open_item(*WHOLE, title=f"{heading}办理记录", **facts)
        trail = self.open_item(*WHOLE, title=f"{heading}审计记录", **facts)
        loose: list[tuple[str, CatalogueItem, Callable[[], bytes]]] = [
            (DECISIONS_TABLE, decisions, partial(decisions_csv, year)),
            (DECISIONS, decisions, partial(json_bytes, year.decisions)),
            (METADATA, decisions, partial(json_bytes, year.facts)),
        ]
        for place, piece in enumerate(year.audits[:-1], start=1):
            loose.append((earlier_audit(place), trail, partial(bytes, piece.lines)))
        loose.append((AUDIT, trail, partial(bytes, year.audits[-1].lines)))
        self.papers += [FiledPaper(path, item, make, path) for path, item, make in loose]
        return decisions

    def add_process(self, item: CatalogueItem) -> None:
        """The forms as they were kept at decisions, where they are not in force now: they belong to 办理记录."""
        filed = {paper.stored for paper in self.papers}
        for place, (row, more) in enumerate(self._decisions(), start=1):
            name = safe_name(f"{row['table']}_第{row['version']}版_{row['action_label'].partition('，')[0]}")
            for kind, sha in more["documents"].items():
                if sha not in filed:
                    filed.add(sha)
                    self.add_stored(item, f"{PROCESS_FOLDER}{place:04d}_{name}.{kind}", sha)

    def _decisions(self) -> Iterable[tuple[dict[str, Any], dict[str, Any]]]:
        return zip(self._year.decisions, self._year.facts["decisions"], strict=True)


def papers_of(year: YearRecords) -> list[FiledPaper]:
    """Everything of a year in the order of the catalogue: the school's, the records, then each department's."""
    filing = Filing(year)
    filing.add_school()
    filing.add_parts()
    records = filing.add_records()
    filing.add_duties()
    departments = [version for version in year.in_force if not version.table.is_school]
    for rank, version in enumerate(departments, start=1):
        filing.add_table(f"{rank:02d}", version.owner_name, version)
        filing.add_department_papers(f"{rank:02d}", version)
    filing.add_process(records)
    return filing.papers


def _decided(version: TableVersion) -> str:
    """By whose signature, or at which meeting."""
    return f"{version.decided_by_words}{'决定' if version.is_decided_at_meeting else '签字'}"


def _label(item: CatalogueItem, path: str) -> str:
    """What progress and messages call a file: 总务处：签字盖章扫描件 第1版 1（PDF）."""
    name, _, suffix = path.rpartition("/")[2].rpartition(".")
    owner = PROCESS_FOLDER[:-1] if path.startswith(PROCESS_FOLDER) else item.owner
    return f"{owner}：{name.partition('_')[2].replace('_', ' ')}（{FORMATS.get(suffix, suffix.upper())}）"


def _stored(sha: str, label: str) -> bytes:
    """The bytes as they were kept; an archive never takes over changed ones."""
    try:
        return files.content(sha)
    except files.ChangedFileError as error:
        raise ArchiveError(f"{label}与登记时的校验值不符，已被改动。请从备份恢复后再生成。") from error


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
