"""Departments and posts: what the screens show, save, refuse and write into the audit trail."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from departments import notices
from departments.enums import DepartmentKind, Level, Role
from departments.models import Appointment, Department, Post
from departments.services import close_department
from tests.factories import make_department, make_post, make_user

DEPARTMENT = {
    "name": "实训处",
    "kind": "chu",
    "parent": "",
    "order": "40",
    "duties": "管理实训基地。",
    "head": "",
    "leader": "",
}
POST = {
    "name": "耗材管理员",
    "order": "10",
    "duties": "",
    "appointments-TOTAL_FORMS": "0",
    "appointments-INITIAL_FORMS": "0",
}


def lines(*rows: dict[str, str], saved: int = 0) -> dict[str, str]:
    """Return the appointment lines of a post's form as the browser sends them."""
    sent = {"appointments-TOTAL_FORMS": str(len(rows)), "appointments-INITIAL_FORMS": str(saved)}
    for number, row in enumerate(rows):
        blank = {"holder_name": "", "user": "", "since": "", "until": "", "id": "", "post": ""}
        sent |= {f"appointments-{number}-{name}": value for name, value in (blank | row).items()}
    return sent


def test_a_new_department_is_saved_with_its_head_and_leader(as_admin, admin, trail):
    head, leader = make_user("7001", "实训处负责人"), make_user("7002", "分管副校长")
    answer = as_admin.post(
        reverse("departments:department_new"),
        DEPARTMENT | {"head": head.pk, "leader": leader.pk, "active_from": "2026-09-01"},
    )
    made = Department.objects.get(name="实训处")
    assert answer.url == reverse("departments:department", args=[made.pk])
    assert (made.kind, made.order, made.active_from) == (DepartmentKind.CHU, 40, datetime.date(2026, 9, 1))
    assert (made.head, made.leader_in_charge) == (head, leader)
    actions = [(action, label) for action, label, _ in trail(admin)]
    assert actions == [
        ("新增部门", "实训处"),
        ("新增角色", "实训处负责人：部门负责人（实训处）"),
        ("新增角色", "分管副校长：分管领导（实训处）"),
    ]


def test_a_change_is_written_down_with_old_and_new(as_admin, admin, department, head, trail):
    sent = DEPARTMENT | {"name": "总务处", "order": "15", "duties": department.duties, "head": head.pk}
    as_admin.post(reverse("departments:department_edit", args=[department.pk]), sent)
    assert trail(admin) == [("修改部门", "总务处", {"order": [10, 15]})]
    department.refresh_from_db()
    assert department.head == head


def test_a_new_head_takes_the_place_of_the_old_one(as_admin, department, head):
    successor = make_user("7003", "新任负责人")
    sent = DEPARTMENT | {"name": "总务处", "head": successor.pk}
    as_admin.post(reverse("departments:department_edit", args=[department.pk]), sent)
    assert list(department.grants.filter(role=Role.HEAD).values_list("user__real_name", flat=True)) == ["新任负责人"]
    assert not head.grants.exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": ""}, ["请填写部门名称。"]),
        ({"name": "总务处"}, ["已有同名的在用部门，请换一个名称，或先停用原来的部门。"]),
        ({"order": "一"}, ["请填写整数，如 10。"]),
        ({"kind": "bu"}, ["这个选项已不能使用，请重新选择。"]),
        ({"head": "9999999"}, ["这个选项已不能使用，请重新选择。"]),
        ({"active_from": "去年"}, ["请填写日期，如 2026-11-20。"]),
        ({"active_from": "0206-09-01"}, ["请核对年份，应在 1900 年至 2100 年之间。"]),
        ({"name": "处" * 65}, ["请缩短到 64 字以内，现在有 65 字。"]),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(as_admin, department, refusals, change, said):
    answer = as_admin.post(reverse("departments:department_new"), DEPARTMENT | {"duties": "刚写好的职责。"} | change)
    assert answer.status_code == 422
    assert refusals(answer) == said
    assert "刚写好的职责。" in answer.content.decode()
    assert Department.objects.count() == 1


def test_there_is_one_discipline_office(as_admin, discipline_office, refusals):
    answer = as_admin.post(reverse("departments:department_new"), DEPARTMENT | {"is_discipline_office": "on"})
    assert refusals(answer) == ["全校只能有一个纪委办公室，请先取消原来的设置。"]


def test_an_error_is_linked_to_its_field(as_admin):
    page = as_admin.post(reverse("departments:department_new"), DEPARTMENT | {"name": ""}).content.decode()
    field = page[page.index('<input type="text" name="name"') :].split(">")[0]
    assert 'aria-invalid="true"' in field
    assert 'aria-describedby="id_name_error"' in field
    assert 'id="id_name_error"' in page


