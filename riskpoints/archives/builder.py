"""Builds the archive of one year: papers, catalogue, explanation, verifier, manifest; then checks what it made."""

import datetime
import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string

from departments.enums import Level
from riskcontrol import VERSION, verbs
from riskcontrol.paper.pdf_join import page_count
from riskpoints import wings
from riskpoints.archives import fingerprint, verifier
from riskpoints.archives.catalogue import HEADINGS, RETENTIONS, Catalogue, CatalogueItem, catalogue_xlsx, csv_bytes
from riskpoints.archives.container import ZipWriter, put_in_place, zip_writer
from riskpoints.archives.papers import PROCESS_FOLDER, STORED_COST, FiledPaper, json_bytes, papers_of
from riskpoints.archives.parts import Parts
from riskpoints.archives.records import ArchiveError, YearRecords, local_time, read_year
from riskpoints.evidence.year_facts import PARTS

__all__ = ["Built", "build", "put_in_place"]

CATALOGUE_SHEET = "归档文件目录.xlsx"
EXPLANATION = "说明.txt"
VERIFIER = "核验.py"
EXPLANATION_TEMPLATE = "riskpoints/print/archive_explanation.txt"

LISTS_COST, CHECK_COST = 0.05, 0.1


@dataclass(frozen=True)
class BuildProgress:
    """What is done next, after so many of all files; seconds until the end, and for this step, as far as foreseen."""

    done: int
    total: int
    step: str
    left: float | None = None
    takes: float = 0.0


Report = Callable[[BuildProgress], None]


@dataclass(frozen=True)
class Built:
    """A finished archive: its fingerprint, its size, the head of its audit extract.

    `key` tells it from one of other content. `printed` are the papers that had to be printed at some time, by path
    their key; `fresh` are those printed now. `is_same`: nothing had changed, and the last archive was taken again.
    """

    sha256: str
    size: int
    files: int
    audit_head: dict[str, Any]
    key: str
    printed: dict[str, str]
    fresh: frozenset[str]
    is_same: bool = False


class Pace:
    """How long it will still take: the costs foreseen, corrected by how long those before really took."""

    def __init__(self, costs: Sequence[float], report: Report) -> None:
        self._costs, self._report = costs, report
        self._start = time.monotonic()

    def tell(self, done: int, step: str) -> None:
        """Report the step that is begun now."""
        self._report(BuildProgress(done, len(self._costs), step, self.left(done), self._costs[done]))

    def left(self, done: int) -> float:
        """Seconds until the end. What was foreseen weighs as much as one second of experience."""
        foreseen = sum(self._costs[:done])
        return sum(self._costs[done:]) * (1 + time.monotonic() - self._start) / (1 + foreseen)


def build(year: int, target: Path, report: Report, *, parts: Parts | None = None) -> Built:
    """Write the archive of a year to `target`, which must not exist; ArchiveError or DocumentError with the reason.

    `report` is called before each step. On an error nothing stays at `target`. What `parts` hold is taken from there,
    what is printed is put there.
    """
    report(BuildProgress(0, 0, "读取办理记录和审计记录"))
    records = read_year(year)
    papers = papers_of(records)
    total = len(papers) + 2
    printed = {paper.path: paper.key for paper in papers if paper.key}
    key = fingerprint.archive_key(records, [(paper.path, paper.key or paper.stored) for paper in papers])
    head = records.audits[-1].head
    if parts is not None and key in parts:
        report(BuildProgress(total - 1, total, "内容没有变化，核对上次的档案包"))
        same = parts.take_file(key, target)
        if same is not None:
            return Built(same, target.stat().st_size, total, head, key, printed, frozenset(), is_same=True)
    pace = Pace([*(_cost(paper, parts) for paper in papers), LISTS_COST, CHECK_COST], report)
    fresh: set[str] = set()
    with zip_writer(target) as package:
        for done, paper in enumerate(papers):
            pace.tell(done, paper.label)
            _add_paper(package, paper, _content(paper, parts, fresh))
        pace.tell(len(papers), "编制归档文件目录和清单")
        _add_lists(package, records, papers)
    try:
        pace.tell(total - 1, "核验档案包")
        digest, size = _checked(target)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return Built(digest, size, total, head, key, printed, frozenset(fresh))


def _content(paper: FiledPaper, parts: Parts | None, fresh: set[str]) -> bytes:
    """A paper as the parts have it, or made now."""
    kept = parts.get(paper.key) if parts is not None and paper.key else None
    return _make(paper, parts, fresh) if kept is None else kept


def _cost(paper: FiledPaper, parts: Parts | None) -> float:
    is_there = parts is not None and paper.key in parts
    return STORED_COST if is_there else paper.cost


def _make(paper: FiledPaper, parts: Parts | None, fresh: set[str]) -> bytes:
    """Make a paper; what had to be printed is noted and kept as a part."""
    content = paper.make()
    if paper.key:
        fresh.add(paper.path)
        if parts is not None:
            parts.put(paper.key, content)
    return content


