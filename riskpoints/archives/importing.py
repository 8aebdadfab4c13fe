"""Reads an archive back into an installation that holds nothing yet: all of it in one transaction, or nothing."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import Error as DatabaseError
from django.db import connection, transaction

from departments.models import Department, LeadershipGroup, School
from riskcontrol import audit, files, seals
from riskpoints.archives import verifier
from riskpoints.archives.container import media_type
from riskpoints.archives.records import ArchiveError, head_text
from riskpoints.archives.restoring import Restorer
from riskpoints.evidence import verification
from riskpoints.models import ControlTable, Cycle, Decision, RiskPoint, TableVersion
from riskpoints.register import index
from riskpoints.verbs import RegisterFact, RegisterVerb

# What shows that somebody works here already; accounts and the document's functions may be there.
WHAT_MUST_BE_EMPTY = (School, Department, LeadershipGroup, Cycle, ControlTable, TableVersion, Decision)


@dataclass(frozen=True)
class Imported:
    """What an import brought along."""

    cycle: Cycle
    tables: int
    decisions: int
    accounts: int
    head: dict[str, Any]


@dataclass(frozen=True)
class Contents:
    """A package that was found whole, read: its lists, and its files by path or by SHA-256."""

    package: verifier.Package
    sha256: str
    manifest: dict[str, Any]
    facts: dict[str, Any]
    decisions: list[dict[str, Any]]

    def read(self, path: str) -> bytes:
        """One file."""
        return b"".join(self.package.chunks(path))

    def path_of(self, sha256: str) -> str:
        """Where a file with these bytes lies; the verifier has seen that there is one."""
        return next(entry["path"] for entry in self.manifest["files"] if entry["sha256"] == sha256)


def import_archive(path: Path, *, head: audit.Head | None = None) -> Imported:
    """Read a package back. ArchiveError where it isn't whole, has another head, or something is here already.

    `head` is the end of the audit trail as it was written down on paper: it shows a package forged as a whole.
    """
    _require_empty()
    faults = verifier.verify(path)
    if faults:
        listed = "；".join(faults[:5]) + ("……" if len(faults) > 5 else "")
        raise ArchiveError(f"“{path.name}”有 {len(faults)} 处不对，不能导入：{listed}。")
    package = verifier.Package(path)
    try:
        contents = _contents(package, path)
        _require_head(contents, head)
        with transaction.atomic():
            _require_empty()
            return _import(contents)
    except (KeyError, TypeError, ValueError, AttributeError, ValidationError, ObjectDoesNotExist) as error:
        raise ArchiveError(
            f"“{path.name}”的元数据缺项或写法不对（{type(error).__name__}：{error}），不能导入。"
            "请确认它由本系统的这一版或更早的版本生成。"
        ) from error
    except DatabaseError as error:
        raise ArchiveError(f"“{path.name}”的内容与登记规则相抵触，不能导入：{error}") from error
    finally:
        package.close()


def _require_empty() -> None:
    found = [str(model._meta.verbose_name) for model in WHAT_MUST_BE_EMPTY if model._default_manager.exists()]
    if found:
        raise ArchiveError(
            f"数据库里已有{'、'.join(found)}，档案只能导入没有数据的系统。"
            "请换一个数据目录（VAR_DIR=…）或数据库（DATABASE_URL=…），先运行 manage.py migrate。"
        )


def _contents(package: verifier.Package, path: Path) -> Contents:
    if path.is_dir():
        raise ArchiveError("请给出档案包的 .zip 文件，不是解压后的文件夹：导入要记下文件的校验值。")
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return Contents(
        package=package,
        sha256=digest,
        manifest=package.json(verifier.MANIFEST, dict),
        facts=package.json(verifier.METADATA, dict),
        decisions=package.json(verifier.DECISIONS, list),
    )


def _require_head(contents: Contents, head: audit.Head | None) -> None:
    given = contents.manifest["audit"]["head"]
    if head is not None and head != audit.Head(given["number"], given["hash"]):
        raise ArchiveError(
            f"档案包的审计链首是 {head_text(given)}，与给出的不符。"
            "请核对抄下的链首；如抄写无误，这个档案包就不是当时的那一个。"
        )


def _import(contents: Contents) -> Imported:
    restorer = Restorer(contents.facts, lambda sha256: _kept(contents, contents.path_of(sha256)))
    restorer.organisation()
    cycle = restorer.tables()
    restorer.references()
    restorer.decisions(contents.decisions)
    restorer.parts()
    restorer.close()
    index.add(RiskPoint.objects.filter(version__table__cycle=cycle))
    connection.check_constraints()  # what points to nowhere would otherwise be found at the very end
    head = contents.manifest["audit"]["head"]
    detail = {
        RegisterFact.ARCHIVE_HASH: contents.sha256,
        "审计链首": head_text(head),
        RegisterFact.YEAR_RECORD: _record(contents),
        RegisterFact.EXTRACTS: _extracts(contents),
        RegisterFact.KEPT_FILES: _printed(contents, restorer.kept),
        "停用账号": len(restorer.accounts),
        "封签": _sealed(),
    }
    audit.record(RegisterVerb.YEAR_IMPORT, target=cycle, detail=detail)
    faults = list(verification.verify_decided())
    if faults:
        listed = "；".join(f"{fault.about}：{fault.reason}" for fault in faults[:5])
        raise ArchiveError(f"导入后核对，有 {len(faults)} 处与办理记录不符，没有导入：{listed}。")
    counts = cycle.tables.count(), len(contents.decisions), len(restorer.accounts)
    return Imported(cycle, *counts, head=head)


def _sealed() -> str:
    """An archive brings no seals, and no key: what came with it is covered by this entry's, as it came."""
    key = seals.current()
    return (
        f"随档案来的只有公开的校验链；从这里起用密钥 {key.name}"
        if key
        else "随档案来的只有公开的校验链；这里没有封签密钥"
    )


def _kept(contents: Contents, path: str) -> Any:
    return files.keep(contents.read(path), media_type(path))


def _record(contents: Contents) -> str:
    """Keep the year's facts as they stand in the package: its archive stays the same while nothing is done here."""
    return files.keep(audit.canonical_json(contents.facts).encode(), "application/json").sha256


def _extracts(contents: Contents) -> list[str]:
    """Keep the pieces of the trail, which can't go on in this installation's own."""
    count = len(contents.manifest["earlier_audits"])
    names = [*(verifier.earlier_audit(place) for place in range(1, count + 1)), verifier.AUDIT]
    return [_kept(contents, name).sha256 for name in names]


def _printed(contents: Contents, known: set[str]) -> dict[str, str]:
    """Keep what was printed for the archive and belongs to no decision: 附件1, the 登记汇总表, forms not kept then."""
    wanted = [
        entry
        for entry in contents.manifest["files"]
        if entry["path"].endswith((".pdf", ".xlsx")) and entry["sha256"] not in known and entry["item"]
    ]
    return {entry["path"]: _kept(contents, entry["path"]).sha256 for entry in wanted}
