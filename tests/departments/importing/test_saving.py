"""The organisation's workbook: compared, saved as one or not at all, asked about, refused as on the screens."""

import threading
from io import BytesIO

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from departments.enums import DepartmentKind, Role
from departments.importing import saving
from departments.importing.lines import State
from departments.importing.reading import read_sheets
from departments.importing.template import existing, workbook_of
from departments.importing.work import Orders
from departments.models import Appointment, Department, GroupMember, Post, RoleGrant, User
from departments.models.structure import KIND_STAYS
from departments.notices import unread
from departments.verbs import OrganisationVerb
from riskcontrol.models import AuditEntry
from riskcontrol.paper.excel_reading import read_workbook
from tests.departments.importing import school
from tests.factories import make_user


@pytest.fixture
def actor(db):
    return make_user("900", "管理员甲", Role.ADMIN)


def book(content=None, **sheets):
    return read_sheets(read_workbook(content or workbook_of(sheets)), "学校.xlsx", "0" * 64)


def rehearse(actor, orders=None, **sheets):
    return saving.rehearse(book(**sheets), orders or Orders(), actor=actor)


def save(actor, orders=None, content=None, **sheets):
    found, orders = book(content, **sheets), orders or Orders()
    seen = saving.digest(saving.rehearse(found, orders, actor=actor))
    made = []
    work, paper = saving.save(
        found, orders, seen=seen, actor=actor, paper=lambda issued: made.extend(issued) or b"paper"
    )
    assert paper == (b"paper" if made else b"")
    return work, made


def wrong(work):
    """Return {(sheet, row, column): messages}."""
    return {
        (line.kind.title, line.row.number, column): messages
        for lines in work.lines.values()
        for line in lines
        for column, messages in line.wrong.items()
    }


def test_a_whole_school_comes_in_at_once(actor, functions):
    work, issued = save(actor, content=school.workbook())
    assert wrong(work) == {}
    counts = (Department.objects.count(), Post.objects.count(), User.objects.count(), Appointment.objects.count())
    assert counts == (12, 45, 63, 45)
    assert [len(issued), len({made.password for made in issued})] == [62, 62]
    for made in issued[:3]:
        user = User.objects.get(staff_number=made.number)
        assert (user.check_password(made.password), user.must_change_password) == (True, True)
    assert GroupMember.objects.get(position="deputy").user.staff_number == "059"
    assert RoleGrant.objects.get(role=Role.PRINCIPAL).user.staff_number == "062"
    assert AuditEntry.objects.filter(action=OrganisationVerb.IMPORT).count() == 1


def test_what_is_exported_is_imported_without_a_change(actor, functions):
    save(actor, content=school.workbook())
    again = rehearse(actor, **existing())
    assert {line.state for lines in again.lines.values() for line in lines} == {State.SAME}
    assert (wrong(again), again.is_sound) == ({}, True)
    assert [len(lines) for lines in again.lines.values()] == [12, 45, 63, 45, 41, 3]


# ---- what exists is compared, changed where ticked, never deleted --------------------------------------------------


def states(work, sheet):
    return [line.state for line in work.lines[sheet]]


def test_an_existing_row_changes_only_where_it_is_ticked(actor, department, plain_post, functions):
    sheets = {
        "departments": [["总务处", "", "", "77", "", "", ""], ["新设处", "", "", "", "", "", ""]],
        "posts": [["总务处", "绿化管理员", "", "采购", "是", "", ""]],
    }
    before = (department.order, department.duties)
    save(actor, **sheets)
    department.refresh_from_db()
    assert ((department.order, department.duties), Department.objects.filter(name="新设处").exists()) == (before, True)
    assert list(plain_post.functions.all()) == []
    work, _ = save(actor, Orders(taken=frozenset({"posts-2"})), **sheets)
    assert (states(work, "departments"), states(work, "posts")) == ([State.CHANGED, State.SAME], [State.CHANGED])
    department.refresh_from_db()
    plain_post.refresh_from_db()
    assert (department.order, plain_post.is_key) == (before[0], True)
    assert [function.name for function in plain_post.functions.all()] == ["采购"]


def test_an_empty_cell_takes_nothing_away(actor, department, purchasing_post):
    work = rehearse(actor, departments=[["总务处"] + [""] * 6], posts=[["总务处", "采购员"] + [""] * 5])
    assert (states(work, "departments"), states(work, "posts")) == ([State.SAME], [State.SAME])


