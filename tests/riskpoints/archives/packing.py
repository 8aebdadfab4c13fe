"""Building, opening and damaging archives for these tests."""

import csv
import hashlib
import io
import json
import zipfile
from types import SimpleNamespace

from django.db import connection

from riskcontrol.audit import canonical_json
from riskcontrol.models import AuditEntry
from riskpoints.archives import builder, verifier
from riskpoints.archives.catalogue import csv_bytes
from riskpoints.archives.papers import decisions_csv, json_bytes
from riskpoints.archives.records import ENTRY, AuditExtract
from riskpoints.enums import Action, Status
from riskpoints.evidence import year_facts
from riskpoints.tables import workflow
from riskpoints.verbs import RegisterFact, verb_of
from tests.factories import bring_to, paper_signature

SCAN = b"%PDF-1.4 scan of a signed sheet\n%%EOF"


def confirm(table, people, *, scan=b""):
    """Bring a table in force, with the scan of its signed paper."""
    version = bring_to(Status.REVIEWED, table, people)
    signature = paper_signature(**({"scan": scan} if scan else {}))
    second = people.second_office if table.is_school else people.office
    return workflow.perform(Action.CONFIRM, version, actor=second, signature=signature)


def build(cycle, path, steps=None, **options):
    """Build straight to a file; `steps` collects the progress."""
    report = steps.append if steps is not None else lambda progress: None
    return builder.build(cycle.year, path, report, **options)


def unpacked(path):
    """Return {name: bytes} in the order of the zip."""
    with zipfile.ZipFile(path) as package:
        return {info.filename: package.read(info) for info in package.infolist()}


def repack(path, files):
    """Write these files as a zip in the same place."""
    with zipfile.ZipFile(path, "w") as package:
        for name, data in files.items():
            package.writestr(name, data)
    return path


def smudge(files):
    """Change one bit of 说明.txt."""
    data = bytearray(files["说明.txt"])
    data[100] ^= 1
    files["说明.txt"] = bytes(data)


def forge(path, files, *, change_manifest=None):
    """Write changed files with a manifest and a checklist that fit them: what only the deep checks can tell."""
    manifest = json.loads(files[verifier.MANIFEST])
    for entry in manifest["files"]:
        data = files[entry["path"]]
        entry["size"], entry["sha256"] = len(data), hashlib.sha256(data).hexdigest()
    if change_manifest:
        change_manifest(manifest)
    files[verifier.MANIFEST] = json.dumps(manifest, ensure_ascii=False).encode()
    listed = {name: data for name, data in files.items() if name != verifier.CHECKLIST}
    files[verifier.CHECKLIST] = "".join(
        f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in listed.items()
    ).encode()
    return repack(path, files)


def as_formerly(cycle, path):
    """Write a package as the first format had it: every decision with its snapshot, all facts, the whole trail."""
    files = unpacked(path)
    facts, decisions = year_facts.facts_of_year(cycle), list(year_facts.decisions_of(cycle))
    for row in facts["decisions"]:
        row["documents"] = {}  # the forms that were kept on the way are not in a package of today
    lines = [
        canonical_json({name: getattr(entry, name) for name in ENTRY}) + "\n"
        for entry in AuditEntry.objects.order_by("number")
    ]
    told = [
        year_facts.plain(
            {
                "table_id": row.version.table_id,
                "version_id": row.version_id,
                "table": row.version.table.owner_name,
                "version": row.version.number,
                "action": row.action,
                "action_label": row.get_action_display(),
                "actor": row.actor_name,
                "actor_number": row.actor.staff_number,
                "at": row.at,
                "comment": row.comment,
                "content_hash": row.content_hash,
                "snapshot": row.snapshot,
                "open_hash": told_hash(row),
            }
        )
        for row in decisions
    ]
    files[verifier.AUDIT] = "".join(lines).encode()
    files[verifier.METADATA], files[verifier.DECISIONS] = json_bytes(facts), json_bytes(told)
    files[verifier.DECISIONS_TABLE] = decisions_csv(SimpleNamespace(decisions=told))

    def change(manifest):
        manifest["format"] = verifier.FORMER_FORMAT
        manifest["audit"] = AuditExtract.of(files[verifier.AUDIT]).ends
        hashes = [table["content_hash"] for table in manifest["tables"]]
        manifest["totals"] = verifier.totals_of(hashes, told)

    return forge(path, files, change_manifest=change)


def told_hash(decision):
    """Return the hash of the open part as the trail tells it."""
    entries = AuditEntry.objects.filter(object_id=str(decision.version_id), action=verb_of(decision.action))
    return next(
        (
            e.detail.get(RegisterFact.OPEN_HASH)
            for e in entries
            if e.detail[RegisterFact.CONTENT_HASH] == decision.content_hash
        ),
        None,
    )


def rows(data):
    """Return the rows of a .csv as dicts."""
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def csv_of(table):
    """Write rows back as the program writes them."""
    return csv_bytes(tuple(table[0]), [tuple(row.values()) for row in table])


def falsify(row, **values):
    """Change a row behind the program's back, triggers included; the test's rollback brings all of it back."""
    table = row._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table])
            for (name,) in cursor.fetchall():
                cursor.execute(f'DROP TRIGGER "{name}"')
        for column, value in values.items():
            cursor.execute(f'UPDATE "{table}" SET "{column}" = %s WHERE id = %s', [value, row.pk])  # noqa: S608
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = DEFAULT")