def test_closing_ends_the_posts_too_and_keeps_everything(
    as_admin, admin, department, purchasing_post, plain_post, trail
):
    answer = as_admin.post(reverse("departments:department_close", args=[department.pk]), {"on": "2026-08-31"})
    assert answer.url == reverse("departments:department", args=[department.pk])
    ends = {str(row): row.active_to for row in [Department.objects.get(), *Post.objects.all()]}
    assert ends == dict.fromkeys(("总务处", "采购员", "绿化管理员"), datetime.date(2026, 8, 31))
    told = notices.Notice.objects.get().text
    assert [(action, label) for action, label, _ in trail(admin)] == [
        ("修改岗位", "采购员"),
        ("修改岗位", "绿化管理员"),
        ("发出通知", told[:60]),
        ("修改部门", "总务处"),
    ]


def test_closing_before_the_first_day_is_refused(as_admin, department, refusals):
    Department.objects.update(active_from=datetime.date(2026, 9, 1))
    answer = as_admin.post(reverse("departments:department_close", args=[department.pk]), {"on": "2026-08-31"})
    assert refusals(answer) == ["停用日期不能早于启用日期（2026-09-01）。"]
    assert Department.objects.get().active_to is None


def test_a_closed_department_can_be_opened_again_but_not_closed_twice(as_admin, admin, department):
    close_department(department, on=timezone.localdate() - datetime.timedelta(days=1), actor=admin)
    assert as_admin.get(reverse("departments:department_close", args=[department.pk])).status_code == 404
    assert as_admin.get(reverse("departments:post_new", args=[department.pk])).status_code == 404
    as_admin.post(
        reverse("departments:department_edit", args=[department.pk]), DEPARTMENT | {"name": "总务处", "active_to": ""}
    )
    assert Department.objects.get().active_to is None


def test_a_post_is_saved_with_functions_and_holder(as_admin, admin, department, functions, trail):
    user = make_user("7004", "采购员甲")
    sent = POST | {"functions": [functions["采购"].pk, functions["公共服务"].pk], "is_key": "on"}
    sent |= lines({"user": str(user.pk), "since": "2026-09-01"})
    answer = as_admin.post(reverse("departments:post_new", args=[department.pk]), sent)
    assert answer.url == reverse("departments:department", args=[department.pk])
    post = Post.objects.get(name="耗材管理员")
    assert {function.name for function in post.functions.all()} == {"采购", "公共服务"}
    holder = post.appointments.get()
    assert (holder.holder_name, holder.user, holder.since) == ("采购员甲", user, datetime.date(2026, 9, 1))
    assert [(action, label) for action, label, _ in trail(admin)] == [
        ("新增岗位", "耗材管理员"),
        ("新增任职", "耗材管理员：采购员甲"),
    ]
    assert trail(admin)[0][2]["functions"] == [None, ["公共服务", "采购"]]
    page = as_admin.get(answer.url).content.decode()
    assert "一级（高）" in page
    assert "采购员甲" in page


def test_a_change_of_holder_keeps_the_history(as_admin, purchasing_post):
    old = purchasing_post.appointments.get()
    rows = lines(
        {"id": str(old.pk), "holder_name": old.holder_name, "since": "2020-09-01", "until": "2026-08-31"},
        {"holder_name": "采购员乙", "since": "2026-09-01"},
        saved=1,
    )
    as_admin.post(
        reverse("departments:post_edit", args=[purchasing_post.pk]),
        POST | {"name": "采购员", "functions": [row.pk for row in purchasing_post.functions.all()]} | rows,
    )
    held = list(purchasing_post.appointments.order_by("since").values_list("holder_name", "until"))
    assert held == [("采购员任职人", datetime.date(2026, 8, 31)), ("采购员乙", None)]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": ""}, ["请填写岗位名称。"]),
        ({"name": "采购员"}, ["本部门已有同名的在用岗位，请换一个名称。"]),
        ({"active_from": "2026-09-01", "active_to": "2026-08-01"}, ["停用日期不能早于启用日期。"]),
        (lines({"since": "2026-09-01"}), ["请填写任职人姓名，或选择账号。"]),
        (lines({"holder_name": "采购员乙"}), ["请填写任职日期。"]),
        (
            lines({"holder_name": "采购员乙", "since": "2026-09-01", "until": "2026-08-01"}),
            ["离任日期不能早于任职日期。"],
        ),
    ],
)
def test_a_wrong_post_is_refused_as_a_whole(as_admin, department, purchasing_post, refusals, change, said):
    before = Appointment.objects.count()
    answer = as_admin.post(reverse("departments:post_new", args=[department.pk]), POST | change)
    assert answer.status_code == 422
    assert refusals(answer) == said
    assert list(Post.objects.values_list("name", flat=True)) == ["采购员"]
    assert Appointment.objects.count() == before


