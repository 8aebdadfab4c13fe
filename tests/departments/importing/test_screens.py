"""The import on its pages: previewed, mended there, saved once, handed out as slips; at most 25 requests."""

import base64
import re
from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from departments.enums import Role
from departments.importing.template import workbook_of
from departments.models import Department, LoginSession, Post, User
from riskcontrol.paper.excel_reading import read_workbook
from tests.departments.importing import school
from tests.factories import make_user

DEPARTMENT = ["总务处", "", "", "", "", "", ""]


@pytest.fixture
def admin(db, client):
    user = make_user("900", "管理员甲", Role.ADMIN)
    client.force_login(user)
    return user


def upload(client, content=None, **sheets):
    file = BytesIO(content or workbook_of(sheets))
    file.name = "学校.xlsx"
    return client.post(reverse("departments:import"), {"workbook": file})


def carried(response):
    """Return the fields of the preview's form as a browser would send them."""
    text = response.content.decode()
    fields = dict(re.findall(r'<input type="hidden" name="(rows|seen)" value="([^"]*)"', text))
    cells = re.findall(r'<input class="form-control[^"]*" name="(cell-[^"]+)" value="([^"]*)"', text)
    return fields | dict(cells)


def send(client, response, **fields):
    return client.post(reverse("departments:import_save"), carried(response) | fields)


def slips_of(response):
    found = re.search(r"data:application/pdf;base64,([^\"]+)", response.content.decode())
    return base64.b64decode(found[1]) if found else b""


def test_a_whole_school_comes_in_with_five_requests(client, admin, functions):
    client.get(reverse("departments:index"))
    client.get(reverse("departments:import"))
    client.get(reverse("departments:import_blank"))
    preview = upload(client, school.workbook())
    assert preview.status_code == 200
    done = send(client, preview)
    assert done.status_code == 200
    counts = (Department.objects.count(), Post.objects.count(), User.objects.exclude(pk=admin.pk).count())
    assert counts == (12, 45, 62)
    assert slips_of(done).startswith(b"%PDF")
    assert done["Cache-Control"] == "no-store, private"
    again = send(client, preview)
    assert again.status_code == 409
    assert "没有变化" in again.content.decode()
    assert User.objects.exclude(pk=admin.pk).count() == 62


def test_a_wrong_cell_is_mended_in_the_preview(client, admin):
    preview = upload(client, departments=[DEPARTMENT], people=[["001", "于 梅", "总务科"], ["0 0 3", "王五", ""]])
    text = preview.content.decode()
    assert "没有“总务科”这个部门" in text
    assert ">重新检查<" in text
    assert carried(preview)["cell-people-2-department"] == "总务科"
    refused = send(client, preview)
    assert (refused.status_code, User.objects.count()) == (422, 1)
    checked = send(client, refused, **{"cell-people-2-department": "总务处"})
    assert checked.status_code == 409  # shown once more: it is not what was previewed
    assert carried(checked)["cell-people-2-department"] == "总务处"
    assert send(client, checked).status_code == 200
    assert User.objects.get(staff_number="001").real_name == "于梅"
    assert User.objects.filter(staff_number="003").exists()


def test_the_template_is_offered_empty_and_filled(client, admin, department, functions):
    blank = read_workbook(client.get(reverse("departments:import_blank")).content)
    assert [sheet["name"] for sheet in blank] == [
        "部门", "岗位", "人员", "任职", "角色", "领导小组", "填写说明", "可选内容",
    ]  # fmt: skip
    assert [len(sheet["rows"]) for sheet in blank[:6]] == [1] * 6
    book = openpyxl.load_workbook(BytesIO(client.get(reverse("departments:import_blank")).content))
    offered = {rule.formula1 for rule in book["岗位"].data_validations.dataValidation}
    assert offered == {"'部门'!$A$2:$A$151", "'可选内容'!$D$2:$D$3", "'可选内容'!$E$2:$E$7"}
    filled = read_workbook(client.get(reverse("departments:import_existing")).content)
    assert filled[0]["rows"][1][1][0] == "总务处"


def test_a_preview_is_good_for_its_reader_only(client, admin):
    preview = upload(client, departments=[DEPARTMENT])
    client.force_login(make_user("901", "管理员乙", Role.ADMIN))
    answer = send(client, preview)
    assert (answer.status_code, answer["Location"]) == (302, reverse("departments:import"))
    assert not Department.objects.exists()


def test_a_preview_sent_too_late_is_shown_again_and_not_saved(client, admin):
    preview = upload(client, departments=[DEPARTMENT], people=[["张三", "李四", ""]])
    kept = sessions_end_and_send(client, admin, preview, {"cell-people-2-number": "００７"})
    text = kept.content.decode()
    assert "还没有保存" in text
    assert carried(kept)["cell-people-2-number"] == "００７"
    assert not Department.objects.exists()


def sessions_end_and_send(client, admin, preview, cells):
    """Send the form after the session ran out, log in again, and return the address's page."""
    client.force_login(admin)
    LoginSession.objects.update(expire_date=timezone.now())
    address = reverse("departments:import_save")
    assert client.post(address, carried(preview) | cells).status_code == 302
    client.force_login(admin)
    return client.get(address)


def test_equal_names_are_answered_in_the_preview(client, admin):
    preview = upload(client, people=[["001", "于梅", ""], ["002", "于梅", ""]])
    assert "与工号 002 的于梅同名，是同一个人吗？" in preview.content.decode()
    refused = send(client, preview)
    assert (refused.status_code, "请选择一项" in refused.content.decode()) == (422, True)
    assert send(client, refused, **{"answer-people-3": "other"}).status_code == 200
    assert User.objects.filter(real_name="于梅").count() == 2


def test_a_change_is_taken_by_its_tick(client, admin, department):
    row = ["总务处", "", "", "77", "", "", ""]
    preview = upload(client, departments=[row])
    assert "<del>10</del> → <ins>77</ins>" in preview.content.decode()
    assert send(client, preview, take="departments-2").status_code == 200
    department.refresh_from_db()
    assert department.order == 77


def test_a_file_that_is_no_workbook_is_refused_in_words(client, admin):
    answer = upload(client, b"%PDF-1.7")
    assert (answer.status_code, "这不是 Excel 的 .xlsx 文件" in answer.content.decode()) == (422, True)


def test_rights_are_listed_before_and_after(client, admin):
    preview = upload(client, people=[["001", "于梅", ""]], roles=[["001", "", "审计员", ""]])
    assert "将给予的重要角色" in preview.content.decode()
    assert "给予的重要角色" in send(client, preview).content.decode()


@pytest.mark.parametrize("typed", ["\x00", "长" * 5000, "<b>", "\u3164", "=1+1", "a\r\nb"])
def test_whatever_is_typed_into_a_cell_gets_an_answer(client, admin, typed):
    preview = upload(client, people=[["张三", "", "甲处"]], departments=[["甲处", "部", "", "x", "", "", "y"]])
    cells = {name: typed for name in carried(preview) if name.startswith("cell-")}
    assert len(cells) == 5
    assert send(client, preview, **cells).status_code == 422
