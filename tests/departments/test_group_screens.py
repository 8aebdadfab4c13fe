"""The leadership group's terms and the list of 附件1."""

import re

import pytest
from django.urls import reverse

from departments.forms.group import plain_name
from departments.models import GroupMember, LeadershipGroup
from tests.factories import make_user

GROUP = {
    "name": "2026 年领导小组",
    "since": "2026-09-01",
    "until": "",
    "title": "廉政风险防控管理工作领导小组成员名单",
    "chief": "组长某某",
    "deputy": "",
    "member": "",
    "director": "",
    "office_sentence": "领导小组办公室设在纪委。",
}


def listed(group: LeadershipGroup) -> list[tuple[str, str, str]]:
    rows = group.members.select_related("user")
    return [(row.get_position_display(), row.person_name, row.user.staff_number if row.user else "") for row in rows]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("于 梅", "于梅"),
        ("周　红", "周红"),
        ("  杨雪梅 ", "杨雪梅"),
        ("阿不都 热合曼", "阿不都 热合曼"),
        ("Li Na", "Li Na"),
    ],
)
def test_blanks_that_pad_a_name_are_not_part_of_it(typed, meant):
    assert plain_name(typed) == meant


def test_a_list_is_kept_in_printed_order_with_accounts(as_admin, admin, trail):
    make_user("6101", "副组长某某")
    sent = GROUP | {"deputy": "副组长某某 6101", "member": "杨 梅\n\n 王某某\n张某（6101x1）\n"}
    make_user("6101x1", "张某")
    answer = as_admin.post(reverse("departments:group_new"), sent | {"director": "杨梅"})
    group = LeadershipGroup.objects.get()
    assert answer.url == reverse("departments:group", args=[group.pk])
    assert listed(group) == [
        ("组长", "组长某某", ""),
        ("副组长", "副组长某某", "6101"),
        ("成员", "杨梅", ""),
        ("成员", "王某某", ""),
        ("成员", "张某", "6101x1"),
    ]
    assert group.office_director.person_name == "杨梅"
    actions = [action for action, _, _ in trail(admin)]
    assert actions == ["新增领导小组", "修改领导小组名单", "修改领导小组"]
    names = ["组长 组长某某", "副组长 副组长某某（6101）", "成员 杨梅", "成员 王某某", "成员 张某（6101x1）"]
    assert trail(admin)[1][2] == {"members": [[], names]}


def test_what_the_form_shows_is_what_it_saves(as_admin, admin, group, trail):
    GroupMember.objects.filter(person_name="成员甲").update(user=make_user("6102", "成员甲", is_active=False))
    group.office_director = group.members.get(person_name="成员甲")
    group.save()
    before = listed(group)
    address = reverse("departments:group_edit", args=[group.pk])
    page = as_admin.get(address).content.decode()
    sent = dict(re.findall(r'<input[^>]* name="(\w+)"[^>]* value="([^"]*)"|$^', page))
    sent |= {name: text.strip() for name, text in re.findall(r'<textarea name="(\w+)"[^>]*>([^<]*)<', page)}
    sent.pop("csrfmiddlewaretoken", None)
    sent = {"until": ""} | {name: value for name, value in sent.items() if name in GROUP}
    assert as_admin.post(address, sent).status_code == 302
    group.refresh_from_db()
    assert listed(group) == before
    assert group.office_director.person_name == "成员甲"
    assert trail(admin) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"chief": ""}, ["请填写组长。"]),
        ({"member": "王某某\n王某某"}, ["“王某某”在名单中出现了两次，请只保留一处。"]),
        ({"member": "组长某某"}, ["“组长某某”在名单中出现了两次，请只保留一处。"]),
        ({"member": "王某某 9999"}, ["第 1 行：没有工号为 9999 的账号，请核对。"]),
        ({"member": "王" * 65}, ["第 1 行太长，请每行只写一人。"]),
        ({"director": "别人"}, ["“别人”不在名单里，请先写入上面的名单，或改写姓名。"]),
        ({"since": ""}, ["请填写成立日期。"]),
        ({"until": "2026-01-01"}, ["届满日期不能早于成立日期。"]),
        ({"office_sentence": ""}, ["请填写办公室。"]),
    ],
)
def test_a_wrong_list_is_refused_as_a_whole(as_admin, refusals, change, said):
    answer = as_admin.post(reverse("departments:group_new"), GROUP | change)
    assert (answer.status_code, refusals(answer)) == (422, said)
    assert not LeadershipGroup.objects.exists()
    assert not GroupMember.objects.exists()


def test_the_page_shows_the_list_as_printed(as_admin, group, school):
    page = as_admin.get(reverse("departments:group", args=[group.pk])).content.decode()
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page[page.index("sheet-title") :]))
    order = [words.index(part) for part in ("组长：", "副组长：", "成员：", "成员甲", group.office_sentence)]
    assert order == sorted(order)


def test_only_the_group_in_office_is_called_so(as_admin, group):
    LeadershipGroup.objects.create(name="上届", since="2011-11-15", until="2019-12-31", office_sentence="。")
    page = as_admin.get(reverse("departments:groups")).content.decode()
    rows = re.findall(r'<th scope="row"><a[^>]*>([^<]+)</a>.*?status-tag[^>]*>([^<]+)<', page, re.S)
    assert rows == [("本届领导小组", "现任"), ("上届", "非现任")]


def test_a_group_takes_the_same_queries_for_1_and_30_members(as_admin, group, count_queries):
    address = reverse("departments:group", args=[group.pk])
    few = count_queries(as_admin, address)
    for number in range(30):
        user = make_user(f"6{number:03}", f"成员{number}")
        GroupMember.objects.create(group=group, position="member", person_name=str(user), user=user, order=number + 10)
    assert count_queries(as_admin, address) == few


def test_the_terms_take_the_same_queries_for_1_and_30(as_admin, group, count_queries):
    few = count_queries(as_admin, reverse("departments:groups"))
    for number in range(29):
        LeadershipGroup.objects.create(name=f"第{number}届", since=f"19{number + 50}-01-01", office_sentence="。")
    assert count_queries(as_admin, reverse("departments:groups")) == few


def test_the_list_is_one_press_from_its_print(as_admin, group):
    page = as_admin.get(reverse("departments:group", args=[group.pk])).content.decode()
    address = reverse("riskpoints:group_pdf", args=[group.pk])
    assert f'href="{address}"' in page
    assert as_admin.get(address)["Content-Type"] == "application/pdf"
