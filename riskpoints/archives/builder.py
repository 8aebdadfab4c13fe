"""Builds the archive of one year: papers, catalogue, explanation, verifier, manifest; then checks what it made."""

import datetime
import hashlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string

from departments.enums import Level
from riskcontrol import VERSION
from riskpoints.archives import verifier
from riskpoints.archives.catalogue import HEADINGS, RETENTIONS, Catalogue, Item, catalogue_xlsx, csv_bytes
from riskpoints.archives.container import ZipWriter, put_in_place, zip_writer
from riskpoints.archives.pages import page_count
from riskpoints.archives.papers import Paper, json_bytes, papers_of
from riskpoints.archives.records import ArchiveError, YearRecords, local_time, read_year

__all__ = ["Built", "build", "put_in_place"]

CATALOGUE_SHEET = "归档文件目录.xlsx"
EXPLANATION = "说明.txt"
VERIFIER = "核验.py"
EXPLANATION_TEMPLATE = "riskpoints/print/archive_explanation.txt"

Report = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Built:
    """A finished archive: its fingerprint, its size, the head of its audit extract."""

    sha256: str
    size: int
    audit_head: dict[str, Any]


def build(year: int, target: Path, report: Report) -> Built:
    """Write the archive of a year to `target`, which must not exist; ArchiveError or DocumentError with the reason.

    `report(done, total, step)` is called before each step. On an error nothing stays at `target`.
    """
    report(0, 0, "读取办理记录和审计记录")
    records = read_year(year)
    papers = papers_of(records)
    total = len(papers) + 2
    with zip_writer(target) as package:
        for done, paper in enumerate(papers):
            report(done, total, paper.label)
            _add_paper(package, paper)
        report(len(papers), total, "编制归档文件目录和清单")
        _add_lists(package, records, papers)
    try:
        report(total - 1, total, "核验档案包")
        return _checked(target, records)
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def _add_paper(package: ZipWriter, paper: Paper) -> None:
    content = paper.make()
    package.add(paper.path, content, day=paper.item.day)
    paper.item.paths.append(paper.path)
    if paper.item.pages is None and paper.path.endswith(".pdf"):
        paper.item.pages = page_count(content)


def _add_lists(package: ZipWriter, records: YearRecords, papers: list[Paper]) -> None:
    items = list({id(paper.item): paper.item for paper in papers}.values())
    catalogue = Catalogue(records.school.fonds_code, records.cycle.year, items)
    code_of = {path: catalogue.code(item) for item in items for path in item.paths}
    day = records.last_day
    title = f"{records.school.full_name}{records.cycle.year}年度归档文件目录"
    sheet = catalogue_xlsx(catalogue, title=title, author=records.school.full_name, made_on=day)
    package.add(CATALOGUE_SHEET, sheet, day=day)
    package.add(verifier.CATALOGUE, csv_bytes(HEADINGS, catalogue.rows()), day=day)
    manifest = _manifest(records, papers, code_of)
    package.add(EXPLANATION, _explanation(records, manifest, items), day=day)
    package.add(VERIFIER, Path(verifier.__file__).read_bytes(), day=day)
    manifest["files"] = [asdict(record) | {"item": code_of.get(record.path)} for record in package.records]
    package.add(verifier.MANIFEST, json_bytes(manifest), day=day)
    lines = "".join(f"{record.sha256}  {record.path}\n" for record in package.records)
    package.add(verifier.CHECKLIST, lines.encode(), day=day)


def _manifest(records: YearRecords, papers: list[Paper], code_of: dict[str, str]) -> dict[str, Any]:
    tables: list[dict[str, Any]] = []
    for version in records.in_force:
        paths = [paper.path for paper in papers if paper.version is not None and paper.version.pk == version.pk]
        tables.append(
            {
                "table_id": version.table_id,
                "version_id": version.pk,
                "scope": version.table.scope,
                "name": f"{version.table.owner_name}第 {version.number} 版",
                "owner": version.owner_name,
                "version": version.number,
                "signer": version.signer_name,
                "signed_on": records.day_of(version).isoformat(),
                "content_hash": records.content_hash(version),
                "item": code_of[paths[0]],
                "files": paths,
            }
        )
    extract = records.audit
    return {
        "format": verifier.FORMAT,
        "program": {"name": "廉政风险防控管理", "version": VERSION},
        "school": records.school.full_name,
        "fonds_code": records.school.fonds_code,
        "year": records.cycle.year,
        "closed_at": records.cycle.closed_at and records.cycle.closed_at.astimezone(datetime.UTC).isoformat(),
        "algorithm": "SHA-256",
        "tables": tables,
        "absent": records.absent,
        "totals": verifier.totals_of([table["content_hash"] for table in tables], records.decisions),
        "audit": {
            "entries": extract.entries,
            "first": extract.first,
            "previous_hash": extract.previous_hash,
            "head": extract.head,
        },
    }


def _explanation(records: YearRecords, manifest: dict[str, Any], items: list[Item]) -> bytes:
    """说明.txt for whoever opens the archive in twenty years: UTF-8 with BOM and CRLF, so that Notepad reads it."""
    levels = manifest["totals"]["department_points_by_level"]
    context = {
        "records": records,
        "manifest": manifest,
        "items": items,
        "retentions": RETENTIONS,
        "levels": [(level.label, levels.get(str(level.value), 0)) for level in Level],
        "head_time": local_time(manifest["audit"]["head"]["at"]),
        "catalogue_sheet": CATALOGUE_SHEET,
        "verifier": VERIFIER,
        "names": verifier,
    }
    text = str(render_to_string(EXPLANATION_TEMPLATE, context))
    return "\r\n".join(line.rstrip() for line in text.strip().splitlines()).encode("utf-8-sig") + b"\r\n"


def _checked(target: Path, records: YearRecords) -> Built:
    faults = verifier.verify(target)
    if faults:
        listed = "；".join(faults[:5]) + ("……" if len(faults) > 5 else "")
        raise ArchiveError(f"生成的档案没有通过核验（{len(faults)} 处）：{listed}。请先核对数据库是否完整。")
    with target.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return Built(digest, target.stat().st_size, records.audit.head)