def _add_paper(package: ZipWriter, paper: FiledPaper, content: bytes) -> None:
    package.add(paper.path, content, day=paper.item.day)
    paper.item.paths.append(paper.path)
    if paper.item.pages is None and paper.path.endswith(".pdf") and not paper.path.startswith(PROCESS_FOLDER):
        paper.item.pages = page_count(content)


def _add_lists(package: ZipWriter, records: YearRecords, papers: list[FiledPaper]) -> None:
    items = list({id(paper.item): paper.item for paper in papers}.values())
    catalogue = Catalogue(records.school.fonds_code, records.cycle.year, items)
    code_of = {path: catalogue.code(item) for item in items for path in item.paths}
    day = records.last_day
    title = f"{records.school.full_name}{records.cycle.year}年度归档文件目录"
    name = records.school.full_name
    sheet = catalogue_xlsx(catalogue, title=title, author=name, made_on=day, head=_head_words(records))
    package.add(CATALOGUE_SHEET, sheet, day=day)
    package.add(verifier.CATALOGUE, csv_bytes(HEADINGS, catalogue.rows()), day=day)
    manifest = _manifest(records, papers, code_of)
    package.add(EXPLANATION, _explanation(records, manifest, items), day=day)
    package.add(VERIFIER, Path(verifier.__file__).read_bytes(), day=day)
    manifest["files"] = [asdict(record) | {"item": code_of.get(record.path)} for record in package.records]
    package.add(verifier.MANIFEST, json_bytes(manifest), day=day)
    lines = "".join(f"{record.sha256}  {record.path}\n" for record in package.records)
    package.add(verifier.CHECKLIST, lines.encode(), day=day)


def _head_words(records: YearRecords) -> str:
    """The head of the trail as it is printed, in the form that verify_register --head takes."""
    head = records.audits[-1].head
    moment = f"（{local_time(head['at'])}）" if head["at"] else ""
    return f"审计记录链首{moment}：{head['number']}:{head['hash']}"


def _manifest(records: YearRecords, papers: list[FiledPaper], code_of: dict[str, str]) -> dict[str, Any]:
    tables: list[dict[str, Any]] = []
    for version in records.in_force:
        paths = [paper.path for paper in papers if paper.version is not None and paper.version.pk == version.pk]
        tables.append(
            {
                "table_id": version.table_id,
                "version_id": version.pk,
                "scope": version.table.scope,
                "name": f"{records.owners[version.table_id]}第 {version.number} 版",
                "owner": version.owner_name,
                "version": version.number,
                "signer": version.decided_by_words,
                "signed_on": records.day_of(version).isoformat(),
                "content_hash": records.content_hash(version),
                "item": code_of[paths[0]],
                "files": paths,
            }
        )
    *earlier, last = records.audits
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
        **({"absent_because": records.absent_because} if records.absent_because else {}),
        "totals": verifier.totals_of([table["content_hash"] for table in tables], records.decisions),
        "audit": last.ends,
        "earlier_audits": [piece.ends for piece in earlier],
    }


def _explanation(records: YearRecords, manifest: dict[str, Any], items: list[CatalogueItem]) -> bytes:
    """说明.txt for whoever opens the archive in twenty years: UTF-8 with BOM and CRLF, so that Notepad reads it."""
    levels = manifest["totals"]["department_points_by_level"]
    context = {
        "records": records,
        "has_process": any(path.startswith(PROCESS_FOLDER) for item in items for path in item.paths),
        "manifest": manifest,
        "items": items,
        "retentions": RETENTIONS,
        "levels": [(level.label, levels.get(str(level.value), 0)) for level in Level],
        "head_time": local_time(manifest["audit"]["head"]["at"]),
        "catalogue_sheet": CATALOGUE_SHEET,
        "verifier": VERIFIER,
        "names": verifier,
        "verbs": _verbs_in(records),
        "basis": wings.told_basis(records.facts.get(PARTS, {})),
    }
    text = str(render_to_string(EXPLANATION_TEMPLATE, context))
    return "\r\n".join(line.rstrip() for line in text.strip().splitlines()).encode("utf-8-sig") + b"\r\n"


def _verbs_in(records: YearRecords) -> list[tuple[str, str]]:
    """The keys by which shown entries call what was done, with their captions; older ones have captions already."""
    written = {entry["action"] for piece in records.audits for entry in piece.said()}
    return [(verb, verbs.caption(verb)) for verb in sorted(written) if verbs.key_of(verb) == verb]


def _checked(target: Path) -> tuple[str, int]:
    faults = verifier.verify(target)
    if faults:
        listed = "；".join(faults[:5]) + ("……" if len(faults) > 5 else "")
        raise ArchiveError(f"生成的档案没有通过核验（{len(faults)} 处）：{listed}。请先核对数据库是否完整。")
    with target.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return digest, target.stat().st_size
