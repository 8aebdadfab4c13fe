"""A school's existing 职权目录: read, previewed with what is wrong, drafted as a whole or not at all."""

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from riskcontrol.processes.confined import RefusedError
from riskpoints.documents.listing import listing_xlsx
from riskpoints.importing import lists
from riskpoints.importing.lists import SentList
from riskpoints.powers import importing, papers, workbook
from riskpoints.references.powers import queries
from riskpoints.references.powers.models import Power
from tests.powers import file_power, make_power

OF_A_MIDDLE_SCHOOL = ("序号", "职权名称", "内容", "办理主体", "实施依据")
OF_A_COLLEGE = ("序号", "权力名称", "权力行使部门", "授权依据", "负责人", "风险等级")


def book(*rows, titles=OF_A_MIDDLE_SCHOOL):
    """Return a workbook with a title above its heading, as schools keep theirs."""
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.append(["某某职专职权目录"])
    sheet.append(titles)
    for row in rows:
        sheet.append(row)
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def lines_of(department, content):
    return importing.lines(workbook.read(content, "目录.xlsx"), department)


def test_the_columns_of_real_catalogues_are_known(department, purchasing_post):
    (line,) = lines_of(department, book((1, "物资采购", "采购物资", "采购员、总务处", "《政府采购法》")))
    assert (line.row, line.state, line.name) == (3, "new", "物资采购")
    assert (line.values["posts"], line.values["basis"]) == ([purchasing_post], "《政府采购法》")
    sent = workbook.read(book((1, "用车", "总务处", "规定", "副校长", "二级"), titles=OF_A_COLLEGE), "目录.xlsx")
    assert sent.rows == [(3, {"name": "用车", "posts": "总务处", "basis": "规定", "supervisor": "副校长"})]
    assert sent.notes == ["“风险等级”一栏不认识，没有读取。"]


def test_steps_stand_in_one_cell_a_line_each(department):
    titles = (*OF_A_MIDDLE_SCHOOL, "环节")
    cell = "1. 受理\n2、验收；保管员；2 个工作日；风险节点；两人在场"
    (line,) = lines_of(department, book((1, "采购", "", "", "", cell), titles=titles))
    assert [(step.name, step.post_name, step.time_limit, step.is_risk_node, step.note) for step in line.steps] == [
        ("受理", "", "", False, ""),
        ("验收", "保管员", "2 个工作日", True, "两人在场"),
    ]


def test_what_is_wrong_is_said_with_its_row(department, people):
    make_power(department, actor=people.clerk, name="维修")
    found = lines_of(
        department,
        book(
            (1, "采购", "", "采购总监", ""),
            (2, "", "没有名称", "", ""),
            (3, "长" * 65, "", "", ""),
            (4, "采购", "", "", ""),
            (5, " 维修 ", "", "", ""),
            (6, "出租", "长" * 1001, "", ""),
        ),
    )
    assert [(line.row, line.state.value) for line in found] == [
        (3, "wrong"), (4, "wrong"), (5, "wrong"), (6, "wrong"), (7, "same"), (8, "wrong"),
    ]  # fmt: skip
    said = [line.wrong[0] if line.wrong else "" for line in found]
    assert said[0] == "“采购总监”不是本部门在用的岗位，请改成岗位名称，或写部门名称。"
    assert said[1] == "请填写职权名称。"
    assert said[2].startswith("职权名称：")
    assert said[3] == "与第 3 行的职权名称相同，请合成一行或改名。"
    assert "缩短到 1000 字以内" in said[5]


def test_rows_of_another_department_are_refused(department):
    (line,) = lines_of(department, book((1, "采购", "教务处"), titles=("序号", "职权名称", "部门")))
    assert line.wrong == ["这一行是“教务处”的，这里只导入总务处的职权。"]


@pytest.mark.parametrize(
    ("content", "said"),
    [(book(titles=("甲", "乙")), "没有找到职权目录"), (book(), "没有一项职权"), (b"nonsense", "不是 Excel")],
)
def test_another_file_is_refused_in_words(content, said):
    with pytest.raises(RefusedError, match=said):
        workbook.read(content, "目录.xlsx")


def test_our_own_catalogue_can_be_read_back(school, department, purchasing_post, people):
    file_power(make_power(department, actor=people.clerk, posts=[purchasing_post]), people)
    made = listing_xlsx(papers.catalogue([papers.said(item) for item in papers.entries(list(queries.in_force()))]))
    (line,) = lines_of(department, made)
    assert (line.state, line.values["posts"], line.wrong) == ("same", [purchasing_post], [])


def test_the_template_has_the_columns_and_the_posts(department, purchasing_post):
    sheets = openpyxl.load_workbook(io.BytesIO(workbook.template(department))).worksheets
    assert [cell.value for cell in sheets[0][1]] == [titles[0] for titles in workbook.NAMES.values()]
    assert {cell.number_format for cell in sheets[0][2]} == {"@"}  # 1-2 stays a number of a power, and is no date
    assert sheets[1].cell(len(workbook.GUIDE) + 1, 2).value == "采购员"


def test_a_workbook_is_previewed_and_then_drafted(client, school, department, people):
    client.force_login(people.clerk)
    file = SimpleUploadedFile("目录.xlsx", book((1, "采购", "采购物资", "", "办法"), (2, "出租", "", "", "")))
    page = client.post(reverse("powers:import", args=[department.pk]), {"workbook": file}).content.decode()
    assert "将起草 2 项职权" in page
    assert not Power.objects.exists()
    rows = page.split('name="rows" value="')[1].split('"')[0]
    for _ in range(2):  # pressed twice
        client.post(reverse("powers:import_save", args=[department.pk]), {"rows": rows})
    assert [power.revisions.get().name for power in Power.objects.all()] == ["采购", "出租"]
    assert {power.revisions.get().state for power in Power.objects.all()} == {"draft"}


def test_one_wrong_row_and_nothing_is_drafted(client, school, department, people):
    client.force_login(people.clerk)
    file = SimpleUploadedFile("目录.xlsx", book((1, "采购", "", "", ""), (2, "", "没有名称", "", "")))
    page = client.post(reverse("powers:import", args=[department.pk]), {"workbook": file}).content.decode()
    assert "有 1 行需要修改，现在还不能导入" in page
    rows = page.split('name="rows" value="')[1].split('"')[0]
    answer = client.post(reverse("powers:import_save", args=[department.pk]), {"rows": rows})
    assert answer.status_code == 422
    assert not Power.objects.exists()


def test_a_preview_is_good_for_its_department_and_person_only(client, school, department, people):
    sent = SentList("目录.xlsx", [(2, {"name": "采购"})])
    client.force_login(people.clerk)
    address = reverse("powers:import_save", args=[department.pk])
    for rows in (lists.sealed(sent, workbook.salt(department, people.head)), "nonsense", ""):
        assert "预览已经过期" in client.post(address, {"rows": rows}, follow=True).content.decode()
    assert not Power.objects.exists()