def test_a_rename_and_a_further_department_are_asked_of_an_account(actor, staff, other_department):
    rows = [["1003", "新姓名", "教务处"]]
    work = rehearse(actor, people=rows)
    assert [(change.old, change.new) for change in work.lines["people"][0].changes] == [
        ("总务处职工", "新姓名"),
        ("总务处", "教务处"),
    ]
    save(actor, Orders(taken=frozenset({"people-2"})), people=rows)
    staff.refresh_from_db()
    assert (staff.real_name, staff.grants.filter(role=Role.STAFF).count()) == ("新姓名", 2)


def test_an_address_for_mails_comes_in_and_goes_out_and_an_empty_cell_keeps_it(actor, staff):
    rows = [["1003", "总务处职工", "总务处", "ｚｇ＠school.cn"], ["2001", "李四", "", "lisi@school.cn"]]
    save(actor, people=rows)
    staff.refresh_from_db()
    assert (staff.email, User.objects.get(staff_number="2001").email) == ("", "lisi@school.cn")
    work, _ = save(actor, Orders(taken=frozenset({"people-2"})), people=rows)
    assert [(change.title, change.new) for change in work.lines["people"][0].changes] == [("邮箱", "zg@school.cn")]
    staff.refresh_from_db()
    assert (staff.email, staff.real_name) == ("zg@school.cn", "总务处职工")
    assert ["1003", "总务处职工", "总务处", "zg@school.cn"] in existing()["people"]
    assert states(rehearse(actor, people=[[*rows[0][:3], ""]]), "people") == [State.SAME]


def test_a_workbook_of_before_without_that_column_is_read(actor):
    old = openpyxl.load_workbook(BytesIO(workbook_of({"people": [["2001", "李四", "", "li@school.cn"]]})))
    old["人员"].delete_cols(4)
    kept = BytesIO()
    old.save(kept)
    save(actor, content=kept.getvalue())
    assert User.objects.get(staff_number="2001").email == ""


def test_another_head_of_a_department_is_a_change(actor, head, clerk, department):
    rows = [["1002", "", "部门负责人", "总务处"]]
    assert [str(change.old) for change in rehearse(actor, roles=rows).lines["roles"][0].changes] == [
        "总务处负责人（1001）"
    ]
    save(actor, Orders(taken=frozenset({"roles-2"})), roles=rows)
    assert [grant.user for grant in department.grants.filter(role=Role.HEAD)] == [clerk]


def test_a_term_that_ends_is_a_change_of_the_one_that_runs(actor, purchasing_post):
    rows = [["总务处", "采购员", "采购员任职人", "", "2020-9-1", "2026-8-31"]]
    save(actor, Orders(taken=frozenset({"appointments-2"})), appointments=rows)
    assert [str(term.until) for term in purchasing_post.appointments.all()] == ["2026-08-31"]


def test_a_term_of_the_group_loses_nobody(actor, group):
    row = ["本届领导小组", "", "", "成员", "成员乙", "", "", "", "", ""]
    save(actor, Orders(taken=frozenset({"group-2"})), group=[row])
    assert [str(member) for member in group.members.all()] == [
        "组长 组长",
        "副组长 副组长",
        "成员 成员乙",
        "成员 成员甲",
    ]


