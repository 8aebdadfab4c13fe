"""The pages of the library: found, changed, retired; what is refused stands beside its field."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from riskcontrol.models import AuditEntry
from riskpoints.enums import Category
from riskpoints.references.library import services
from riskpoints.references.library.models import TypicalRisk
from riskpoints.references.library.values import RiskValues, values_of
from riskpoints.references.library.verbs import LibraryVerb
from tests.pages import text_of

INDEX = "library:index"
BODY = {
    "area": "校车",
    "category": "duty",
    "text": "校车照管员不清点人数",
    "likelihood": "2",
    "harm": "1",
    "hot_years": "2026、2025年",
    "measure1": "上下车点名",
    "stage1": "prevention",
    "timing1": "每趟",
    "measure2": "抽查点名册",
}


@pytest.fixture
def keeper(client, school, reviewer):
    client.force_login(reviewer)
    return client


def found(client, **query):
    return {risk.key for risk, _ in client.get(reverse(INDEX), query).context["rows"]}


def test_it_is_found_by_area_category_function_year_and_words(keeper, functions):
    assert found(keeper, area="采购") == {f"CG-0{number}" for number in range(1, 8)}
    assert found(keeper, area="采购", category="duty") == {"CG-01", "CG-02"}
    assert found(keeper, function=functions["基建"].pk) == {f"JJ-0{number}" for number in range(1, 7)}
    assert found(keeper, area="采购", hot="1") == {"CG-01"}
    assert found(keeper, q="信息价") == {"JJ-03"}
    assert found(keeper, q="差额从结算中扣除") == {"JJ-03"}
    assert found(keeper, q="cg-05") == {"CG-05"}
    page = keeper.get(reverse(INDEX), {"area": "没有的"})
    assert page.context["ignored"] == ["领域"]


def test_a_retired_entry_leaves_the_list_and_comes_back(keeper):
    risk = TypicalRisk.objects.get(key="CG-01")
    address = reverse("library:activate", args=[risk.pk])
    assert "已停用 CG-01" in text_of(keeper.post(address, {"active": "0"}, follow=True))
    assert "CG-01" not in found(keeper, area="采购")
    assert found(keeper, area="采购", standing="retired") == {"CG-01"}
    keeper.post(address, {"active": "1"})
    assert "CG-01" in found(keeper, area="采购")


def test_who_fills_in_reads_and_changes_nothing(client, school, head):
    client.force_login(head)
    page = client.get(reverse(INDEX)).content.decode()
    assert reverse("library:export") in page
    keeping = [reverse("library:add"), reverse("library:import"), "/active/"]
    assert [address for address in keeping if address in page] == []


def test_an_entry_is_added_and_changed_with_its_measures(keeper):
    assert keeper.post(reverse("library:add"), BODY).status_code == 302
    risk = TypicalRisk.objects.get(area="校车")
    assert (risk.hot_years, risk.likelihood, risk.harm) == ([2025, 2026], 2, 1)
    assert [measure.said for measure in risk.measures.all()] == [
        ("prevention", "上下车点名", "每趟"),
        ("", "抽查点名册", ""),
    ]
    address = reverse("library:change", args=[risk.pk])
    form = keeper.get(address).context["form"]
    assert [form.initial[f"measure{place}"] for place in (1, 2)] == ["上下车点名", "抽查点名册"]
    keeper.post(address, BODY | {"lock": "0", "measure1": "", "timing1": ""})
    assert [measure.text for measure in risk.measures.all()] == ["抽查点名册"]


def test_what_is_wrong_is_said_beside_its_field_and_all_stays_typed(keeper):
    body = BODY | {"text": "", "hot_years": "去年", "measure1": ""}
    page = keeper.post(reverse("library:add"), body)
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {"text", "hot_years", "measure1"}
    assert page.context["form"]["measure2"].value() == "抽查点名册"
    assert not TypicalRisk.objects.filter(area="校车").exists()
    same = TypicalRisk.objects.get(key="CG-01")
    page = keeper.post(reverse("library:add"), BODY | {"category": same.category, "text": same.text})
    assert "与 CG-01 的内容相同" in page.context["form"].errors["text"][0]


def test_many_measures_are_all_kept(keeper):
    many = {f"measure{place}": f"第 {place} 条措施" for place in range(1, 8)}
    keeper.post(reverse("library:add"), BODY | many | {f"stage{place}": "" for place in range(1, 8)})
    risk = TypicalRisk.objects.get(area="校车")
    assert risk.measures.count() == 7
    page = keeper.get(reverse("library:change", args=[risk.pk]))
    assert "措施 9" in text_of(page)


def test_who_was_slower_sees_both_and_overwrites_knowingly(keeper, second_reviewer):
    risk = TypicalRisk.objects.get(key="CG-01")
    services.save_risk(RiskValues("采购", Category.DUTY, "别人的写法"), risk=risk, lock=0, actor=second_reviewer)
    address = reverse("library:change", args=[risk.pk])
    page = keeper.post(address, BODY | {"lock": "0"})
    assert page.status_code == 409
    assert "别人的写法" in text_of(page)
    assert page.context["form"]["lock"].value() == 1
    assert keeper.post(address, BODY | {"lock": "1"}).status_code == 302
    risk.refresh_from_db()
    assert risk.text == BODY["text"]


def test_questions_are_changed_category_by_category(keeper):
    address = reverse("library:question_form", args=["duty"])
    page = keeper.post(address, {"questions": "一？\n二？"})
    assert (page.status_code, "现在有 2 个" in page.context["form"].errors["questions"][0]) == (422, True)
    keeper.post(address, {"questions": "一？\n二？\n三？\n四？"})
    assert services.questions_of("duty") == ["一？", "二？", "三？", "四？"]
    assert "四？" in text_of(keeper.get(reverse("library:questions")))
    assert keeper.get(reverse("library:question_form", args=["unknown"])).status_code == 404


def test_an_export_is_an_entry_of_the_trail(keeper):
    keeper.get(reverse("library:export"), {"area": "采购"})
    entry = AuditEntry.objects.order_by("number").last()
    assert (entry.action, entry.detail) == (LibraryVerb.EXPORT, {"条数": 7})


def test_the_list_asks_as_often_for_one_as_for_thirty(keeper):
    def asked(**query):
        with CaptureQueriesContext(
            connection,
        ) as caught:
            keeper.get(reverse(INDEX), query)
        return len(caught)

    asked()
    assert asked(q="CG-01") == asked()


def test_the_values_of_a_stored_entry_are_those_of_its_form(keeper):
    risk = TypicalRisk.objects.get(key="CW-03")
    before = values_of(risk)
    form = keeper.get(reverse("library:change", args=[risk.pk])).context["form"]
    body = {name: value for name, value in form.initial.items() if value not in (None, "")}
    number = AuditEntry.objects.count()
    assert keeper.post(reverse("library:change", args=[risk.pk]), body).status_code == 302
    assert values_of(TypicalRisk.objects.get(pk=risk.pk)) == before
    assert AuditEntry.objects.count() == number
