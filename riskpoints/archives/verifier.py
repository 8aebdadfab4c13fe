"""Checks an annual archive with nothing but Python's standard library; this very file lies in each archive as 核验.py.

用法：python 核验.py [档案包.zip 或解压后的文件夹]（需要 Python 3.8 以上；不写时核验本文件所在的文件夹）
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import re
import struct
import sys
import unicodedata
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

# The first format showed whole snapshots and the whole trail; the second only what was put in force.
FORMER_FORMAT, FORMAT = "annual-archive/1", "annual-archive/2"
MANIFEST = "manifest.json"
CHECKLIST = "校验清单.sha256"
CATALOGUE = "归档文件目录.csv"
DECISIONS = "办理记录.json"
DECISIONS_TABLE = "办理记录.csv"
METADATA = "元数据.json"
AUDIT = "审计记录.jsonl"
EARLIER_AUDIT = "审计记录_导入前_{}.jsonl"
DECISIVE = ("confirm", "record", "compare")
# What entries call decisions: a key, or in those from before there were keys the caption of that time.
FORMER_VERBS = {
    "提交纪委审核": "version.submit",
    "撤回": "version.recall",
    "退回修改": "version.return",
    "审核通过，核定等级": "version.approve",
    "确定": "version.confirm",
    "作废本修订稿": "version.discard",
    "补录历史表": "version.record",
    "核对补录": "version.compare",
    "核对不符，退回重录": "version.mismatch",
}
# What an entry says of the content, of the opinion, and of the content that may be shown: key, former key.
FACTS = (("content_hash", "内容校验值"), ("comment", "意见"), ("open_hash", "公开内容校验值"))
# What an entry of the trail that is not shown has besides its own hash, at least.
BARE = {"number", "previous_hash"}

FORBIDDEN = frozenset('\\:*?"<>|') | {chr(code) for code in range(32)}
LONGEST_NAME = 100
LONGEST_TEXT = 1 << 29
CHUNK = 1 << 20
# What an archive may come to when it is unpacked; text is packed to a fiftieth at most, a bomb to a thousandth.
LARGEST_PACKAGE, MOST_FILES = 4 << 30, 100_000
SMALL, HIGHEST_RATIO = 10 << 20, 200
# Matters have numbers (2026-问-3) in a register of the year; what rows name them by, and how a paper's title ends.
MATTERS = {"问": "问题登记", "处": "处置登记"}
MATTER = re.compile(r"\d{4}-[问处]-[1-9]\d*")
NAMES = ("number", "escalated_from_number")
OF_TITLE = re.compile(r"（(" + MATTER.pattern + r")，[^（）]*）$")
# What a desktop leaves behind in a folder that was looked at.
LITTER = frozenset({"Thumbs.db", "desktop.ini", ".DS_Store"})
# What Python's zipfile raises for damaged files, from a wrong checksum to a name that is no text.
DAMAGE = (OSError, EOFError, ValueError, OverflowError, RuntimeError, struct.error, zlib.error, zipfile.BadZipFile)


def earlier_audit(place: int) -> str:
    """Name of a piece of the trail of another installation, from which the year was read back; counted from 1."""
    return EARLIER_AUDIT.format(place)


class UnreadableError(Exception):
    """A part of the archive can't be read; the message is Chinese and ready to show."""


