"""An archive read back into an empty installation is the year it was made of."""

import json
import zipfile
from io import StringIO

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from departments.enums import Role
from departments.models import Department, RoleGrant, School, User
from riskcontrol import audit, seals
from riskcontrol.models import AuditEntry, StoredFile
from riskpoints.archives import importing, verifier
from riskpoints.archives.importing import import_archive
from riskpoints.archives.records import ArchiveError
from riskpoints.enums import Action, Status
from riskpoints.evidence import record
from riskpoints.evidence.verification import verify_register
from riskpoints.models import ControlTable, Cycle, Decision, Remark, RiskPoint, TableVersion
from riskpoints.tables import papers, starting, workflow
from riskpoints.tables.workflow import WorkflowError
from riskpoints.verbs import RegisterVerb
from tests.access.reading import words_in
from tests.factories import make_department, make_user
from tests.riskpoints.archives import worlds
from tests.riskpoints.archives.packing import SCAN, build, falsify, forge, repack, smudge, unpacked


def faults():
    return [f"{fault.about}：{fault.reason}" for fault in verify_register()]


@pytest.fixture(params=["open", "closed"])
def package(request, packages):
    return getattr(packages, request.param)


def test_every_row_and_every_paper_comes_back(package):
    imported = import_archive(package.path)
    assert worlds.described(imported.cycle) == package.rows
    assert faults() == []
    assert (imported.tables, imported.decisions) == (4, len(package.rows["Decision"]))
    assert imported.cycle.is_closed == ("closed" in package.path.name)


def test_a_package_of_the_former_format_is_read_as_before_and_shows_no_more_now(packages, tmp_path):
    assert verifier.verify(packages.former.path) == []
    cycle = import_archive(packages.former.path, head=packages.former.head).cycle
    assert faults() == []
    assert set(TableVersion.objects.values_list("status", flat=True)) == {
        "draft",
        "submitted",
        "confirmed",
        "discarded",
    }
    assert RiskPoint.objects.filter(likelihood__isnull=False).exists()
    assert Remark.objects.exists()
    build(cycle, tmp_path / "again.zip")
    words = words_in((tmp_path / "again.zip").read_bytes())
    assert "费用不清" in words_in(packages.former.content)
    assert not [word for word in ("费用不清", "整表意见", "likelihood", "proposed_reason") if word in words]
    assert list(verify_register(printed=[packages.former.head])) == []


