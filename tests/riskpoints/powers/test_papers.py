"""职权目录 and 权力运行流程图 as files."""

import io
import subprocess

import openpyxl
import pikepdf
import pytest
from django.urls import reverse

from riskpoints.references.powers import drafting
from riskpoints.references.powers.models import Power
from tests import scans
from tests.powers import STEPS, file_power, make_power

HEADINGS = ["序号", "编号", "部门", "职权名称", "内容", "办理主体", "实施依据", "时限", "责任领导"]


@pytest.fixture
def filed(school, department, purchasing_post, people):
    return file_power(make_power(department, actor=people.clerk, posts=[purchasing_post]), people)


def pages_of(content: bytes) -> list[str]:
    """Return the text of each page, without spaces."""
    done = subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True, check=True)
    return ["".join(page.split()) for page in done.stdout.decode().split("\f")[:-1]]


def text_of(content: bytes) -> str:
    return "".join(pages_of(content))


def fetched(client, name, *args, **query):
    return b"".join([client.get(reverse(f"powers:{name}", args=args), query).content])


def test_the_workbook_has_a_row_a_power(client, filed, department, people):
    make_power(department, actor=people.clerk, name="还是草稿")
    client.force_login(people.staff)
    sheet = openpyxl.load_workbook(io.BytesIO(fetched(client, "catalogue", "xlsx"))).worksheets[0]
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert rows[0][0] == "山东省某某职业中专职权目录"
    assert rows[2] == HEADINGS
    assert rows[3] == [
        1, "1-01", "总务处", "物资采购", "采购部门所需物资。", "采购员", "《政府采购法》", "10 个工作日", "分管副校长",
    ]  # fmt: skip
    assert len(rows) == 4


def test_a_department_has_its_own_list(client, filed, other_department, people):
    client.force_login(people.staff)
    sheet = openpyxl.load_workbook(
        io.BytesIO(fetched(client, "catalogue", "xlsx", department=filed.power.department_id))
    )
    assert sheet.worksheets[0]["A1"].value == "山东省某某职业中专总务处职权目录"


def test_the_list_as_pdf_says_the_same(client, filed, people):
    client.force_login(people.staff)
    text = text_of(fetched(client, "catalogue", "pdf"))
    for word in [*HEADINGS, "物资采购", "10 个工作日", "分管副校长"]:
        assert "".join(word.split()) in text


def test_the_flow_charts_have_a_page_a_power_with_each_step_as_text(client, filed, department, people):
    file_power(make_power(department, actor=people.clerk, name="房屋出租", steps=STEPS[:1]), people)
    client.force_login(people.staff)
    first, second = pages_of(fetched(client, "flows"))
    for word in (
        "权力运行流程图",
        "1-01",
        "物资采购",
        "开始",
        "1.受理申请",
        "绿化管理员",
        "3.验收",
        "风险节点",
        "结束",
    ):
        assert word in first
    assert "房屋出租" in second
    assert "验收" not in second


def test_a_chart_of_thirty_steps_stays_on_its_page(client, school, department, people):
    steps = [drafting.StepInput(f"环节{place}", "某某岗位", "3 个工作日", note="说明" * 10) for place in range(30)]
    revision = file_power(make_power(department, actor=people.clerk, steps=steps), people)
    client.force_login(people.staff)
    (page,) = pages_of(fetched(client, "flow", revision.power_id))
    assert all(f"{place + 1}.环节{place}" in page for place in range(30))


def test_a_draft_says_that_it_is_one(client, filed, people):
    drafting.revise(filed.power, actor=people.clerk)
    client.force_login(people.clerk)
    assert "草稿" in text_of(fetched(client, "flow", filed.power_id))
    assert "草稿" not in text_of(fetched(client, "flow", filed.power_id, revision=1))


def test_a_chart_that_was_uploaded_lies_in_the_file(client, school, department, people):
    revision = make_power(department, actor=people.clerk, steps=())
    drafting.set_chart(revision, drafting.Chart(scans.PNG, "png"), actor=people.clerk)
    revision = file_power(revision, people)
    client.force_login(people.staff)
    made = fetched(client, "flow", revision.power_id)
    assert "流程图另附" in text_of(made)
    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert [pdf.attachments[name].get_file().read_bytes() for name in pdf.attachments] == [scans.PNG]


def test_what_is_printed_twice_has_the_same_bytes(client, filed, people):
    client.force_login(people.staff)
    assert fetched(client, "flows") == fetched(client, "flows")
    assert Power.objects.get().filed == filed


def test_without_a_filed_power_there_is_nothing_to_print(client, school, people):
    client.force_login(people.staff)
    assert "还没有已备案的职权" in client.get(reverse("powers:flows"), follow=True).content.decode()