# ---- the refusals of the screens, beside their cells ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("sheet", "row", "column", "words"),
    [
        ("departments", ["甲处", "部", "", "", "", "", ""], "kind", "“部”不认识，请填：处、室、科、其他、校领导班子。"),
        ("departments", ["甲处", "", "", "", "是", "", ""], "is_discipline_office", "全校只能有一个纪委办公室"),
        ("departments", ["甲处", "", "乙处", "", "", "", ""], "parent", "没有“乙处”这个部门"),
        ("departments", ["甲处", "", "甲处", "", "", "", ""], "parent", "绕成了一圈"),
        ("departments", ["甲处", "", "", "第一", "", "", ""], "order", "请填写整数"),
        ("departments", ["甲处", "", "", "", "", "", "九月"], "active_from", "请填写日期"),
        ("departments", ["甲" * 65, "", "", "", "", "", ""], "name", "请缩短到 64 字以内"),
        ("posts", ["总务处", "新岗", "", "保洁", "", "", ""], "functions", "没有“保洁”这项职能"),
        ("posts", ["总务处", "新岗", "", "", "也许", "", ""], "is_key", "请填“是”或“否”"),
        ("people", ["张三", "李四", ""], "number", "工号只能用字母、数字"),
        ("people", ["2001", "", ""], "name", "请填写姓名。"),
        ("people", ["2001", "李四", "", "李四"], "email", "请填写邮箱地址，如 name@school.cn"),
        ("people", ["2001", "李四", "", "a" * 60 + "@" + "b" * 60 + ".cn"], "email", "请缩短到 120 字以内"),
        ("appointments", ["总务处", "采购员", "", "", "2026-1-1", ""], "name", "请填写任职人姓名"),
        ("appointments", ["总务处", "采购员", "张三", "", "", ""], "since", "请填写任职日期。"),
        ("appointments", ["总务处", "采购员", "张三", "", "2026-1-1", "2025-1-1"], "until", "离任日期不能早于任职日期"),
        ("appointments", ["总务处", "采购员", "张三", "1002", "2026-1-1", ""], "name", "工号 1002 是总务处填报员"),
        ("roles", ["4711", "", "审计员", ""], "number", "没有工号为 4711 的账号"),
        ("roles", ["900", "", "审计员", ""], "number", "不能给自己增加角色"),
        ("roles", ["1002", "", "校长", ""], "role", "“校长”不认识"),
        ("roles", ["1002", "", "填报员", ""], "department", "填报员须属于一个部门"),
        ("roles", ["1002", "", "审计员", "总务处"], "department", "审计员是全校的角色"),
        ("roles", ["1002", "", "单位主要负责人", ""], "role", "单位主要负责人只能有一人"),
        ("group", ["新一届", "", "", "组长", "甲", "", "", "办公室设在纪委。", "", ""], "since", "请填写成立日期"),
        ("group", ["新一届", "2026-1-1", "", "组长", "甲", "", "", "", "", ""], "office_sentence", "请填写名单末尾"),
        ("group", ["新一届", "2026-1-1", "", "副组长", "甲", "900", "", "一句话", "", ""], "number", "不能给自己"),
    ],
)  # fmt: skip
def test_a_refusal_stands_beside_its_cell(
    actor, purchasing_post, discipline_office, clerk, principal, sheet, row, column, words
):
    work = rehearse(actor, **{sheet: [row]})
    assert [(key[2], words in message[0]) for key, message in wrong(work).items()] == [(column, True)]
    with pytest.raises(saving.ImportRefusedError):
        save(actor, **{sheet: [row], "departments": [["好处"] + [""] * 6, *([row] if sheet == "departments" else [])]})
    assert not Department.objects.filter(name="好处").exists()


def test_two_heads_for_one_department_are_refused(actor, department, staff, clerk):
    department.grants.filter(role=Role.HEAD).delete()
    rows = [["1002", "", "部门负责人", "总务处"], ["1003", "", "部门负责人", "总务处"]]
    assert wrong(rehearse(actor, roles=rows)) == {
        ("角色", 3, "role"): ["第 2 行已写了总务处的部门负责人，只能有一人。"]
    }


def test_one_fault_is_said_once(actor):
    work = rehearse(
        actor,
        departments=[["甲处", "部", *[""] * 5]],
        posts=[["甲处", "干事", *[""] * 5]],
        people=[["001", "于梅", "甲处"]],
        appointments=[["甲处", "干事", "于梅", "001", "2026-1-1", ""]],
        roles=[["001", "", "部门负责人", "甲处"]],
    )
    assert list(wrong(work)) == [("部门", 2, "kind")]
    assert [states(work, name) for name in ("posts", "people", "appointments", "roles")] == [[State.WAITING]] * 4


def test_a_row_that_is_left_out_is_not_imported(actor):
    rows = [["甲处", "部", *[""] * 5], ["乙处", *[""] * 6]]
    save(actor, Orders(left=frozenset({"departments-2"})), departments=rows)
    assert [department.name for department in Department.objects.all()] == ["乙处"]


def test_the_same_row_twice_is_imported_once(actor):
    save(actor, departments=[["甲处", *[""] * 6]] * 2, people=[["001", "于梅", ""], ["001", "于梅", ""]])
    assert (Department.objects.count(), User.objects.count()) == (1, 2)
    differing = rehearse(actor, people=[["002", "于梅", ""], ["002", "李梅", ""]])
    assert wrong(differing) == {("人员", 3, "number"): ["与第 2 行重复而内容不同，请只保留一行。"]}


# ---- equal names ---------------------------------------------------------------------------------------------------


def test_equal_names_are_asked_about(actor, staff):
    rows = [["2001", "总务处 职工", ""], ["2002", "于梅", ""], ["2003", "于 梅", ""]]
    work = rehearse(actor, people=rows)
    assert [line.question.text if line.question else "" for line in work.lines["people"]] == [
        "总务处职工（工号 1003）与工号 2001 的总务处 职工同名，是同一个人吗？",
        "",
        "于梅（工号 2002）与工号 2003 的于梅同名，是同一个人吗？",
    ]
    with pytest.raises(saving.ImportRefusedError):
        save(actor, Orders(answers={"people-2": "other"}), people=rows)
    assert User.objects.count() == 2
    save(actor, Orders(answers={"people-2": "other", "people-4": "other"}), people=rows)
    assert User.objects.count() == 5


