"""Building, opening and damaging archives for these tests."""

import csv
import hashlib
import io
import json
import zipfile

from django.db import connection

from riskpoints import workflow
from riskpoints.archives import builder, verifier
from riskpoints.archives.catalogue import csv_bytes
from riskpoints.enums import Action, Status
from tests.factories import bring_to, paper_signature

SCAN = b"%PDF-1.4 scan of a signed sheet\n%%EOF"


def confirm(table, people, *, scan=b""):
    """Bring a table in force, with the scan of its signed paper."""
    version = bring_to(Status.REVIEWED, table, people)
    signature = paper_signature(scan=scan, scan_suffix="pdf")
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