def test_a_retired_function_is_offered_only_to_posts_that_have_it(as_admin, purchasing_post, plain_post, own_function):
    purchasing_post.functions.add(own_function)
    own_function.is_retired = True
    own_function.save()
    assert "房屋出租" in as_admin.get(reverse("departments:post_edit", args=[purchasing_post.pk])).content.decode()
    assert "房屋出租" not in as_admin.get(reverse("departments:post_edit", args=[plain_post.pk])).content.decode()


def test_a_post_shows_the_worst_floor_of_its_functions(as_admin, department, functions):
    make_post(department, "会计", (functions["公共服务"], functions["财务"]))
    page = as_admin.get(reverse("departments:department", args=[department.pk])).content.decode()
    assert Level.FIRST.label in page
    assert Level.SECOND.label not in page


def fill_department(number: int, functions) -> None:
    department = make_department(f"第{number}处", order=number)
    user = make_user(f"8{number:03}", f"第{number}处负责人", Role.HEAD, Role.LEADER, department=department)
    post = make_post(department, "干事", (functions["财务"],))
    Appointment.objects.create(post=post, holder_name=str(user), user=user, since=datetime.date(2026, 1, 1))


def test_the_list_takes_the_same_queries_for_1_and_30_departments(as_admin, functions, count_queries):
    fill_department(1, functions)
    address = reverse("departments:index")
    one = count_queries(as_admin, address)
    for number in range(2, 31):
        fill_department(number, functions)
    assert count_queries(as_admin, address) == one


def test_a_department_takes_the_same_queries_for_1_and_30_posts(as_admin, department, functions, count_queries):
    address = reverse("departments:department", args=[department.pk])
    counts = []
    for total in (1, 30):
        for number in range(department.posts.count(), total):
            post = make_post(department, f"第{number}岗", (functions["财务"],))
            user = make_user(f"8{number:03}", f"第{number}人")
            Appointment.objects.create(post=post, holder_name=str(user), user=user, since=datetime.date(2026, 1, 1))
        counts.append(count_queries(as_admin, address))
    assert counts[0] == counts[1]


def test_who_takes_over_is_chosen_after_closing_too(as_admin, admin, department, other_department, trail):
    heirs = [other_department, make_department("信息中心", order=60)]
    heads = [make_user(f"71{place}", f"负责人{place}", Role.HEAD, department=heir) for place, heir in enumerate(heirs)]
    close_department(department, on=timezone.localdate(), actor=admin)
    address = reverse("departments:department_edit", args=[department.pk])
    sent = DEPARTMENT | {"name": "总务处", "order": "10", "duties": department.duties, "active_from": ""}
    sent |= {"active_to": timezone.localdate().isoformat()}
    for heir in (heirs[0], heirs[1], None):
        answer = as_admin.post(address, sent | {"successor": heir.pk if heir else ""})
        assert answer.status_code == 302
        department.refresh_from_db()
        assert department.successor == heir
    assert [entry for entry in trail(admin) if entry[0] == "修改部门"][-3:] == [
        ("修改部门", "总务处", {"successor": [None, heirs[0].pk]}),
        ("修改部门", "总务处", {"successor": [heirs[0].pk, heirs[1].pk]}),
        ("修改部门", "总务处", {"successor": [heirs[1].pk, None]}),
    ]
    assert [len(notices.unread(head)) for head in heads] == [2, 2]
    told = notices.unread(heads[1]).order_by("pk").first().text
    assert told == "总务处已停用，接管部门由教务处改为信息中心。填报防控表时可以由信息中心逐条采纳它的风险点。"


def test_only_a_closed_department_is_taken_over(as_admin, admin, department, other_department, refusals):
    address = reverse("departments:department_edit", args=[department.pk])
    assert 'name="successor"' not in as_admin.get(address).content.decode()
    close_department(department, on=timezone.localdate(), successor=other_department, actor=admin)
    close_department(other_department, on=timezone.localdate(), actor=admin)
    page = as_admin.get(address).content.decode()
    assert f'<option value="{other_department.pk}" selected>教务处</option>' in page  # though it is closed since
    assert f'value="{department.pk}"' not in page[page.index('name="successor"') :]
    sent = DEPARTMENT | {"name": "总务处", "active_to": "", "successor": other_department.pk}
    assert refusals(as_admin.post(address, sent)) == [
        "恢复在用的部门没有接管部门，请留空；仍然停用的，请填写停用日期。"
    ]
