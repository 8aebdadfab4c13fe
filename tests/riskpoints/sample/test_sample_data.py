"""The sample school's data files keep the document's rules and read like a school's own work."""

import re
from collections import Counter

import pytest

from departments.document_functions import DOCUMENT_FUNCTIONS
from departments.enums import DEPARTMENT_ROLES, SCHOOL_ROLES, DepartmentKind, Role
from riskpoints import levels
from riskpoints.content.completeness import EMPTY_PHRASES
from riskpoints.enums import Category, FindingMethod, Harm, Likelihood, SchoolCategory, Stage
from riskpoints.sample import data

# 附件1, copied from the founding document without the padding of two-character names.
CHIEF = "汪学荣"
DEPUTIES = ["陈永玲"]
MEMBERS = [
    *("杨雪梅", "徐新惠", "于梅", "杨文芝", "周红", "孙静"),
    *("朱忠林", "宋芒果", "刘海岩", "吴美琴", "张泉", "辛化波"),
    *("宋培涛", "吕春厚", "季翠兰", "兰鹏", "原洪华", "董国典"),
    *("史东升", "张淑萍", "吕道升", "苗其元", "褚延梅"),
]
STATES = {
    "in_force": 2,
    "in_force_revision": 2,
    "reviewed": 2,
    "submitted": 2,
    "submitted_again": 1,
    "submitted_discipline": 1,
    "returned": 1,
    "draft": 2,
    "not_started": 1,
}
INCOMPLETE = ("draft", "not_started")
FLOORS = {given.name: int(given.floor) for given in DOCUMENT_FUNCTIONS}
# A person of the sample is a position, or a job with 甲 or 乙 behind it.
ROLE_NAME = re.compile(
    r"系统管理员|审计员|校长|(教学|德育|行政|后勤)副校长|纪委书记"
    r"|\w+(负责人|填报员)"
    r"|\w*(员|干事|会计|出纳)[甲乙]"
)

CURRENT = data.current_year()
DEPARTMENTS = CURRENT["departments"]
BY_KEY = {department["key"]: department for department in DEPARTMENTS}


def department_id(department):
    return department["key"]


each_department = pytest.mark.parametrize("department", DEPARTMENTS, ids=department_id)


def floor_of(department, point):
    functions = next((post["functions"] for post in department["posts"] if post["name"] == point["post"]), [])
    return [(name, FLOORS[name]) for name in functions]


def point_ruling(department, point):
    return levels.rule(point["likelihood"], point["harm"], floor_of(department, point))


def measures_of(department, point):
    return [
        measure
        for measure in department["measures"]
        if measure["category"] == point["category"] and (not measure["points"] or point["n"] in measure["points"])
    ]


# ---- 2011 ----------------------------------------------------------------------------------------------------------


def test_the_group_of_2011_is_the_list_of_annex_1():
    group = data.year_2011()["leadership_group"]
    assert group["chief"] == CHIEF
    assert group["deputies"] == DEPUTIES
    assert group["members"] == MEMBERS
    assert len({group["chief"], *group["deputies"], *group["members"]}) == 25
    assert group["office_director"] == "于梅"
    assert group["office_sentence"] == "学校廉政风险防控管理工作领导小组办公室设在纪委，于梅同志兼任办公室主任。"


def test_the_table_of_2011_is_annex_2_line_by_line():
    year = data.year_2011()
    assert year["filled_on"] == "2011-11-15"
    assert year["school"]["business_function"] == "教育教学"
    assert year["school_table"] == [
        {
            "category": "decision",
            "points": ["教育教学管理", "招生", "财务收费", "党员干部管理", "职称管理"],
            "measures": ["严格按照制度和规定办理", "坚持公平公正公开原则", "坚持民主决策、群众监督原则"],
        },
        {
            "category": "personnel",
            "points": ["中层干部任免"],
            "measures": ["坚决执行关于干部任免的各项制度和规定"],
        },
        {
            "category": "project",
            "points": ["基建工程（校舍维修）", "大宗物品采购", "房屋出租"],
            "measures": ["坚持公开招标和政府采购的原则", "坚持专家论证和集体研究决定的原则"],
        },
        {"category": "funds", "none": True},
    ]