def test_one_person_has_one_number(actor, staff):
    rows = [["2001", "总务处职工", ""]]
    work = rehearse(actor, Orders(answers={"people-2": "same"}), people=rows)
    assert wrong(work) == {("人员", 2, "number"): ["是同一个人的，请把工号改成 1003，或勾选“不导入这一行”。"]}


# ---- between the preview and the saving ----------------------------------------------------------------------------


def test_what_somebody_saved_in_between_is_shown_first(actor):
    found = book(departments=[["甲处", *[""] * 6]])
    seen = saving.digest(saving.rehearse(found, Orders(), actor=actor))
    Department.objects.create(name="甲处")
    with pytest.raises(saving.ImportRefusedError, match="别人刚保存过"):
        saving.save(found, Orders(), seen=seen, actor=actor, paper=lambda issued: b"")
    assert Department.objects.count() == 1


def test_privileged_roles_are_listed(actor, department, clerk, staff):
    rows = [["1002", "", "纪委审核员", ""], ["1003", "", "填报员", "总务处"]]
    work = rehearse(actor, roles=rows)
    assert [(right.user, right.label) for right in work.rights] == [(clerk, "纪委审核员")]


def test_a_right_that_comes_with_a_change_is_listed_before_it_is_ticked(actor, head, clerk):
    rows = [["1002", "", "部门负责人", "总务处"]]
    work = rehearse(actor, roles=rows)
    assert [(right.user, right.label) for right in work.offered] == [(clerk, "部门负责人（总务处）")]
    taken = rehearse(actor, Orders(taken=frozenset({"all-roles"})), roles=rows)
    assert (taken.offered, [right.user for right in taken.rights]) == ([], [clerk])


def test_the_committee_is_told_of_privileged_roles(actor, clerk, staff, reviewer):
    save(actor, roles=[["1003", "", "填报员", "总务处"]])
    assert list(unread(reviewer)) == []
    save(actor, roles=[["1002", "", "审计员", ""]])
    assert [notice.text for notice in unread(reviewer)] == [
        "管理员甲从 Excel 导入组织机构（学校.xlsx），给予了：总务处填报员（1002）：审计员。请核对。"
    ]


def test_a_notice_names_the_rights_for_the_whole_school_first(actor, reviewer, functions):
    save(actor, content=school.workbook())
    text = unread(reviewer)[0].text
    assert (text.index("单位主要负责人") < text.index("部门负责人"), text.endswith("……共 29 项。请核对。")) == (
        True,
        True,
    )


@pytest.mark.django_db(transaction=True)
def test_of_two_imports_at_once_one_is_saved_and_the_other_shown_anew():
    people = [make_user(f"90{place}", f"管理员{place}", Role.ADMIN) for place in range(2)]
    found = book(departments=[["甲处", *[""] * 6]], people=[["001", "于梅", "甲处"]])
    seen = [saving.digest(saving.rehearse(found, Orders(), actor=person)) for person in people]
    start, answers = threading.Barrier(2, timeout=30), []

    def run(person, digest):
        try:
            start.wait()
            saving.save(found, Orders(), seen=digest, actor=person, paper=lambda issued: b"")
            answers.append("saved")
        except saving.ImportRefusedError:
            answers.append("shown")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in zip(people, seen, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["saved", "shown"]
    assert (Department.objects.count(), User.objects.filter(staff_number="001").count()) == (1, 1)


def test_who_lost_the_role_while_the_slips_were_printed_imports_nothing(actor, functions):
    found = book(school.workbook())
    seen = saving.digest(saving.rehearse(found, Orders(), actor=actor))

    def paper(issued):
        RoleGrant.objects.all().delete()
        return b"paper"

    with pytest.raises(PermissionDenied):
        saving.save(found, Orders(), seen=seen, actor=actor, paper=paper)
    assert (Department.objects.count(), User.objects.count()) == (0, 1)


def test_the_department_of_the_leaders_is_known_by_its_kind_or_its_name(db, actor):
    save(actor, departments=[["校领导班子", "", "", "", "", "", ""]])
    assert Department.objects.get(name="校领导班子").kind == DepartmentKind.LEADERS
    work = rehearse(actor, departments=[["学校领导", "校领导班子", "", "", "", "", ""]])
    ((place, messages),) = wrong(work).items()
    assert (place[-1], messages) == ("kind", ["全校只能有一个在用的校领导班子，请先停用原来的。"])
    taken = Orders(taken=frozenset({"all-departments"}))
    work = rehearse(actor, taken, departments=[["校领导班子", "处", "", "", "", "", ""]])
    assert wrong(work) == {place: [KIND_STAYS]}