def canonical_json(value: Any) -> str:
    """The text that hashes are taken of: sorted keys, no spaces, NFC."""
    return unicodedata.normalize("NFC", json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")))


def sha256(text: str) -> str:
    """Hex SHA-256 of the UTF-8 bytes of a text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class Package:
    """An archive as it is kept (.zip) or unpacked (a folder): names and their bytes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.zip: zipfile.ZipFile | None = None
        self.names: list[str] = []
        if path.is_dir():
            files = (file for file in path.rglob("*") if file.is_file() and file.name not in LITTER)
            self._places = {unicodedata.normalize("NFC", file.relative_to(path).as_posix()): file for file in files}
            self.names = sorted(self._places)
            return
        try:
            self.zip = zipfile.ZipFile(path)
        except DAMAGE as error:
            raise UnreadableError(f"打不开“{path.name}”：不是完整的 zip 文件（{error}）") from error
        self.names = [info.filename for info in self.zip.infolist() if not info.is_dir()]
        with path.open("rb") as stream:
            stream.seek(-22, os.SEEK_END)
            end = stream.read()
        # A zip ends with its directory's record; after a cut the one of a workbook inside could be taken for it.
        if end[:4] != b"PK\x05\x06" or end[20:] != b"\0\0":
            self.close()
            raise UnreadableError(f"打不开“{path.name}”：末尾被截去，或添了别的内容")
        if reason := _too_large(self.zip.infolist()):
            self.close()
            raise UnreadableError(f"没有打开“{path.name}”：{reason}，不像本系统的档案包")

    def close(self) -> None:
        if self.zip is not None:
            self.zip.close()

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of one file; UnreadableError where they are damaged."""
        try:
            with self.zip.open(name) if self.zip is not None else self._places[name].open("rb") as stream:
                while True:
                    chunk = stream.read(CHUNK)
                    if not chunk:
                        return
                    yield chunk
        except DAMAGE as error:
            raise UnreadableError(f"“{name}”读不出，内容已损坏（{error}）") from error

    def text(self, name: str) -> str:
        """A file as text."""
        if name not in self.names:
            raise UnreadableError(f"缺少“{name}”")
        data = bytearray()
        for chunk in self.chunks(name):
            data += chunk
            if len(data) > LONGEST_TEXT:
                raise UnreadableError(f"“{name}”大得不合常理")
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise UnreadableError(f"“{name}”不是 UTF-8 文本") from error

    def json(self, name: str, kind: type) -> Any:
        """A file as JSON of this kind (dict or list)."""
        value = parsed(self.text(name), name)
        if not isinstance(value, kind):
            raise UnreadableError(f"“{name}”的结构不对")
        return value


def _too_large(infos: Sequence[zipfile.ZipInfo]) -> str:
    """Why this would take more room than any archive does; no more than it says of itself is ever unpacked."""
    if len(infos) > MOST_FILES:
        return f"里面有 {len(infos)} 个文件"
    total = sum(info.file_size for info in infos)
    if total > LARGEST_PACKAGE:
        return f"解开以后有 {total // (1 << 20)} MB"
    for info in infos:
        if info.file_size > SMALL and info.file_size > HIGHEST_RATIO * info.compress_size:
            return f"“{info.filename}”解开以后是现在的 {info.file_size // max(1, info.compress_size)} 倍"
    return ""


def parsed(text: str, name: str) -> Any:
    """JSON, or UnreadableError with the file's name."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableError(f"“{name}”不是正确的 JSON（{error}）") from error


def verify(path: Path | str) -> list[str]:
    """What is wrong with the archive, in Chinese, one thing a line; an empty list means that it is whole."""
    try:
        package = Package(Path(path))
    except UnreadableError as error:
        return [str(error)]
    try:
        return list(_check(package))
    finally:
        package.close()


def _check(package: Package) -> Iterator[str]:
    yield from _names(package)
    try:
        manifest = package.json(MANIFEST, dict)
    except UnreadableError as error:
        yield str(error)
        return
    if manifest.get("format") not in (FORMER_FORMAT, FORMAT):
        yield f"“{MANIFEST}”的格式是“{manifest.get('format')}”，本程序只认“{FORMAT}”"
        return
    checks = (
        (_files, MANIFEST),
        (_catalogue, CATALOGUE),
        (_decisions, DECISIONS),
        (_metadata, METADATA),
        (_audit, AUDIT),
    )
    for check, what in checks:
        try:
            yield from check(package, manifest)
        except UnreadableError as error:
            yield str(error)
        except (AttributeError, KeyError, IndexError, TypeError, ValueError) as error:
            yield f"“{what}”或清单的结构不对，无法核验（{type(error).__name__}：{error}）"


def _names(package: Package) -> Iterator[str]:
    """Each name once, and right on every system."""
    for name, times in Counter(package.names).items():
        if times > 1:
            yield f"“{name}”在包里有 {times} 份，无法确定哪一份是真的"
        parts = name.split("/")
        if FORBIDDEN & set(name) or len(name) > LONGEST_NAME or any(part in ("", ".", "..") for part in parts):
            yield f"文件名“{name}”不合规定"


def _files(package: Package, manifest: dict) -> Iterator[str]:
    """Every file of the manifest is there, with its size and hash, and no other; the checklist says the same."""
    expected = {entry["path"]: entry for entry in manifest["files"]}
    if len(expected) != len(manifest["files"]):
        yield f"“{MANIFEST}”把同一个文件列了几次"
    present = set(package.names)
    yield from (f"缺少“{name}”" for name in sorted(set(expected) - present))
    yield from (f"多出“{name}”，清单里没有" for name in sorted(present - set(expected) - {MANIFEST, CHECKLIST}))
    owners = {entry["sha256"]: name for name, entry in expected.items()}
    found = {}
    for name in sorted(present):
        try:
            found[name], size = _digest(package, name)
        except UnreadableError as error:
            yield str(error)
            continue
        if name not in expected:
            continue
        if size != expected[name]["size"]:
            yield f"“{name}”的大小不对：应为 {expected[name]['size']} 字节，实为 {size} 字节"
        if found[name] != expected[name]["sha256"]:
            other = owners.get(found[name])
            yield f"“{name}”的内容已被改动" + (f"：它与“{other}”相同，可能放错了位置" if other else "")
    if CHECKLIST not in present:
        yield f"缺少“{CHECKLIST}”"
        return
    listed = dict(line.split("  ", 1)[::-1] for line in package.text(CHECKLIST).splitlines() if "  " in line)
    if set(listed) != set(expected) | {MANIFEST}:
        yield f"“{CHECKLIST}”与“{MANIFEST}”所列的文件不一致"
    for name in sorted(set(listed) & set(expected)):
        if listed[name] != expected[name]["sha256"]:
            yield f"“{name}”的校验值在“{CHECKLIST}”与“{MANIFEST}”里不一致"
    if listed.get(MANIFEST) != found.get(MANIFEST):
        yield f"“{MANIFEST}”的内容已被改动"


def _digest(package: Package, name: str) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    for chunk in package.chunks(name):
        digest.update(chunk)
        size += len(chunk)
    return digest.hexdigest(), size


def _catalogue(package: Package, manifest: dict) -> Iterator[str]:
    """件号 without gaps, and each 件 of the catalogue with its files."""
    codes = [row["档号"] for row in csv.DictReader(io.StringIO(package.text(CATALOGUE)))]
    filed = {entry["item"] for entry in manifest["files"] if entry["item"]}
    yield from (f"“{CATALOGUE}”里的 {code} 没有文件" for code in codes if code not in filed)
    yield from (f"{code} 有文件，但“{CATALOGUE}”里没有这一件" for code in sorted(filed - set(codes)))
    numbers: dict[str, list[int]] = {}
    for code in codes:
        series, _, number = code.rpartition("-")
        numbers.setdefault(series, []).append(int(number))
    for series, given in numbers.items():
        if given != list(range(1, len(given) + 1)):
            yield f"“{CATALOGUE}”里 {series} 的件号不连续"


def _decisions(package: Package, manifest: dict) -> Iterator[str]:
    """Each decision's content has its hash, the tables in force are those decided last, and the totals are right."""
    decisions = package.json(DECISIONS, list)
    last: dict[int, dict] = {}
    for number, decision in enumerate(decisions, start=1):
        name = f"办理记录第 {number} 条（{decision['table']}，{decision['action_label']}）"
        if manifest["format"] == FORMER_FORMAT:
            is_whole = sha256(decision["snapshot"]) == decision["content_hash"]
        elif decision["action"] in DECISIVE:
            # Entries from before the trail named this hash leave the manifest to hold the content.
            is_whole = decision["open_hash"] in (None, sha256(decision["snapshot"])) and not decision["withheld"]
        else:
            is_whole = decision["snapshot"] == ""
        if not is_whole:
            yield f"{name}的内容与校验值不符"
        if decision["snapshot"] and parsed(decision["snapshot"], DECISIONS)["year"] != manifest["year"]:
            yield f"{name}不是 {manifest['year']} 年度的"
        if decision["action"] in DECISIVE:
            last[decision["table_id"]] = decision
    rows = list(csv.DictReader(io.StringIO(package.text(DECISIONS_TABLE))))
    if [_shown(row) for row in rows] != [_shown_of(decision) for decision in decisions]:
        yield f"“{DECISIONS_TABLE}”与“{DECISIONS}”不一致"
    for table in manifest["tables"]:
        decision = last.pop(table["table_id"], None)
        if decision is None or (decision["version_id"], decision["content_hash"]) != (
            table["version_id"],
            table["content_hash"],
        ):
            yield f"{table['name']}与办理记录里最后确定的内容不符"
    yield from (f"{decision['table']}已确定，但清单里没有这张表" for decision in last.values())
    totals = totals_of([table["content_hash"] for table in manifest["tables"]], decisions)
    for key, value in totals.items():
        if manifest["totals"].get(key) != value:
            yield f"合计“{key}”不对：清单为 {manifest['totals'].get(key)}，按内容应为 {value}"


def plain_cell(value: str) -> str:
    """Text for a .csv cell: one kind of line end, and never the beginning of a formula when a spreadsheet opens it."""
    value = "\n".join(value.splitlines())
    return "'" + value if value[:1] in ("=", "+", "-", "@", "\t") else value


def _shown(row: dict) -> tuple:
    return tuple(row[key] for key in ("表", "版本", "事项", "办理人", "意见", "内容校验值"))


def _shown_of(decision: dict) -> tuple:
    keys = ("table", "version", "action_label", "actor", "comment", "content_hash")
    return tuple(plain_cell(str(decision[key])) for key in keys)


def totals_of(hashes: list[str], decisions: list[dict]) -> dict[str, Any]:
    """Counts of the tables in force, from the content that was decided: nothing is counted by hand."""
    contents = {decision["content_hash"]: decision["snapshot"] for decision in decisions if decision["snapshot"]}
    tables = [json.loads(contents[value]) for value in hashes if value in contents]
    rows = [(table["scope"], row) for table in tables for row in table["rows"]]
    levels = Counter(
        str(point["confirmed_level"] or point.get("proposed_level") or "未定级")
        for scope, row in rows
        if scope == "department"
        for point in row["points"]
    )
    return {
        "tables": len(tables),
        "points": sum(len(row["points"]) for _, row in rows),
        "measures": sum(len(row["measures"]) for _, row in rows),
        "department_points_by_level": dict(sorted(levels.items())),
        "points_by_category": dict(sorted(Counter(row["category"] for _, row in rows for _ in row["points"]).items())),
        "decisions": len(decisions),
    }


def _metadata(package: Package, manifest: dict) -> Iterator[str]:
    """Each version that was decided about is described, and each file kept beside a decision or version is here."""
    metadata = package.json(METADATA, dict)
    decisions = package.json(DECISIONS, list)
    known = {version["version_id"] for version in metadata["versions"]}
    if len(metadata["decisions"]) != len(decisions):
        yield f"“{METADATA}”与“{DECISIONS}”的条数不一致"
    for number, decision in enumerate(decisions, start=1):
        if decision["version_id"] not in known:
            yield f"“{METADATA}”里没有办理记录第 {number} 条的那一版（{decision['table']}）"
    here = {entry["sha256"] for entry in manifest["files"]}
    for number, decision in enumerate(metadata["decisions"], start=1):
        for kind, digest in decision["documents"].items():
            if digest not in here:
                yield f"办理记录第 {number} 条存档的 {kind} 不在包里"
    for version in metadata["versions"]:
        for scan in version["scans"]:
            if scan["sha256"] not in here:
                yield f"第 {version['number']} 版（编号 {version['version_id']}）的签字扫描件不在包里"
    numbers = _series(metadata)
    for series, given in numbers.items():
        if sorted(given) != list(range(1, len(given) + 1)):
            yield f"“{METADATA}”里 {series} 的编号不连续"
    known = {f"{series}-{number}" for series in numbers for number in numbers[series]}
    yield from _named(package, metadata, f"{manifest['year']}-", known)


def _series(metadata: dict) -> dict[str, list[int]]:
    """Numbers are given one after the other and never taken back: a series without one of them was cut."""
    numbers: dict[str, list[int]] = {}
    for rows in metadata.get("parts", {}).values():
        for row in rows:
            if "series" in row:
                numbers.setdefault(row["series"], []).append(row["sequence"])
    return numbers


def _named(package: Package, metadata: dict, year: str, known: set[str]) -> Iterator[str]:
    """Each matter of the year that its rows or its papers' titles name is registered; other years have their own."""
    told = set()
    for part, rows in metadata.get("parts", {}).items():
        told |= {(number, f"“{METADATA}”的“{part}”") for number in _numbers(rows)}
    for row in csv.DictReader(io.StringIO(package.text(CATALOGUE))):
        told |= {(number, f"“{CATALOGUE}”的 {row['档号']}") for number in OF_TITLE.findall(row["题名"])}
    for number, where in sorted(told):
        if number.startswith(year) and number not in known:
            yield f"{where}写到 {number}，包里的{MATTERS[number.split('-')[1]]}没有这个编号"


def _numbers(value: Any) -> Iterator[str]:
    """The numbers of matters by which rows name others; what people wrote in words is not looked at."""
    if isinstance(value, list):
        for item in value:
            yield from _numbers(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key in NAMES and isinstance(item, str) and MATTER.fullmatch(item):
                yield item
            elif not isinstance(item, str):
                yield from _numbers(item)


def _audit(package: Package, manifest: dict) -> Iterator[str]:
    """Each extract is an unbroken piece of its chain up to its head, and together they know each decision."""
    known: Counter = Counter()
    for place, ends in enumerate(manifest["earlier_audits"], start=1):
        yield from _extract(package, earlier_audit(place), ends, known)
    yield from _extract(package, AUDIT, manifest["audit"], known)
    for index, decision in enumerate(package.json(DECISIONS, list), start=1):
        said = decision["content_hash"], decision["comment"], decision.get("open_hash")
        # None where an opinion was given: the entry that tells it is covered.
        is_told = not decision.get("withheld")
        key = (str(decision["version_id"]), "version." + decision["action"], *said) if is_told else None
        if not known[key]:
            name = f"办理记录第 {index} 条（{decision['table']}，{decision['action_label']}）"
            yield f"{name}在审计记录里没有，或与之不符"
        known[key] -= 1


def _extract(package: Package, name: str, expected: dict, known: Counter) -> Iterator[str]:
    """One piece; what its open entries say of decisions is counted in `known`, under None how many are covered."""
    title = name[: -len(".jsonl")]
    previous, number = expected["previous_hash"], expected["first"] - 1
    count, at, has_salts = 0, "", False
    for line in filter(None, package.text(name).split("\n")):
        entry = parsed(line, name)
        count += 1
        given = entry.pop("hash")
        if entry["number"] != number + 1:
            yield f"{title}第 {entry['number']} 条之前有缺失：应为第 {number + 1} 条"
        if entry["previous_hash"] != previous:
            yield f"{title}第 {entry['number']} 条与前一条不相连"
        is_bare = set(entry) == BARE
        if not is_bare and sha256(canonical_json(_hashed(entry))) != given:
            yield f"{title}第 {entry['number']} 条的内容与校验值不符"
        # A trail gets salts once and for all: after that a bare entry could only hide a broken link.
        if has_salts and is_bare:
            yield f"{title}第 {entry['number']} 条只有校验值，无法核对"
        has_salts = has_salts or "salt" in entry or "digest" in entry
        previous, number, at = given, entry["number"], entry.get("at", "")
        if "action" in entry:
            verb = FORMER_VERBS.get(entry["action"], entry["action"])
            known[(entry["object_id"], verb) + _spoken(entry["detail"])] += 1  # noqa: RUF005 - Python 3.8 knows no star here
        else:
            known[None] += 1
    if count != expected["entries"]:
        yield f"{title}应有 {expected['entries']} 条，实有 {count} 条"
    head = expected["head"]
    if (head["number"], head["hash"], head["at"]) != (number, previous, at):
        yield f"{title}的末条与链首不符：应到第 {head['number']} 条，实到第 {number} 条，末尾可能被截去或改动"


def _hashed(entry: dict) -> dict:
    """What an entry's hash is taken of: its links and the digest of what it says; without a salt all of it directly.

    A covered entry gives the digest alone. One without a salt, from before there were any, can only be given bare: the
    hashes beside it hold it in its place.
    """
    if "salt" not in entry:
        return entry
    said = {key: value for key, value in entry.items() if key not in BARE}
    links = {key: entry[key] for key in BARE}
    return dict(links, digest=sha256(canonical_json(said)))


def _spoken(detail: dict) -> tuple:
    """What an audit entry says of the content and the opinion; only those of decisions say it in words."""
    said = tuple(detail.get(key, detail.get(former)) for key, former in FACTS)
    if not all(isinstance(part, str) for part in said[:2]):
        return None, None, None
    return said


def main(arguments: list[str]) -> int:
    """Check one archive and say so; 0 when it is whole, 1 when not, 2 when called wrongly."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # an old console may lack a character
    if len(arguments) > 1:
        sys.stderr.write("用法：python 核验.py [档案包.zip 或解压后的文件夹]\n")
        return 2
    path = Path(arguments[0]) if arguments else Path(__file__).resolve().parent
    if not path.exists():
        sys.stderr.write(f"找不到“{path}”。\n")
        return 2
    faults = verify(path)
    if faults:
        sys.stdout.write(f"“{path.name}”有 {len(faults)} 处不对：\n")
        sys.stdout.writelines(f"  {number}. {fault}\n" for number, fault in enumerate(faults, start=1))
    else:
        sys.stdout.write(f"“{path.name}”完整无误。这里核对公开的校验链，不核对封签：封签的密钥不随档案。\n")
    return 1 if faults else 0


if __name__ == "__main__":
    result = main(sys.argv[1:])
    if os.name == "nt" and len(sys.argv) == 1 and sys.stdin is not None and sys.stdin.isatty():
        input("按回车键关闭。")
    sys.exit(result)