def test_the_school_has_each_of_its_names():
    assert data.year_2011()["school"] == {
        "full_name": "山东省烟台第一职业中专",
        "short_name": "烟台一职专",
        "party_body": "中共山东省烟台第一职业中专委员会",
        "document_prefix": "烟一职专党字",
        "superior": "烟台市教育局",
        "copied_to": "中共烟台市委教育工委",
        "business_function": "教育教学",
        "form_title": "山东省烟台第一职业中专廉政风险点防控表",
        "department_form_title": "部门廉政风险点防控表",
    }


# ---- the current year: size and states -----------------------------------------------------------------------------


def test_the_school_is_a_whole_one():
    assert len(DEPARTMENTS) == 14
    assert sum(len(department["posts"]) for department in DEPARTMENTS) >= 48
    assert sum(len(department["points"]) for department in DEPARTMENTS) >= 160
    kinds = {department["kind"] for department in DEPARTMENTS}
    assert kinds == set(DepartmentKind.values) - {data.leaders()["kind"]}
    assert data.leaders()["kind"] == DepartmentKind.LEADERS
    assert [department["order"] for department in DEPARTMENTS] == list(range(1, 15))
    assert [d["key"] for d in DEPARTMENTS if d.get("is_discipline_office")] == ["discipline"]


def test_every_state_of_the_workflow_is_there():
    assert Counter(department["state"] for department in DEPARTMENTS) == STATES
    assert BY_KEY["discipline"]["state"] == "submitted_discipline"


def test_levels_and_stages_and_methods_are_spread():
    points = [point for department in DEPARTMENTS for point in department["points"]]
    by_level = Counter(point["level"] for point in points)
    assert set(by_level) == {1, 2, 3}
    assert min(by_level.values()) >= 12
    measures = [measure for department in DEPARTMENTS for measure in department["measures"]]
    assert {measure["stage"] for measure in measures} == set(Stage.values)
    assert {method for point in points for method in point["methods"]} == set(FindingMethod.values)
    assert {point["latent"] for point in points} == {True, False}
    assert {point["likelihood"] for point in points} == set(Likelihood.values)
    assert {point["harm"] for point in points} == set(Harm.values)
    assert any(len(measure["points"]) > 1 for measure in measures)
    assert any(not measure["points"] for measure in measures)


# ---- the current year: rules ---------------------------------------------------------------------------------------


@each_department
def test_proposed_levels_keep_the_rule(department):
    for point in department["points"]:
        ruling = point_ruling(department, point)
        assert not ruling.is_forbidden(point["level"]), point
        if ruling.needs_reason(point["level"]):
            assert point["level_reason"], point


def test_a_milder_level_with_a_reason_is_rare_but_there():
    milder = [
        point
        for department in DEPARTMENTS
        for point in department["points"]
        if point_ruling(department, point).needs_reason(point["level"])
    ]
    assert 1 <= len(milder) <= 3


@each_department
def test_points_are_numbered_name_a_post_and_say_where_they_show(department):
    posts = [post["name"] for post in department["posts"]]
    assert len(set(posts)) == len(posts)
    assert [point["n"] for point in department["points"]] == list(range(1, len(department["points"]) + 1))
    order = [list(Category.values).index(point["category"]) for point in department["points"]]
    assert order == sorted(order)
    for point in department["points"]:
        assert point["post"] is None or point["post"] in posts
        assert point["text"] != point["manifestation"]
        assert point["matter"]
        assert point["methods"]
        assert ("other" in point["methods"]) == bool(point.get("other_method"))


@each_department
def test_measures_answer_points_of_their_own_category(department):
    categories = {point["n"]: point["category"] for point in department["points"]}
    for measure in department["measures"]:
        assert measure["category"] in Category.values
        assert measure["category"] in categories.values()
        assert {categories[number] for number in measure["points"]} <= {measure["category"]}


