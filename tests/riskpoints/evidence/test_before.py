"""What was decided before entries had keys still verifies and is still found, whatever it is called today."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.test import Client

from departments import rights
from departments import services as organisation
from departments.enums import Role
from departments.models import User
from departments.verbs import OrganisationVerb
from riskcontrol import audit, sealing, verbs
from riskcontrol.backup import canonical
from riskcontrol.models import AuditEntry
from riskcontrol.verbs import SystemVerb
from riskpoints.archives import builder, verifier
from riskpoints.archives.importing import import_archive
from riskpoints.evidence import trail
from riskpoints.evidence.verification import verify_decided, verify_register
from riskpoints.models import ControlTable, Decision
from riskpoints.verbs import DECISIONS, FORMER, RegisterFact, RegisterVerb
from tests import before
from tests.riskpoints.archives.packing import falsify
from tests.riskpoints.archives.test_verifier_alone import run_alone

ROOT = Path(settings.BASE_DIR)


@pytest.fixture
def register(db, tmp_path, settings):
    """Return the user of before who is 审计员, in the register of before."""
    settings.VAR_DIR = tmp_path / "var"
    settings.VAR_DIR.mkdir()
    before.load()
    ContentType.objects.clear_cache()
    yield User.objects.filter(grants__role=Role.AUDITOR).first()
    ContentType.objects.clear_cache()


def test_its_entries_have_captions_in_the_place_of_keys(register):
    written = set(AuditEntry.objects.values_list("action", flat=True))
    assert len(written) > 30
    assert not written & {verb.value for enum in verbs.Verb.__subclasses__() for verb in enum}
    assert {verbs.key_of(action) for action in written}.isdisjoint(written)


def test_the_register_verifies_and_can_go_on(register):
    assert Decision.objects.count() > 10
    assert [fault.reason for fault in verify_register()] == [f"第 1–{audit.stored_head().number} 条没有封签"]
    sealing.begin(sealing.FIRST)  # as an upgrade does
    assert list(verify_register()) == []
    audit.record(SystemVerb.LOGIN, actor=register)
    assert list(verify_register()) == []


def test_what_is_changed_in_it_is_still_found(register):
    decision = Decision.objects.filter(action="confirm").first()
    entries = AuditEntry.objects.of(RegisterVerb.CONFIRM).filter(object_id=str(decision.version_id))
    entry = next(entry for entry in entries if entry.said(RegisterFact.CONTENT_HASH) == decision.content_hash)
    falsify(entry, action="退回修改")
    reasons = {fault.reason for fault in verify_register()}
    assert {"内容与校验值不符", "审计记录里没有这次办理", "对应的办理记录不见了"} <= reasons


def test_the_trail_finds_old_and_new_entries_by_one_verb(register):
    old = set(AuditEntry.objects.filter(action="登录").values_list("pk", flat=True))
    assert old
    new = audit.record(SystemVerb.LOGIN, actor=register)
    client = Client()
    client.force_login(register)
    found = AuditEntry.objects.of(SystemVerb.LOGIN)
    for asked in ("user.login", "登录"):
        page = client.get("/audit/", {"action": asked})
        shown = {line.entry.pk for line in page.context["lines"]}
        assert old | {new.pk} <= shown
        assert shown == set(found.values_list("pk", flat=True))
        assert page.context["ignored"] == []
    options = trail.known_verbs()
    assert len({verb for verb, _ in options}) == len(options) == len({caption for _, caption in options})


def test_changes_of_rights_are_listed_with_the_old_ones(register):
    old = list(rights.entries())
    wanted = {
        verbs.key_of(entry.action)
        for entry in AuditEntry.objects.filter(succeeded=True)
        if verbs.key_of(entry.action) in set(rights.VERBS)
    }
    assert (
        {entry.verb for entry in old}
        == wanted
        >= {
            OrganisationVerb.ROLE_CREATE,
            OrganisationVerb.ROLE_REMOVE,
            OrganisationVerb.RESET_PASSWORD,
            OrganisationVerb.GROUP_LIST,
        }
    )
    told = {rights.told(entry).verb for entry in old}
    assert {"新建账号", "增加角色", "取消角色", "重置密码", "修改领导小组名单"} <= told
    assert ["列入 成员 新成员"] in [rights.told(entry).details for entry in old]
    organisation.reset_password(register, actor=None)
    assert [entry.pk for entry in rights.entries()][1:] == [entry.pk for entry in old]


def test_the_archive_verifies_with_the_verifier_of_today_and_its_own(tmp_path):
    assert verifier.verify(before.ARCHIVE) == []
    script = tmp_path / "核验.py"
    script.write_bytes(b"".join(verifier.Package(before.ARCHIVE).chunks("核验.py")))
    alone = run_alone(tmp_path / "空", script, before.ARCHIVE)
    assert (alone.returncode, alone.stderr) == (0, "")


def test_the_verifier_reads_old_captions_as_the_program_does():
    decisions = {caption: verb.value for caption, verb in FORMER.items() if verb in DECISIONS}
    assert decisions == verifier.FORMER_VERBS


def test_the_archive_can_be_imported_and_archived_again(db, tmp_path, settings):
    settings.VAR_DIR = tmp_path / "var"
    settings.VAR_DIR.mkdir()
    cycle = import_archive(before.ARCHIVE).cycle
    assert list(verify_decided()) == [] == list(verify_register())
    assert ControlTable.objects.filter(cycle=cycle, in_force__isnull=False).count() == 3
    path = tmp_path / "again.zip"
    builder.build(cycle.year, path, lambda progress: None)
    assert verifier.verify(path) == []


def test_a_decision_of_an_imported_year_is_missed_when_it_is_gone(db, tmp_path, settings):
    settings.VAR_DIR = tmp_path / "var"
    settings.VAR_DIR.mkdir()
    import_archive(before.ARCHIVE)
    decision = Decision.objects.filter(action="confirm").first()
    falsify(decision, action="record")
    reasons = {fault.reason for fault in verify_decided()}
    assert {"审计记录里没有这次办理", "对应的办理记录不见了"} <= reasons


RENAMED = """
import json, os, sys
from django.db import models
from django.db.models import enums, options

