"""我的防控表, the start of a draft, and the page of a version as each role sees it."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from departments.enums import Role
from riskpoints.enums import Action, Category, Scope, Status
from riskpoints.models import ControlTable, Cycle, RiskPoint, TableVersion
from riskpoints.tables import editing, starting, workflow
from tests.factories import (
    assess_all,
    bring_to,
    make_cycle,
    make_department,
    make_point,
    publish_for,
    record_historical,
)
from tests.pages import at, messages_of, text_of

MINE = reverse("riskpoints:mine")


def start_address(table) -> str:
    return reverse("riskpoints:start", args=[table.pk])


# ---- 我的防控表 ----------------------------------------------------------------------------------------------------


def test_the_head_comes_straight_to_the_table_of_this_year(enter, table, people):
    draft = bring_to(Status.DRAFT, table, people)
    client = enter(people.head)
    assert client.get(MINE).url == at(draft)
    old = ControlTable.objects.create(cycle=make_cycle(2020), scope=Scope.DEPARTMENT, department=table.department)
    assert client.get(MINE).url == at(draft)
    page = client.get(MINE, {"all": "1"})
    assert [row.table.cycle.year for row in page.context["rows"]] == [timezone.localdate().year, 2020]
    assert f'href="{MINE}?all=1"' in client.get(at(draft)).content.decode()
    Cycle.objects.filter(pk=old.cycle_id).update(closed_at=timezone.now())
    assert start_address(old) not in client.get(MINE, {"all": "1"}).content.decode()


def test_what_is_in_force_opens_where_nothing_is_drafted(enter, confirmed_version, people):
    assert enter(people.head).get(MINE).url == at(confirmed_version)


def test_a_table_that_was_not_begun_shows_its_button(enter, table, people):
    client = enter(people.head)
    page = client.get(MINE)
    assert start_address(table) in page.content.decode()
    response = client.post(start_address(table), follow=True)
    draft = TableVersion.objects.get()
    assert response.redirect_chain == [(at(draft), 302)]
    assert response.context["sheet"].mode == "edit"
    assert draft.duties == table.department.duties
    assert client.post(start_address(table)).url == at(draft)  # a second press opens the same draft
    assert TableVersion.objects.count() == 1


def test_who_fills_in_nothing_is_told_so(enter, people, cycle):
    assert "还没有可以填报的防控表" in text_of(enter(people.auditor).get(MINE))


def test_a_head_who_is_in_the_office_finds_both_tables(enter, discipline_table, school_table, people):
    people.discipline_head.grants.create(role=Role.OFFICE)
    page = enter(people.discipline_head).get(MINE)
    assert "我的防控表" in text_of(page)
    assert {row.table.pk for row in page.context["rows"]} == {discipline_table.pk, school_table.pk}
    for table in (discipline_table, school_table):
        assert start_address(table) in page.content.decode()
    assert "学校（附件2）" in text_of(page)


@pytest.mark.parametrize(
    ("who", "label"), [("head", "我的防控表"), ("clerk", "我的防控表"), ("office", "学校防控表"), ("reviewer", "")]
)
def test_the_menu_names_the_tables_of_a_person(enter, people, cycle, who, label):
    said = text_of(enter(getattr(people, who)).get(reverse("riskpoints:inbox")))
    assert [name for name in ("我的防控表", "学校防控表") if name in said] == ([label] if label else [])


@pytest.mark.parametrize(("who", "label"), [("head", "我的防控表"), ("clerk", "我的防控表"), ("office", None)])
def test_the_menu_says_where_the_person_is(enter, confirmed_version, people, who, label):
    entries = enter(getattr(people, who)).get(at(confirmed_version)).context["navigation"]
    assert [name for name, _, is_here, _ in entries if is_here] == ([label] if label else [])


@pytest.mark.parametrize(("who", "label"), [("head", "我的防控表"), ("office", None), ("reviewer", None)])
def test_the_history_of_a_table_is_the_own_only_for_who_fills_in(enter, confirmed_version, people, who, label):
    address = reverse("riskpoints:history", args=[confirmed_version.table_id])
    entries = enter(getattr(people, who)).get(address).context["navigation"]
    assert [name for name, _, is_here, _ in entries if is_here] == ([label] if label else [])


def test_only_who_fills_in_begins_a_table(enter, client, table, school_table, people):
    for person in vars(people).keys() - {"head", "clerk", "disabled"}:
        assert enter(getattr(people, person)).post(start_address(table)).status_code == 404, person
    for person in vars(people).keys() - {"office", "second_office", "disabled"}:
        assert enter(getattr(people, person)).post(start_address(school_table)).status_code == 404, person
    assert client.post(start_address(table)).url.startswith(reverse("login"))
    assert not TableVersion.objects.exists()
    assert enter(people.clerk).get(start_address(table)).url == MINE


def test_a_table_in_force_is_not_begun_again(enter, confirmed_version, people):
    response = enter(people.head).post(start_address(confirmed_version.table), follow=True)
    assert messages_of(response) == ["这张表已有现行版，请用“修订”另起一版。"]
    Cycle.objects.update(closed_at=timezone.now())
    response = enter(people.head).post(start_address(confirmed_version.table), follow=True)
    assert "已经归档关闭" in messages_of(response)[0]


def test_the_list_costs_the_same_with_1_and_with_30_tables(enter, queries_of, table, people, cycle):
    one = queries_of(enter(people.clerk), MINE)
    for number in range(29):
        department = make_department(f"第{number}处")
        people.clerk.grants.create(role=Role.CLERK, department=department)
        ControlTable.objects.create(cycle=cycle, scope=Scope.DEPARTMENT, department=department)
    client = enter(people.clerk)
    assert len(client.get(MINE).context["rows"]) == 30
    assert queries_of(client, MINE) == one


# ---- the page of a version: who sees it, and how -----------------------------------------------------------------

MODES = {
    "draft": {"head": "edit", "clerk": "edit"},
    "submitted": {
        "head": "read", "clerk": "read", "leader": "read", "reviewer": "review", "second_reviewer": "review",
        "discipline_head": "review",
    },
    "reviewed": dict.fromkeys(
        ["head", "clerk", "leader", "reviewer", "second_reviewer", "discipline_head", "office", "second_office",
         "principal"], "read",
    ),
    "confirmed": dict.fromkeys(
        ["head", "clerk", "leader", "reviewer", "second_reviewer", "discipline_head", "office", "second_office",
         "principal", "staff", "admin", "deputy"], "read",
    ),
}  # fmt: skip


@pytest.mark.parametrize("status", MODES)
def test_each_role_sees_the_version_in_its_mode(enter, client, table, people, status):
    version = bring_to(Status(status), table, people)
    for person in vars(people).keys() - {"disabled"}:
        response = enter(getattr(people, person)).get(at(version))
        expected = MODES[status].get(person)
        assert response.status_code == (200 if expected else 404), person
        if expected:
            assert response.context["sheet"].mode == expected, person
    assert client.get(at(version)).url == f"{reverse('login')}?next={at(version)}"
    assert enter(people.head).post(at(version)).status_code == 405


@pytest.mark.parametrize("who", ["staff", "admin", "deputy"])
def test_the_assessment_is_hidden_from_who_may_not_see_it(enter, confirmed_version, people, who):
    """机率、危害、建议 and the reviewer's words are for those who fill in, review, confirm or lead."""
    for point in confirmed_version.points.all():
        assert (point.likelihood, point.harm) == (3, 3)
    said = text_of(enter(getattr(people, who)).get(at(confirmed_version)))
    for words in ("发生机率", "危害程度", "部门建议", "按规则得出", "审核通过，核定等级", "历次版本"):
        assert words not in said
        assert words in text_of(enter(people.leader).get(at(confirmed_version)))
    for point in confirmed_version.points.all():
        assert point.text in said
    assert "一级（高）" in said