@pytest.mark.parametrize("department", [d for d in DEPARTMENTS if d["state"] not in INCOMPLETE], ids=department_id)
def test_a_table_that_was_handed_in_is_complete(department):
    assert department["duties"]
    answered = {point["category"] for point in department["points"]} | set(department["none"])
    assert answered == set(Category.values)
    assert {point["category"] for point in department["points"]}.isdisjoint(department["none"])
    with_points = {point["post"] for point in department["points"]}
    without = {post["name"] for post in department["posts"]} - with_points
    assert without == set(department["posts_without_points"])
    for point in department["points"]:
        assert measures_of(department, point), point


def test_the_drafts_lack_what_drafts_lack():
    for department in DEPARTMENTS:
        if department["state"] == "draft":
            answered = {point["category"] for point in department["points"]} | set(department["none"])
            assert answered < set(Category.values)
            assert any(not measures_of(department, point) for point in department["points"])
        if department["state"] == "not_started":
            assert department["points"] == department["measures"] == []


def test_explicit_nil_and_a_post_without_points_with_its_reason_are_there():
    assert any(department["none"] for department in DEPARTMENTS)
    assert [name for d in DEPARTMENTS for name, reason in d["posts_without_points"].items() if len(reason) > 10]


@each_department
def test_reviews_keep_the_rule_and_give_a_reason(department):
    review = department.get("review")
    assert bool(review) == (department["state"] in ("in_force", "in_force_revision", "reviewed"))
    reviewed = {}
    for change in (review or {}).get("levels", []):
        ruling = point_ruling(department, department["points"][change["point"] - 1])
        assert not ruling.is_forbidden(change["level"])
        assert change["reason"]
        reviewed[change["point"]] = change["level"]
    for point in department["points"] if review else []:
        if point_ruling(department, point).needs_reason(point["level"]):
            assert point["n"] in reviewed


@each_department
def test_a_return_says_why_at_the_points(department):
    returned = department.get("returned")
    assert bool(returned) == (department["state"] in ("returned", "submitted_again"))
    if returned:
        assert returned["comment"]
        numbers = {point["n"] for point in department["points"]}
        assert {remark["point"] for remark in returned["remarks"]} <= numbers
        assert len(returned["remarks"]) >= 2
    rewritten = [point for point in department["points"] if point.get("first_text")]
    assert bool(rewritten) == (department["state"] == "submitted_again")


@pytest.mark.parametrize("key", [d["key"] for d in DEPARTMENTS if d["state"] == "in_force_revision"])
def test_a_revision_adds_changes_removes_and_moves_a_level(key):
    department = BY_KEY[key]
    revision = department["revision"]
    assert revision["reason"]
    for name in ("add", "change", "remove", "level"):
        assert len(revision[name]) == 1, name
    assert not point_ruling(department, revision["add"][0]).is_forbidden(revision["add"][0]["level"])
    moved = revision["level"][0]
    before = department["points"][moved["point"] - 1]
    assert moved["level"] != before["level"]
    assert not point_ruling(department, before | moved).is_forbidden(moved["level"])


# ---- the current year: words ---------------------------------------------------------------------------------------


def all_measures():
    tables = [*DEPARTMENTS, CURRENT["school_table"]]
    added = [point for d in DEPARTMENTS for point in d.get("revision", {}).get("add", [])]
    return [measure for owner in [*tables, *added] for measure in owner["measures"]]


def test_no_measure_is_used_three_times():
    counted = Counter(measure["text"] for measure in all_measures())
    assert [text for text, count in counted.items() if count > 2] == []


def test_no_measure_is_an_empty_phrase():
    for measure in all_measures():
        assert len(measure["text"]) >= 20, measure
        for phrase in EMPTY_PHRASES:
            assert phrase not in measure["text"], measure