OURS = {"riskcontrol", "departments", "riskpoints"}
if "RENAMED" in os.environ:
    new_enum, new_field = enums.ChoicesType.__new__, models.Field.__init__
    new_meta = options.Options.contribute_to_class

    def enum_of(*args, **kwargs):
        enum = new_enum(*args, **kwargs)
        for member in enum if enum.__module__.partition(".")[0] in OURS else ():
            member._label_ = f"新的说法{member.value}"
        return enum

    def field_of(self, verbose_name=None, *args, **kwargs):
        new_field(self, verbose_name and f"新的{verbose_name}", *args, **kwargs)

    def meta_of(self, cls, name):
        new_meta(self, cls, name)
        self.verbose_name = self.verbose_name_plural = f"新的{cls.__name__}"

    enums.ChoicesType.__new__ = enum_of
    models.Field.__init__ = field_of
    options.Options.contribute_to_class = meta_of

import django
django.setup()
from pathlib import Path
from django.test import Client
from django.test.utils import setup_test_environment
from departments import rights
from departments.enums import Role
from departments.models import Department, User
from riskcontrol.models import AuditEntry
from riskpoints.archives import builder, verifier
from riskpoints.enums import Action
from riskpoints.evidence import trail
from riskpoints.evidence.verification import verify_register
from riskpoints.models import Cycle

setup_test_environment()
client = Client()
auditor = User.objects.filter(grants__role=Role.AUDITOR).first()
found = {"faults": [f"{fault.about}{fault.reason}" for fault in verify_register()], "audit": {}}
found["caption"], found["name"] = Action.CONFIRM.label, Department._meta.verbose_name
client.force_login(auditor)
for verb in ("version.confirm", "user.create", "point.add"):
    page = client.get("/audit/", {"action": verb})
    found["audit"][verb] = [line.entry.number for line in page.context["lines"]]
logins = AuditEntry.objects.filter(action="user.login")
old = AuditEntry.objects.exclude(pk__in=logins)
found["trail"] = {verb: old.of(verb).count() for verb, _ in trail.known_verbs()}
client.force_login(User.objects.filter(grants__role=Role.REVIEWER).first())
found["rights"] = [change.entry.number for change in client.get("/organisation/rights/").context["changes"]]
found["archive"] = verifier.verify(Path(sys.argv[2]))
if "RENAMED" in os.environ:
    year, path = Cycle.objects.exclude(closed_at=None).get().year, Path(sys.argv[1])
    builder.build(year, path, lambda progress: None)
    found["archive"] += verifier.verify(path)
print(json.dumps(found))
"""


def _run(folder, **environment):
    """What a program says of the register of before; `RENAMED` gives everything other captions before it starts."""
    folder.mkdir()
    with before.opened(folder):
        pass
    script, archive = folder / "ask.py", folder / "made.zip"
    script.write_text(RENAMED, encoding="utf-8")
    environment |= {
        "DATABASE_URL": f"sqlite:///{folder / 'before.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "PYTHONPATH": str(ROOT),
        "TEST_RUN_DIR": str(folder),
        "SEAL_KEYS_FILE": "",
    }
    command = [sys.executable, str(script), str(archive), str(before.ARCHIVE)]
    done = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.shared
@pytest.mark.shared
def test_renaming_every_caption_changes_nothing(db, tmp_path):
    """Labels of enums, names of fields and models: what was decided verifies, and pages show the same."""
    plain, renamed = _run(tmp_path / "plain"), _run(tmp_path / "renamed", RENAMED="1")
    assert (plain["caption"], renamed["caption"]) == ("确定", "新的说法confirm")
    assert (plain["name"], renamed["name"]) == ("部门", "新的Department")
    assert renamed["faults"] == renamed["archive"] == []
    assert len(plain["trail"]) > 30
    assert all(plain["audit"].values())
    archive, alone = tmp_path / "renamed" / "made.zip", tmp_path / "核验.py"
    alone.write_bytes(b"".join(verifier.Package(archive).chunks("核验.py")))
    assert run_alone(tmp_path / "空", alone, archive).returncode == 0
    for said in (plain, renamed):
        del said["caption"], said["name"]
    assert renamed == plain


def test_nothing_that_is_stored_names_a_module(register):
    """So that a module can be moved: no text, no JSON and no session of a register knows where code lies."""
    client = Client()
    client.force_login(register)
    files = [
        path for package in ("riskcontrol", "departments", "riskpoints") for path in (ROOT / package).rglob("*.py")
    ]
    names = {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in files}
    modules = {name for name in names if "." in name and ".migrations" not in name}
    stored = [line.decode() for line in _dumped()]
    stored += [json.dumps(client.session.load())]
    written = re.compile(r"(?<![\w./])(?:riskcontrol|departments|riskpoints)(?:\.[A-Za-z_]\w*)+")
    found = {name for text in stored for name in written.findall(text)}
    assert "riskpoints.tableversion" in found  # the pattern finds what there is: labels of models, which stay
    assert {name for name in found if _is_in(name, modules)} == set()


def _dumped():
    lines = []
    canonical.dump(lines.append)
    return [line for line in lines if b'"table":"riskcontrol.storedfile"' not in line]


def _is_in(name, modules):
    return any(name == module or name.startswith(f"{module}.") for module in modules)