def test_an_archive_of_what_came_back_is_the_same_to_the_last_byte(package, tmp_path):
    imported = import_archive(package.path)
    build(imported.cycle, tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == package.content
    School.objects.update(full_name="改名后的学校")
    built = build(imported.cycle, tmp_path / "renamed.zip")
    assert (tmp_path / "renamed.zip").read_bytes() == package.content
    assert built.printed == {}


def test_people_come_without_power(package):
    there = make_user("1007", "另一个审核员", Role.REVIEWER)
    imported = import_archive(package.path)
    came = User.objects.exclude(pk=there.pk)
    assert imported.accounts == came.count() > 2
    assert set(came.values_list("is_active", flat=True)) == {False}
    assert not any(user.has_usable_password() for user in came)
    assert authenticate(username="1001", password="") is None
    assert list(RoleGrant.objects.values_list("user", "role")) == [(there.pk, Role.REVIEWER)]
    there.refresh_from_db()
    assert (there.is_active, there.real_name) == (True, "另一个审核员")
    version = TableVersion.objects.filter(reviewed_by=there).first()
    assert version.decisions.get(action="approve").actor_name == "纪委审核员"


def test_the_trail_begins_anew_with_one_entry_that_leads_to_the_old_one(package):
    import_archive(package.path)
    entry = AuditEntry.objects.get()
    manifest = json.loads(unpacked(package.path)["manifest.json"])
    piece = entry.detail[record.EXTRACTS][0]
    assert (entry.action, entry.number, entry.object_label) == (RegisterVerb.YEAR_IMPORT, 1, str(Cycle.objects.get()))
    assert entry.detail["审计链首"] == f"{package.head.number}:{package.head.hash}"
    (key,) = seals.held_keys()
    assert entry.detail["封签"] == f"随档案来的只有公开的校验链；从这里起用密钥 {key.name}"
    assert entry.seal_key == key.name
    parts = b"".join(unpacked(package.path).values())
    assert not [word for word in (key.name, key.secret.hex(), entry.seal) if word.encode() in parts]
    assert manifest["audit"]["head"]["hash"] == package.head.hash
    kept = StoredFile.objects.get(sha256=piece)
    assert bytes(kept.content) == unpacked(package.path)["审计记录.jsonl"]


def enabled_head():
    """Let the administrator enable the head of 总务处 again and give the role back."""
    User.objects.filter(staff_number="1001").update(is_active=True)
    head = User.objects.get(staff_number="1001")
    RoleGrant.objects.create(user=head, role=Role.HEAD, department=Department.objects.get(name="总务处"))
    return head


def go_on(path, target):
    """Import an open year, begin a revision, add a scan to what is in force, and archive the year again."""
    cycle = import_archive(path).cycle
    version = ControlTable.objects.get(department__name="总务处").in_force
    draft = starting.open_revision(version, reason="接着办理", actor=enabled_head())
    papers.add_scan(version, SCAN + b"3", "pdf", actor=make_user("2222", "办公室新人", Role.OFFICE))
    workflow.perform(Action.DISCARD, draft, actor=draft.created_by, comment="不修订了")
    build(cycle, target)
    return worlds.described(cycle)


def test_the_head_on_paper_is_known_after_the_import(package):
    import_archive(package.path)
    assert list(verify_register(printed=[package.head])) == []
    other = audit.Head(package.head.number, "0" * 64)
    assert [fault.reason for fault in verify_register(printed=[other])] == ["以前印出的链首在记录里找不到，末尾被截去"]


@pytest.mark.long
def test_an_open_year_goes_on_with_two_trails(packages, tmp_path):
    with transaction.atomic():
        rows = go_on(packages.open.path, tmp_path / "a.zip")
        assert faults() == []
        last = AuditEntry.objects.get(action=RegisterVerb.ADD_SCAN).hash
        transaction.set_rollback(True)
    manifest = json.loads(unpacked(tmp_path / "a.zip")["manifest.json"])
    assert [piece["head"]["hash"] for piece in manifest["earlier_audits"]] == [packages.open.head.hash]
    assert manifest["audit"]["head"]["hash"] == last
    again = import_archive(tmp_path / "a.zip").cycle
    assert worlds.described(again) == rows
    assert faults() == []
    build(again, tmp_path / "b.zip")
    assert (tmp_path / "b.zip").read_bytes() == (tmp_path / "a.zip").read_bytes()


def test_an_earlier_trail_is_checked_like_the_last(packages, tmp_path):
    with transaction.atomic():
        go_on(packages.open.path, tmp_path / "a.zip")
        transaction.set_rollback(True)
    files = unpacked(tmp_path / "a.zip")
    name = verifier.earlier_audit(1)
    lines = files[name].decode().splitlines()
    files[name] = ("\n".join(lines[:-1]) + "\n").encode()
    found = verifier.verify(forge(tmp_path / "a.zip", files))
    assert found[0] == f"审计记录_导入前_1应有 {len(lines)} 条，实有 {len(lines) - 1} 条"
    assert "审计记录_导入前_1的末条与链首不符" in found[1]


def test_new_rows_get_numbers_after_those_that_came(packages):
    import_archive(packages.open.path)
    assert Department.objects.create(name="新设处").pk > max(row["pk"] for row in packages.open.rows["Department"])
    assert Cycle.objects.count() == 1


def test_nothing_of_a_closed_year_can_be_written(packages):
    import_archive(packages.closed.path)
    version = ControlTable.objects.get(department__name="总务处").in_force
    with pytest.raises(WorkflowError, match="已经归档关闭"):
        starting.open_revision(version, reason="改一改", actor=enabled_head())
    assert set(TableVersion.objects.values_list("status", flat=True)) == {Status.CONFIRMED}
    with pytest.raises(IntegrityError), connection.cursor() as cursor, transaction.atomic():
        cursor.execute("UPDATE riskpoints_riskpoint SET text = 'x' WHERE version_id = %s", [version.pk])


# ---- what is refused ---------------------------------------------------------------------------------------------


def nothing_came():
    return not any(model._default_manager.exists() for model in (*importing.WHAT_MUST_BE_EMPTY, AuditEntry, StoredFile))


def test_it_goes_into_an_empty_installation_only(packages):
    make_department("总务处")
    with pytest.raises(ArchiveError, match="数据库里已有部门，档案只能导入没有数据的系统"):
        import_archive(packages.open.path)
    assert not Cycle.objects.exists()


def test_a_damaged_package_is_refused(packages):
    files = unpacked(packages.open.path)
    smudge(files)
    with pytest.raises(ArchiveError, match=r"有 1 处不对，不能导入：“说明\.txt”的内容已被改动"):
        import_archive(repack(packages.open.path, files))
    assert nothing_came()


def test_another_head_than_the_one_on_paper_is_refused(packages):
    head = packages.open.head
    with pytest.raises(ArchiveError, match=f"审计链首是 {head.number}:{head.hash}，与给出的不符"):
        import_archive(packages.open.path, head=audit.Head(head.number, "0" * 64))
    assert nothing_came()
    import_archive(packages.open.path, head=head)


def change(package, edit):
    """Change the metadata of a package so that the verifier finds nothing."""
    files = unpacked(package.path)
    facts = json.loads(files["元数据.json"])
    edit(facts)
    files["元数据.json"] = json.dumps(facts, ensure_ascii=False).encode()
    return forge(package.path, files)


def without_posts(facts):
    del facts["posts"]


def another_point(facts):
    facts["versions"][0]["rows"]["points"][0][0] = "0" * 32


def another_post(facts):
    next(row for version in facts["versions"] if version["rows"] for row in version["rows"]["points"])[2] = 10**6


def another_owner(facts):
    version = next(version for version in facts["versions"] if version["status"] == "confirmed")
    version["owner_name"] = "别的处"


def no_signer(facts):
    next(version for version in facts["versions"] if version["status"] == "confirmed")["signer_name"] = ""


@pytest.mark.parametrize("edit", [without_posts, another_point, another_post, another_owner, no_signer])
def test_metadata_that_do_not_fit_the_decisions_are_refused_whole(packages, edit):
    path = change(packages.open, edit)
    assert verifier.verify(path) == []
    with pytest.raises(ArchiveError):
        import_archive(path)
    assert nothing_came()
    assert not User.objects.exists()


def test_an_administrator_who_reviewed_is_told_to_take_another_number(packages):
    make_user("1007", "系统管理员", Role.ADMIN)
    with pytest.raises(ArchiveError, match="工号 1007 在这里是系统管理员，而档案里这个人审核或确定过防控表"):
        import_archive(packages.open.path)
    assert nothing_came()


def test_what_was_changed_after_the_import_is_found(packages):
    import_archive(packages.open.path)
    piece = StoredFile.objects.get(sha256=AuditEntry.objects.get().detail[record.EXTRACTS][0])
    decision = Decision.objects.filter(action="approve").first()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM riskpoints_storeddocument")
            cursor.execute("DELETE FROM riskpoints_decision WHERE id = %s", [decision.pk])
        assert any("对应的办理记录不见了" in fault for fault in faults())
        transaction.set_rollback(True)
    assert faults() == []
    falsify(piece, content=bytes(piece.content).replace(b"approve", b"x"))
    falsify(piece, content=b"{}")
    assert any(fault.startswith("随年度档案导入的记录：存档文件与登记时的校验值不符") for fault in faults())


# ---- the command -------------------------------------------------------------------------------------------------


def test_the_command_imports_and_says_what_comes_next(packages):
    out = StringIO()
    head = packages.closed.head
    call_command("import_archive", packages.closed.path, "--head", f"{head.number}:{head.hash}", stdout=out)
    said = out.getvalue()
    assert "（已关闭，不再改动）：4 张表" in said
    assert f"导入的审计记录到 {head.number}:{head.hash}" in said
    assert "createsuperuser" in said
    with pytest.raises(CommandError, match="数据库里已有"):
        call_command("import_archive", packages.closed.path)
    with pytest.raises(CommandError, match="找不到"):
        call_command("import_archive", packages.closed.path.with_name("没有.zip"))


def test_an_unpacked_package_is_not_imported(packages, tmp_path):
    with zipfile.ZipFile(packages.open.path) as package:
        package.extractall(tmp_path / "解压")
    with pytest.raises(CommandError, match="不是解压后的文件夹"):
        call_command("import_archive", tmp_path / "解压")


def test_the_verifying_command_knows_what_was_imported(packages):
    import_archive(packages.open.path)
    out = StringIO()
    call_command("verify_archive", packages.open.path, stdout=out)
    assert "与本系统导入的" in out.getvalue()