def test_no_risk_point_is_written_twice():
    counted = Counter(point["text"] for department in DEPARTMENTS for point in department["points"])
    assert [text for text, count in counted.items() if count > 1] == []


FIELD = [
    *("招生", "学籍", "免学费", "助学金", "实习", "校企合作", "耗材", "采购", "维修"),
    *("招标", "食堂", "出租", "固定资产", "收费", "报销", "工资", "职称", "评优"),
    *("技能大赛", "培训", "命题", "教材", "印章", "档案", "接待", "公务用车", "信息化项目"),
    *("数据", "团费", "工会", "福利", "线索", "校服", "预算", "票据", "考勤"),
]


@pytest.mark.parametrize("word", FIELD)
def test_the_field_of_a_vocational_school_is_covered(word):
    assert any(
        word in point["matter"] + point["text"] + point["manifestation"]
        for department in DEPARTMENTS
        for point in department["points"]
    )


def test_people_are_named_by_their_role():
    names = {account["real_name"] for account in CURRENT["accounts"]}
    for department in DEPARTMENTS:
        names |= {holder for post in department["posts"] for holder in post["holders"]}
    assert [name for name in names if not ROLE_NAME.fullmatch(name)] == []
    for owner in [*DEPARTMENTS, CURRENT["school_table"]]:
        responsible = {row["responsible"] for row in [*owner["points"], *owner["measures"]] if "responsible" in row}
        assert responsible <= names


def test_nobody_of_the_2011_list_appears_in_the_current_year():
    text = (data.FOLDER / "current_year.json").read_text(encoding="utf-8")
    assert [name for name in [CHIEF, *DEPUTIES, *MEMBERS] if name in text] == []


# ---- people, group and school table --------------------------------------------------------------------------------


def test_there_is_an_account_for_every_role_and_a_head_for_every_department():
    grants = [(account, grant) for account in CURRENT["accounts"] for grant in account["roles"]]
    assert {grant["role"] for _, grant in grants} == set(Role.values)
    for account, grant in grants:
        assert ("departments" in grant) == (grant["role"] in DEPARTMENT_ROLES | {Role.LEADER}), account
        assert grant["role"] in SCHOOL_ROLES | DEPARTMENT_ROLES | {Role.LEADER}
        assert set(grant.get("departments", [])) <= set(BY_KEY)
    heads = [key for _, grant in grants if grant["role"] == Role.HEAD for key in grant["departments"]]
    assert sorted(heads) == sorted(BY_KEY)
    led = {
        key: account["key"] for account, grant in grants if grant["role"] == "leader" for key in grant["departments"]
    }
    assert led == {department["key"]: department["leader"] for department in DEPARTMENTS}
    holders = Counter(grant["role"] for _, grant in grants)
    assert holders[Role.REVIEWER] == 2
    assert holders[Role.OFFICE] >= 2
    assert holders[Role.PRINCIPAL] == holders[Role.ADMIN] == holders[Role.AUDITOR] == 1
    numbers = [account["staff_number"] for account in CURRENT["accounts"]]
    assert len(set(numbers)) == len(numbers)


def test_the_group_in_office_is_made_of_accounts():
    group = CURRENT["leadership_group"]
    keys = {account["key"] for account in CURRENT["accounts"]}
    people = [group["chief"], *group["deputies"], *group["members"]]
    assert set(people) <= keys
    assert len(set(people)) == len(people)
    assert group["members"] == [f"head_{key}" for key in BY_KEY]
    assert group["office_director"] in group["members"]
    assert group["deputies"]


def test_the_school_table_answers_all_four_rows():
    table = CURRENT["school_table"]
    assert {point["category"] for point in table["points"]} == set(SchoolCategory.values)
    assert {measure["category"] for measure in table["measures"]} == set(SchoolCategory.values)
    for point in table["points"]:
        assert measures_of(table, point), point
    printed = [text for row in data.year_2011()["school_table"] for text in row.get("points", [])]
    assert [point["was"] for point in table["points"] if "was" in point] == [
        text for text in printed if text != "党员干部管理"
    ]