def test_the_sheet_is_the_form_of_the_document(enter, confirmed_version, people):
    said = text_of(enter(people.head).get(at(confirmed_version)))
    assert "某某职专 部门廉政风险点防控表" in said
    for words in (
        "部门主要负责人（签字）：", "科室名称 总务处", "负责人姓名：总务处负责人", "业务工作 职责",
        "风险类别 风险点 防范措施",
        "岗位职责 风险", "业务流程 风险", "制度机制 风险", "外部环境 风险", "单位确定 风险等级",
        "注：1.本表一式二份，学校纪委及填表部门各存一份；",
        "2.廉政风险点及防范措施由各部门根据自查、互提、反馈意见等情况填写；",
        "3.单位确定风险等级须经主要负责人签字，并加盖公章；", "4.如有需要，可另附页。",
    ):  # fmt: skip
        assert words in said


def test_the_school_sheet_is_the_form_of_the_document(enter, school_table, people):
    version = bring_to(Status.CONFIRMED, school_table, people)
    said = text_of(enter(people.principal).get(at(version)))
    assert "山东省某某职业中专廉政风险点防控表" in said
    for words in (
        "单位主要负责人（签字）：", "单位名称 （公章）", "业务职能 教育教学", "重大事项 决策", "重要人事 任免",
        "重大项目 安排",
        "大额资金 使用 无 无", "注：1、本表一式二份，上级主管单位及填表单位各存一份；",
        "2、廉政风险点及防控措施根据自查、反馈意见等情况填写；", "3、本表须经单位主要负责人签字，并加盖公章；",
        "4、如有需要，可另附页。",
    ):  # fmt: skip
        assert words in said
    assert "单位确定" not in said
    assert "三级" not in said  # 附件2 has no level, whatever was imported


