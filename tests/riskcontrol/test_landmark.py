"""A trail that is shorter than it was is noticed, however consistent it is in itself."""

import json

import pytest
from django.core.management import call_command

from riskcontrol import audit, landmark
from riskcontrol.backup import making
from riskcontrol.models import AuditEntry, AuditHead
from riskcontrol.verbs import SystemVerb
from riskcontrol.web import health
from riskpoints.evidence.verification import verify_register

pytestmark = pytest.mark.django_db


def emptied():
    """Empty the trail as flush would have."""
    AuditEntry.objects.all()._raw_delete("default")
    AuditHead.objects.all().delete()


def verified():
    try:
        call_command("verify_register")
    except SystemExit as error:
        return error.code
    return 0


def test_what_was_verified_is_remembered_and_may_grow():
    audit.record(SystemVerb.LOGIN)
    assert verified() == 0
    assert json.loads(landmark.path().read_text())["number"] == 1
    audit.record(SystemVerb.LOGOUT)
    assert landmark.fault() is None
    assert verified() == 0
    assert json.loads(landmark.path().read_text())["number"] == 2


def test_an_emptied_register_is_not_whole(capsys):
    audit.record(SystemVerb.LOGIN)
    audit.record(SystemVerb.LOGOUT)
    assert verified() == 0
    emptied()
    assert verified() == 1
    assert "审计记录：现在到第 0 条，而" in capsys.readouterr().err
    # Nor once others have begun anew in it.
    audit.record(SystemVerb.LOGIN)
    (fault,) = verify_register()
    assert "核验时已有 2 条" in fault.reason
    assert "请用备份恢复" in fault.reason
    assert str(landmark.path()) in fault.reason
    with pytest.raises(health.NotReadyError, match="核验时已有 2 条"):
        health._audit_head_is_readable()
    landmark.path().unlink()
    assert verified() == 0


def test_another_register_of_the_same_length_is_not_the_same():
    audit.record(SystemVerb.LOGIN)
    landmark.remember()
    emptied()
    audit.record(SystemVerb.LOGIN)
    assert "现在到第 1 条" in landmark.fault()


def test_an_empty_trail_is_never_whole(capsys):
    assert verified() == 1
    assert "审计记录是空的" in capsys.readouterr().err
    assert not landmark.path().exists()


def test_a_file_that_can_not_be_read_is_told():
    audit.record(SystemVerb.LOGIN)
    landmark.path().write_text("?")
    assert "读不出来" in landmark.fault()


def test_a_folder_that_can_not_be_written_keeps_nobody_from_verifying(settings, tmp_path):
    audit.record(SystemVerb.LOGIN)
    settings.VAR_DIR = tmp_path / "nowhere"
    assert verified() == 0


def test_the_auditors_page_remembers_as_well(client, auditor, school):
    client.force_login(auditor)
    audit.record(SystemVerb.LOGIN)
    client.post("/audit/verify/")
    assert json.loads(landmark.path().read_text())["number"] == audit.stored_head().number
    emptied()
    audit.record(SystemVerb.LOGIN)
    assert "请用备份恢复" in client.post("/audit/verify/").content.decode()


def test_names_of_backups_sort_by_time(tmp_path):
    names = ["register-20261128T010000Z.zip", "register-20261128T010000Z-1.zip", "register-20261128T010000Z-10.zip"]
    names += ["register-20261128T010000Z-2.zip", "register-20261127T010000Z.zip"]
    assert [path.name for path in sorted((tmp_path / name for name in names), key=making._age)] == [
        "register-20261127T010000Z.zip",
        "register-20261128T010000Z.zip",
        "register-20261128T010000Z-1.zip",
        "register-20261128T010000Z-2.zip",
        "register-20261128T010000Z-10.zip",
    ]
