"""The entries that come with the program: concrete, different from each other, and never over what a school wrote."""

from collections import Counter
from dataclasses import replace
from difflib import SequenceMatcher

import pytest

from departments import notices
from departments.models import PostFunction
from riskcontrol import audit
from riskcontrol.models import AuditEntry
from riskcontrol.text import folded
from riskcontrol.verbs import SystemVerb
from riskpoints.enums import ALL_CATEGORIES, Category, SchoolCategory, Stage
from riskpoints.references.library import services, shipped
from riskpoints.references.library.models import GuidingQuestion, TypicalMeasure, TypicalRisk
from riskpoints.references.library.shipped import ensure_library, shipped_questions, shipped_risks
from riskpoints.references.library.values import MeasureValues, RiskValues, values_of
from riskpoints.references.library.verbs import LibraryVerb

AREAS = (
    "招生 学籍 考试 财务收费 采购 基建维修 食堂 教材图书 房屋出租 固定资产 人事职称 评优评先 资助 实训耗材 "
    "校企合作与实习 技能大赛 社会培训与考证 工会经费 信息化 印章档案 公务接待用车"
)


@pytest.fixture
def in_use(school, reviewer, head):
    """Return a school that works with the program already."""
    audit.record(SystemVerb.LOGIN, actor=reviewer)
    return school


@pytest.fixture
def worded_anew(monkeypatch):
    """Return a function that lets the next version of the program say something else in one entry."""

    def word(key, **values):
        anew = tuple(
            replace(given, values=replace(given.values, **values)) if given.key == key else given
            for given in shipped_risks()
        )
        monkeypatch.setattr(shipped, "shipped_risks", lambda: anew)

    return word


def ships():
    return AuditEntry.objects.filter(action=LibraryVerb.SHIP)


def test_there_are_enough_entries_over_all_areas():
    assert len(shipped_risks()) >= 120
    areas = Counter(given.values.area for given in shipped_risks())
    assert set(AREAS.split()) <= set(areas)
    assert min(areas.values()) >= 4
    categories = Counter(given.values.category for given in shipped_risks())
    assert all(categories[category] >= 20 for category in Category)
    assert all(categories[category] >= 2 for category in SchoolCategory)


def test_every_function_of_the_document_has_some():
    found = Counter(name for given in shipped_risks() for name in given.values.functions)
    assert set(found) == {"财务", "采购", "基建", "一般经济管理", "社会事务管理", "公共服务"}
    assert all(4 <= count <= 10 for count in found.values())


def test_every_entry_is_whole():
    for given in shipped_risks():
        values = given.values
        assert [measure.stage for measure in values.measures] == list(Stage), given.key
        assert all(len(measure.text) >= 10 and 2 <= len(measure.timing) <= 20 for measure in values.measures), given.key
        assert 15 <= len(values.text) <= 60, given.key
        assert len(values.manifestation) >= 10, given.key
        assert {values.likelihood, values.harm} <= {1, 2, 3}, given.key


def test_no_two_say_the_same():
    texts = [given.values.text for given in shipped_risks()]
    texts += [measure.text for given in shipped_risks() for measure in given.values.measures]
    assert len({folded(text) for text in texts}) == len(texts)
    assert len({given.key for given in shipped_risks()}) == len(shipped_risks())
    risks = texts[: len(shipped_risks())]
    alike = [
        (one, two)
        for place, one in enumerate(risks)
        for two in risks[:place]
        if (matcher := SequenceMatcher(None, one, two)).real_quick_ratio() > 0.7
        and matcher.quick_ratio() > 0.7
        and matcher.ratio() > 0.7
    ]
    assert alike == []


def test_each_category_has_four_to_six_questions():
    found = Counter(question.category for question in shipped_questions())
    assert set(found) == {category for category, _ in ALL_CATEGORIES}
    assert all(services.FEWEST <= count <= services.MOST for count in found.values())


def test_a_new_installation_has_them_after_migrate(db):
    stored = {risk.key: values_of(risk) for risk in TypicalRisk.objects.prefetch_related("functions", "measures")}
    assert stored == {given.key: given.values for given in shipped_risks()}
    assert TypicalMeasure.objects.count() == 3 * len(stored)
    assert list(GuidingQuestion.objects.filter(category="duty").values_list("text", flat=True)) == [
        question.text for question in shipped_questions() if question.category == "duty"
    ]
    assert not AuditEntry.objects.exists()
    ensure_library()
    assert TypicalRisk.objects.count() == len(stored)


def test_an_installation_in_use_gets_them_with_one_entry_and_the_committee_is_told(in_use, reviewer, head):
    TypicalRisk.objects.filter(key__startswith="CG-").delete()
    ensure_library()
    (entry,) = ships()
    assert entry.detail == {"新增": [f"CG-0{number}" for number in range(1, 8)], "更新": []}
    assert "典型风险库随系统更新：新增 7 条" in notices.unread(reviewer).get().text
    assert not notices.unread(head).exists()
    ensure_library()
    assert ships().count() == 1


def test_what_nobody_changed_follows_the_next_version(in_use, worded_anew):
    worded_anew("CG-01", text="新的写法", functions=frozenset({"财务"}), measures=(MeasureValues("", "新的措施"),))
    ensure_library()
    risk = TypicalRisk.objects.get(key="CG-01")
    assert (risk.text, [function.name for function in risk.functions.all()]) == ("新的写法", ["财务"])
    assert [measure.text for measure in risk.measures.all()] == ["新的措施"]
    assert ships().get().detail == {"新增": [], "更新": ["CG-01"]}


def test_what_the_committee_changed_or_retired_stays(in_use, worded_anew, reviewer):
    changed, retired = TypicalRisk.objects.get(key="CG-01"), TypicalRisk.objects.get(key="CG-02")
    services.save_risk(replace(values_of(changed), manifestation="本校的写法"), risk=changed, actor=reviewer)
    services.set_active(retired, False, actor=reviewer)
    worded_anew("CG-01", text="新的写法")
    ensure_library()
    worded_anew("CG-02", text="另一种写法")
    ensure_library()
    changed.refresh_from_db()
    retired.refresh_from_db()
    assert (changed.manifestation, "新的写法" in changed.text) == ("本校的写法", False)
    assert (retired.is_active, "另一种" in retired.text) == (False, False)
    assert not ships().exists()


def test_a_measure_or_function_that_was_changed_counts_as_changed(in_use, worded_anew, reviewer):
    risk = TypicalRisk.objects.get(key="CG-01")
    services.save_risk(replace(values_of(risk), measures=(MeasureValues("", "本校的措施"),)), risk=risk, actor=reviewer)
    worded_anew("CG-01", text="新的写法")
    ensure_library()
    assert [measure.text for measure in risk.measures.all()] == ["本校的措施"]


def test_a_question_the_committee_took_out_does_not_come_back(in_use, reviewer):
    texts = services.questions_of(Category.PROCESS)
    services.set_questions(Category.PROCESS, texts[1:], actor=reviewer)
    ensure_library()
    assert services.questions_of(Category.PROCESS) == texts[1:]


def test_own_entries_and_functions_of_the_school_are_left_alone(in_use, reviewer):
    PostFunction.objects.create(name="校车", floor=2, basis="校内规定")
    own = services.save_risk(RiskValues("校车", "duty", "本校自己写的", functions=frozenset({"校车"})), actor=reviewer)
    ensure_library()
    own.refresh_from_db()
    assert (own.shipped, own.key[:2], own.functions.get().name) == ("", "X-", "校车")