def test_a_historical_table_claims_no_more_than_its_paper_says(enter, school_table, people):
    """The paper of 2011 says of no risk whether it is latent or there."""

    def fill(version):
        editing.save_point(version, {"category": "decision", "text": "招生"}, actor=people.office)

    today = timezone.localdate()
    version = record_historical(school_table, signed_on=today, fill=fill, actor=people.office, reviewer=people.reviewer)
    said = text_of(enter(people.office).get(at(version)))
    assert "历史表补录" in said
    assert "潜在" not in said
    assert "已存在" not in said


def test_measures_stand_beside_the_points_they_answer(enter, draft_version, people):
    first = draft_version.points.get(category=Category.DUTY)
    second = make_point(draft_version, actor=people.head, text="第二个风险点")
    values = {"category": "duty", "text": "对两个点的措施"}
    editing.save_measure(draft_version, values, points=[first, second], actor=people.head)
    editing.save_measure(draft_version, values | {"text": "对第二个点的措施"}, points=[second], actor=people.head)
    body = enter(people.head).get(at(draft_version)).content.decode()
    row = body[body.index('id="row-duty"') : body.index('<tr id="row-process"')]
    lines = [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", line)) for line in row.split("<tr")]
    assert len(lines) == 3
    assert first.text in lines[0]
    assert "对两个点的措施 选阶段 对第 1、2 项" in lines[0]
    assert "第二个风险点" in lines[1]
    assert "对第二个点的措施" in lines[1]
    assert "本类全部风险点" in lines[2]
    assert "每学期开展一次岗位廉政教育并考试" in lines[2]


def test_what_changed_since_the_version_in_force_is_marked(enter, confirmed_version, people):
    draft = starting.open_revision(confirmed_version, reason="调整", actor=people.head)
    points = {point.category: point for point in draft.points.all()}
    editing.save_point(draft, {"text": "改写的风险点"}, point=points["process"], actor=people.head)
    editing.remove_row(points["environment"], actor=people.head)
    make_point(draft, actor=people.head, category="institution", text="新增的风险点")
    page = enter(people.head).get(at(draft))
    said = text_of(page)
    assert "新增 1 个风险点、0 条措施" in said
    assert "修改 1 个风险点、0 条措施" in said
    assert "删除 1 个风险点、1 条措施" in said
    body = page.content.decode()
    assert "<ins" in body
    assert f'<span class="visually-hidden">已删除：</span>{points["environment"].text}</del>' in body
    links = re.findall(r'<a href="#([\w-]+)">([^<]*)</a>', body[body.index('class="change-links"') :])
    added = draft.points.get(text="新增的风险点")
    assert (f"point-{added.pk}", "新增的风险点") in links
    assert (f"point-{points['process'].pk}", "改写的风险点") in links
    assert "row-environment" in [anchor for anchor, _ in links]
    assert all(f'id="{anchor}"' in body for anchor, _ in links)


def test_line_breaks_stay_in_what_changed(enter, confirmed_version, people):
    draft = starting.open_revision(confirmed_version, reason="调整", actor=people.head)
    point = draft.points.get(category="process")
    editing.save_point(draft, {"text": f"{point.text}\n另起一行"}, point=point, actor=people.head)
    body = enter(people.head).get(at(draft)).content.decode()
    marked = re.search(rf'id="point-{point.pk}".*?<span class="keep-lines">(.*?)</ins></span>', body, re.DOTALL)[1]
    assert "\n另起一行" in marked


def test_one_point_has_one_link_for_its_measures(enter, draft_version, people):
    def links():
        body = enter(people.head).get(at(draft_version)).content.decode()
        row = body[body.index('id="row-duty"') : body.index('<tr id="row-process"')]
        return re.findall(r"＋ 添加(?:本类共用)?措施", row)

    assert links() == ["＋ 添加措施", "＋ 添加本类共用措施"]
    for measure in draft_version.measures.filter(category=Category.DUTY, points=None):
        editing.remove_row(measure, actor=people.head)
    assert draft_version.measures.filter(category=Category.DUTY).exists()
    assert links() == ["＋ 添加措施"]


def test_a_draft_is_previewed_in_a_new_window(enter, draft_version, people):
    body = enter(people.head).get(at(draft_version)).content.decode()
    (link,) = re.findall(r"<a [^>]*/print\.pdf[^>]*>|<a [^>]*print/pdf[^>]*>|<a [^>]*pdf[^>]*>预览", body)
    assert 'target="_blank" rel="noopener"' in link


def test_the_steps_say_where_the_table_stands(enter, table, people, school):
    def steps(version):
        body = enter(people.head).get(at(version)).content.decode()
        block = re.search(r'<ol class="steps">(.*?)</ol>', body, re.S).group(1)
        return [item or "-" for item in re.findall(r'<li(?: class="(\w+)")?', block)]

    version = bring_to(Status.DRAFT, table, people)
    assert steps(version) == ["now", "-", "-", "-"]
    version = workflow.perform(Action.SUBMIT, version, actor=people.head)
    assert steps(version) == ["done", "now", "-", "-"]
    publish_for(3)
    assess_all(version, actor=people.reviewer)
    version = workflow.perform(Action.APPROVE, version, actor=people.reviewer)
    assert steps(version) == ["done", "done", "now", "-"]


@pytest.mark.parametrize("who", ["head", "leader", "staff"])
def test_a_version_costs_the_same_with_1_and_with_60_points(enter, queries_of, record_table, people, who):
    """Also the measures, each of which answers a point."""
    small, large = record_table("甲处", 4), record_table("乙处", 60)
    for table in (small, large):
        draft = starting.open_revision(table.in_force, reason="x", actor=fills(table, people))
        for point in draft.points.all():
            values = {"category": point.category, "text": "措施"}
            editing.save_measure(draft, values, points=[point], actor=fills(table, people))
    role = {"head": Role.HEAD, "leader": Role.LEADER, "staff": Role.STAFF}[who]
    user = getattr(people, who)
    costs = []
    for table in (small, large):
        if who != "head":
            user.grants.create(role=role, department=table.department)
        version = table.versions.get(status=Status.DRAFT) if who == "head" else table.in_force
        client = enter(fills(table, people) if who == "head" else user)
        costs.append(queries_of(client, at(version)))
    assert costs[0] == costs[1]


def fills(table, people):
    """Return who fills in a table: the head, made clerk of it."""
    people.head.grants.get_or_create(role=Role.CLERK, department=table.department)
    return type(people.head).objects.get(pk=people.head.pk)


def test_ids_out_of_range_are_unknown(enter, people, table):
    client = enter(people.head)
    for number in (0, 10**18, 10**30):
        for address in (f"/versions/{number}/", f"/versions/{number}/print.pdf", f"/versions/{number}/revise/"):
            assert client.get(address).status_code == 404
        assert client.post(f"/tables/{number}/start/").status_code == 404
    assert client.get("/versions/-1/").status_code == 404
    assert client.get("/versions/１/").status_code in (200, 404)
    assert RiskPoint.objects.count() == 0
