"""The pages of powers: the list, one power, the editor with its rows, what is pressed."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from riskpoints.references.powers import drafting, filing
from riskpoints.references.powers.models import Power, PowerRevision
from tests import scans
from tests.powers import STEPS, file_power, make_power


@pytest.fixture
def draft(school, department, purchasing_post, plain_post, people) -> PowerRevision:
    return make_power(department, actor=people.clerk, posts=[purchasing_post])


def body(revision=None, steps=STEPS, **values):
    """Return what the editor sends."""
    texts = {"name": "物资采购", "content": "采购部门所需物资。", "time_limit": "10 日"} | values
    sent = texts | {"steps": str(len(steps))}
    if revision is not None:
        sent["lock"] = str(revision.lock)
    for place, step in enumerate(steps):
        for name in ("name", "post_name", "time_limit", "note", "identity"):
            sent[f"step-{place}-{name}"] = getattr(step, name)
        if step.is_risk_node:
            sent[f"step-{place}-is_risk_node"] = "on"
    return sent


def page_of(client, name, *args):
    return client.get(reverse(f"powers:{name}", args=args)).content.decode()


def names_in(page):
    """The names of the steps in an editor, row by row."""
    return re.findall(r'name="step-\d+-name"[^>]*?value="([^"]*)"', page)


def test_the_list_takes_the_same_queries_with_1_and_30_powers(client, draft, department, people):
    client.force_login(people.head)
    file_power(draft, people)
    make_power(department, actor=people.clerk)
    page_of(client, "index")
    few = len(queries_of(client, "powers:index"))
    for place in range(29):
        file_power(make_power(department, actor=people.clerk, name=f"职权{place}"), people)
        make_power(department, actor=people.clerk, name=f"草稿{place}")
    assert len(queries_of(client, "powers:index")) == few
    assert "共 30 条" in page_of(client, "index")


def queries_of(client, name):
    with CaptureQueriesContext(connection) as caught:
        client.get(reverse(name))
    return caught.captured_queries


def test_the_list_is_narrowed_by_department_words_number_and_step(client, draft, department, people):
    file_power(draft, people)
    file_power(make_power(department, actor=people.clerk, name="房屋出租", steps=STEPS[:1]), people)
    client.force_login(people.staff)

    def found(**query):
        page = client.get(reverse("powers:index"), query).content.decode()
        return re.findall(r'/powers/\d+/">([^<]+)</a>', page)

    assert found() == ["物资采购", "房屋出租"]
    assert found(q="出租") == found(q="1-02") == ["房屋出租"]
    assert found(q="验收") == ["物资采购"]
    assert found(department=department.pk, q="没有") == []
    assert "已忽略：部门" in client.get(reverse("powers:index"), {"department": "999999"}).content.decode()


def test_a_power_is_drafted_submitted_and_filed_in_the_browser(client, draft, department, people):
    client.force_login(people.clerk)
    answer = client.post(reverse("powers:new", args=[department.pk]), body(name="食材验收"))
    power = Power.objects.latest("pk")
    assert answer.url == reverse("powers:power", args=[power.pk])
    assert [step.name for step in power.revisions.get().steps.all()] == ["受理申请", "询价采购", "验收"]
    assert "提交纪委备案" not in page_of(client, "power", power.pk)
    client.force_login(people.head)
    assert "提交纪委备案" in page_of(client, "power", power.pk)
    client.post(reverse("powers:act", args=[power.pk, "submit"]))
    client.force_login(people.reviewer)
    page = page_of(client, "power", power.pk)
    assert "退回部门修改" in page
    assert "<svg" in page
    client.post(reverse("powers:act", args=[power.pk, "file"]), {"is_public": "on"})
    power.refresh_from_db()
    assert (power.filed.state, power.is_public) == ("filed", True)
    client.logout()
    assert "食材验收" in page_of(client, "public")
    assert "公开的职权" in client.get(reverse("riskpoints:publication")).content.decode()


def test_the_buttons_of_the_rows_move_them_and_keep_what_was_typed(client, draft, people):
    client.force_login(people.clerk)
    address = reverse("powers:edit", args=[draft.power_id])

    def after(order):
        answer = client.post(address, body(draft, name="还没保存的名称") | {"step": order})
        assert answer.status_code == 200
        assert "还没保存的名称" in answer.content.decode()
        return names_in(answer.content.decode())

    assert after("down-0") == ["询价采购", "受理申请", "验收"]
    assert after("up-2") == ["受理申请", "验收", "询价采购"]
    assert after("remove-1") == ["受理申请", "验收"]
    assert after("up-0") == after("down-9") == ["受理申请", "询价采购", "验收"]
    page = client.post(address, body(draft) | {"step": "add"}).content.decode()
    assert page.count('class="step-row"') == 4
    assert PowerRevision.objects.get().name == "物资采购"


def test_a_count_or_a_place_that_is_none_is_no_fault(client, draft, people):
    client.force_login(people.clerk)
    address = reverse("powers:edit", args=[draft.power_id])
    for odd in ({"steps": "9" * 5000}, {"step": f"up-{'9' * 5000}"}, {"steps": "①", "step": "down-①"}):
        assert client.post(address, body(draft) | odd | {"name": ""}).status_code in (200, 422)
    assert draft.steps.count() == 3


def test_a_row_without_its_name_is_refused_beside_it(client, draft, people):
    client.force_login(people.clerk)
    wrong = [*STEPS, drafting.StepInput("", note="没有名称的一行")]
    answer = client.post(reverse("powers:edit", args=[draft.power_id]), body(draft, wrong, name=""))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "请填写环节的名称，或清空这一行。" in page
    assert "请填写职权名称。" in page
    assert "没有名称的一行" in page
    assert draft.steps.count() == 3


def test_a_conflict_shows_both_texts(client, draft, people):
    drafting.save(draft, {"name": "别人的名称"}, STEPS[:1], actor=people.head)
    client.force_login(people.clerk)
    answer = client.post(reverse("powers:edit", args=[draft.power_id]), body(draft, name="我的名称"))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "别人的名称" in page
    assert "我的名称" in page
    assert PowerRevision.objects.get().name == "别人的名称"


def test_a_chart_is_judged_by_its_content(client, draft, people):
    client.force_login(people.clerk)
    address = reverse("powers:chart", args=[draft.power_id])
    answer = client.post(address, {"scan": SimpleUploadedFile("图.png", b"not a picture")})
    assert answer.status_code == 422
    assert "这不是 PDF、JPG 或 PNG 文件" in answer.content.decode()
    client.post(address, {"scan": SimpleUploadedFile("图.pdf", scans.PNG)})
    draft.refresh_from_db()
    assert draft.chart_kind == "png"
    kept = client.get(reverse("powers:uploaded", args=[draft.power_id]))
    assert (kept.content, kept["Content-Type"]) == (scans.PNG, "image/png")
    client.post(address, {"drop": "1"})
    draft.refresh_from_db()
    assert draft.chart is None


def test_a_chart_that_is_too_large_is_refused_in_words(client, draft, people, monkeypatch):
    monkeypatch.setattr("riskpoints.powers.forms.CHART_MEGABYTES", 0)
    client.force_login(people.clerk)
    sent = {"scan": SimpleUploadedFile("图.png", scans.PNG)}
    assert "文件超过 0 MB" in client.post(reverse("powers:chart", args=[draft.power_id]), sent).content.decode()


def test_a_return_wants_its_reason_and_the_department_reads_it(client, draft, people):
    filing.submit(draft, actor=people.head)
    client.force_login(people.reviewer)
    address = reverse("powers:act", args=[draft.power_id, "return"])
    answer = client.post(address, {"return-reason": " "})
    assert answer.status_code == 422
    assert "请填写理由。" in answer.content.decode()
    client.post(address, {"return-reason": "依据不全"})
    client.force_login(people.clerk)
    assert "依据不全" in page_of(client, "power", draft.power_id)


def test_pressed_twice_the_second_is_told(client, draft, people):
    client.force_login(people.head)
    address = reverse("powers:act", args=[draft.power_id, "submit"])
    client.post(address)
    assert "这一稿现在是“待备案”" in client.post(address, follow=True).content.decode()


def test_an_incomplete_draft_says_what_it_lacks(client, department, school, people):
    revision = make_power(department, actor=people.head, steps=(), content="")
    client.force_login(people.head)
    page = page_of(client, "power", revision.power_id)
    assert "请填写职权范围和内容。" in page
    assert "提交纪委备案" not in page
    told = client.post(reverse("powers:act", args=[revision.power_id, "submit"]), follow=True).content.decode()
    assert "请写出办理的环节，或上传流程图。" in told


def test_former_revisions_are_read_beside_the_present_one(client, draft, people):
    filed = file_power(draft, people)
    again = drafting.revise(filed.power, actor=people.clerk)
    drafting.save(again, {"name": "改过的名称"}, STEPS, actor=people.clerk)
    client.force_login(people.staff)
    assert "改过的名称" not in page_of(client, "power", filed.power_id)
    assert client.get(reverse("powers:power", args=[filed.power_id]), {"revision": "2"}).status_code == 404
    client.force_login(people.clerk)
    page = page_of(client, "power", filed.power_id)
    assert "改过的名称" in page
    assert "在它备案以前仍然有效" in page
    assert "物资采购" in client.get(reverse("powers:power", args=[filed.power_id]), {"revision": "1"}).content.decode()
