"""School rules: dated, append-only, changed by whom they say and never into the past."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from riskcontrol.models import AuditEntry
from riskpoints.rules import permissions, queries, services
from riskpoints.rules.defaults import DEFAULTS
from riskpoints.rules.enums import CheckEvery, Key, Readers
from riskpoints.rules.models import SchoolRule, WorkCalendar
from riskpoints.rules.verbs import RuleVerb
from tests.factories import set_rule
from tests.pages import text_of

INDEX, CALENDAR = reverse("rules:index"), reverse("rules:calendar")
DAY = datetime.timedelta(days=1)


def at(key: Key) -> str:
    return reverse("rules:rule", args=[key.value])


@pytest.fixture
def as_office(office) -> Client:
    client = Client()
    client.force_login(office)
    return client


def values(**changed) -> dict:
    return {"value": "7", "since": timezone.localdate().isoformat(), "reason": "领导小组会议决定"} | changed


def test_without_a_change_the_defaults_hold(db):
    valid = queries.on()
    assert {key: valid[key] for key in Key} == {key: default.value for key, default in DEFAULTS.items()}
    assert (valid[Key.PUBLICATION_DAYS], valid.in_force_is_public) == (5, False)


def test_each_rule_is_called_the_schools_own(client, outsider):
    """What the document leaves open never looks like its own sentence (T18)."""
    client.force_login(outsider)
    page = client.get(INDEX)
    assert "文件没有写明、由学校自己定的做法（校内默认）" in text_of(page)
    shown = {rule.key: rule.help for rule, _ in page.context["rows"]}
    assert set(shown) == set(Key)
    assert all(shown.values())


def test_each_day_has_the_rules_of_its_day(office):
    today = timezone.localdate()
    set_rule(Key.PUBLICATION_DAYS, 3)
    services.change(Key.PUBLICATION_DAYS, 7, since=today + DAY, reason="会议决定", actor=office)
    services.change(Key.PUBLICATION_DAYS, 9, since=today + DAY, reason="更正", actor=office)
    days = [queries.on(today + n * DAY)[Key.PUBLICATION_DAYS] for n in (-1, 0, 1, 2)]
    assert days == [3, 3, 9, 9]


def test_a_rule_is_changed_on_its_screen(as_office, office):
    assert as_office.post(at(Key.PUBLICATION_DAYS), values()).url == INDEX
    row = SchoolRule.objects.get()
    assert (row.key, row.value, row.since, row.changed_by) == ("publication.days", 7, timezone.localdate(), office)
    entry = AuditEntry.objects.get(action=RuleVerb.RULE_CHANGE)
    assert (entry.detail["规定"], entry.detail["理由"]) == ([5, 7], "领导小组会议决定")
    page = as_office.get(INDEX).content.decode()
    assert "7 天" in page
    assert "领导小组会议决定" in page


@pytest.mark.parametrize(
    ("key", "changed", "field"),
    [
        (Key.PUBLICATION_DAYS, {"value": "-1"}, "value"),
        (Key.PUBLICATION_DAYS, {"value": "五"}, "value"),
        (Key.PUBLICATION_DAYS, {"value": "61"}, "value"),
        (Key.PUBLICATION_DAYS, {"reason": " "}, "reason"),
        (Key.PUBLICATION_DAYS, {"since": (timezone.localdate() - DAY).isoformat()}, "since"),
        (Key.PUBLICATION_DAY_KIND, {"value": "lunar"}, "value"),
        (Key.CHANNELS, {"value": "请打 13900001111"}, "value"),
        (Key.CHANNELS, {"value": "请打 １３９００００１１１１"}, "value"),
        (Key.IN_FORCE, {"value": "all", "hidden": ["99999"]}, "hidden"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(as_office, key, changed, field):
    answer = as_office.post(at(key), values(**changed))
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert not SchoolRule.objects.exists()


def test_departments_may_be_left_out_of_what_is_public(as_office, department):
    sent = values(value="all", hidden=[department.pk])
    assert as_office.post(at(Key.IN_FORCE), sent).status_code == 302
    assert queries.on().hidden_departments == [department.pk]
    assert "全部公开，不用登录；除外：总务处" in as_office.get(INDEX).content.decode()


def test_only_the_office_changes_and_everybody_reads(people, client):
    for name, user in vars(people).items():
        if name == "disabled":
            continue
        client.force_login(user)
        assert client.get(INDEX).status_code == 200, name
        assert client.get(CALENDAR).status_code == 200, name
        if name not in ("office", "second_office"):
            assert client.post(at(Key.PUBLICATION_DAYS), values()).status_code == 403, name
            assert client.post(CALENDAR, {"days": ""}).status_code == 403, name
            with pytest.raises(PermissionDenied):
                services.change(Key.PUBLICATION_DAYS, 1, since=timezone.localdate(), reason="好", actor=user)
            with pytest.raises(PermissionDenied):
                services.set_year(2027, {}, actor=user)
    assert client.get(reverse("rules:rule", args=["made.up"])).status_code == 404


def test_a_rule_is_never_changed_afterwards(db):
    set_rule(Key.PUBLICATION_DAYS, 3)
    row = SchoolRule.objects.get()
    for act in (row.save, row.delete, SchoolRule.objects.all().delete, lambda: SchoolRule.objects.update(value=1)):
        with pytest.raises(TypeError):
            act()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE rules_schoolrule SET reason = 'x'")


def test_no_rule_begins_in_the_past(office):
    with pytest.raises(ValidationError, match="不能改到过去"):
        services.change(Key.PUBLICATION_DAYS, 1, since=timezone.localdate() - DAY, reason="好", actor=office)


# ---- the calendar ------------------------------------------------------------------------------------------------


def test_who_left_the_office_in_between_changes_nothing(office):
    assert permissions.keeps_calendar(office)  # what the page was made with
    office.grants.all().delete()
    today = timezone.localdate()
    with pytest.raises(PermissionDenied):
        services.change(Key.PUBLICATION_DAYS, 7, since=today, reason="会议决定", actor=office)
    with pytest.raises(PermissionDenied):
        services.set_year(today.year, {today: (False, "")}, actor=office)
    assert (SchoolRule.objects.count(), WorkCalendar.objects.count()) == (0, 0)


def test_a_year_is_pasted(as_office):
    lines = "2027-02-05 休 春节\n\n2027年2月13日 班 调休\n2027/2/8　休\n"
    answer = as_office.post(f"{CALENDAR}?year=2027", {"days": lines})
    assert answer.url == f"{CALENDAR}?year=2027"
    found = [(str(row), row.note) for row in WorkCalendar.objects.all()]
    assert found == [("2027-02-05 休", "春节"), ("2027-02-08 休", ""), ("2027-02-13 班", "调休")]
    shown = as_office.get(answer.url).context["form"]["days"].value()
    assert shown == "2027-02-05 休 春节\n2027-02-08 休\n2027-02-13 班 调休"
    as_office.post(f"{CALENDAR}?year=2027", {"days": "2027-02-05 休 春节"})
    entry = AuditEntry.objects.filter(action=RuleVerb.CALENDAR_CHANGE).last()
    assert entry.detail == {"2027-02-08": ["休", None], "2027-02-13": ["班 调休", None]}
    assert queries.working_days_after(datetime.date(2027, 2, 4), 1) == datetime.date(2027, 2, 8)


def test_two_at_one_year_see_both_and_nothing_is_overwritten_unseen(as_office):
    address = f"{CALENDAR}?year=2027"
    seen = as_office.get(address).context["form"]["seen"].value()
    as_office.post(address, {"days": "2027-02-05 休 春节", "seen": seen})
    answer = as_office.post(address, {"days": "2027-02-08 休", "seen": seen})
    form = answer.context["form"]
    assert (answer.status_code, form["days"].value()) == (422, "2027-02-08 休")
    said = " ".join(form.errors["days"])
    assert "别人保存的、这里没有的：2027-02-05 休 春节" in said
    assert "这里写的、别人没有保存的：2027-02-08 休" in said
    assert [str(row) for row in WorkCalendar.objects.all()] == ["2027-02-05 休"]
    answer = as_office.post(address, {"days": "2027-02-08 休", "seen": form["seen"].value()})
    assert answer.status_code == 302
    assert [str(row) for row in WorkCalendar.objects.all()] == ["2027-02-08 休"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("2027-02-30 休", "没有这一天"),
        ("2026-02-05 休", "不在 2027 年"),
        ("明天休息", "请写成"),
        ("2027-02-05 休\n2027-02-05 班", "写成相反的"),
    ],
)
def test_a_wrong_line_is_named_and_nothing_is_saved(as_office, line, said):
    answer = as_office.post(f"{CALENDAR}?year=2027", {"days": f"2027-01-01 休\n{line}"})
    assert answer.status_code == 422
    assert said in str(answer.context["form"].errors["days"])
    assert f"2027-01-01 休\n{line}" == answer.context["form"]["days"].value()
    assert not WorkCalendar.objects.exists()


def test_a_year_without_entries_is_pointed_out(as_office):
    year = timezone.localdate().year
    assert f"{year} 年</a>：还没有登记" in as_office.get(INDEX).content.decode()
    WorkCalendar.objects.create(day=datetime.date(year, 1, 1), is_working=False)
    assert f"{year} 年</a>：还没有登记" not in as_office.get(INDEX).content.decode()


def test_readers_are_said_in_words():
    value = {"readers": Readers.LOGGED_IN, "except": [1, 2]}
    assert (
        queries.in_words(Key.IN_FORCE, value, {1: "甲处"}) == "公示期内公开，期满后登录可见；除外：甲处、已不在的部门"
    )


@pytest.mark.parametrize(
    ("typed", "kept", "words"),
    [
        ({"value": "１，30、7", "every": "7"}, {"before": [30, 7, 1], "every": 7}, "到期前 30、7、1 天，逾期后每 7 天"),
        ({"value": "", "every": "3"}, {"before": [], "every": 3}, "逾期后每 3 天"),
        ({"value": "0", "every": "0"}, {"before": [0], "every": 0}, "到期当天"),
        ({"value": "", "every": "0"}, {"before": [], "every": 0}, "不自动提醒"),
    ],
)
def test_when_people_are_reminded_is_typed_as_days(as_office, typed, kept, words):
    assert as_office.post(at(Key.REMIND_OFFSETS), values(**typed)).status_code == 302
    assert queries.on()[Key.REMIND_OFFSETS] == kept
    assert words in text_of(as_office.get(INDEX))


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"value": "一个月", "every": "7"}, "value"),
        ({"value": "181", "every": "7"}, "value"),
        ({"value": "1、2、3、4、5、6、7、8、9、10、11", "every": "7"}, "value"),
        ({"value": "7", "every": "-1"}, "every"),
        ({"value": "7", "every": ""}, "every"),
    ],
)
def test_days_that_are_none_are_refused_beside_their_field(as_office, typed, field):
    answer = as_office.post(at(Key.REMIND_OFFSETS), values(**typed))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert queries.on()[Key.REMIND_OFFSETS] == {"before": [30, 7, 1], "every": 7}


def test_the_committee_says_how_often_a_level_is_checked(client, office, reviewer):
    client.force_login(office)
    assert client.get(at(Key.CHECK_FIRST)).status_code == 403
    client.force_login(reviewer)
    page = text_of(client.get(INDEX))
    assert [words in page for words in ("每季度", "每半年", "每年")] == [True] * 3
    assert client.post(at(Key.CHECK_FIRST), values(value="monthly")).status_code == 422
    assert client.post(at(Key.CHECK_FIRST), values(value="never")).url == INDEX
    assert queries.on()[Key.CHECK_FIRST] == CheckEvery.NEVER
    assert "不要求" in text_of(client.get(INDEX))


def test_the_office_says_from_which_score_a_grade_is_given(as_office):
    assert "90 分以上优秀，80 分以上合格，70 分以上基本合格，其余不合格" in text_of(as_office.get(INDEX))
    assert as_office.post(at(Key.GRADES), values(value="95", good="85", fair="60")).status_code == 302
    rules = queries.on()
    assert rules[Key.GRADES] == {"excellent": 95, "good": 85, "fair": 60}
    scores = ("100", "95", "94.99", "85", "84.99", "60", "59.99", "0")
    assert [rules.grade_of(Decimal(score)).label for score in scores] == [
        "优秀", "优秀", "合格", "合格", "基本合格", "基本合格", "不合格", "不合格",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"value": "101", "good": "80", "fair": "70"}, "value"),
        ({"value": "80", "good": "80", "fair": "70"}, "good"),
        ({"value": "90", "good": "80", "fair": "85"}, "fair"),
        ({"value": "90", "good": "", "fair": "70"}, "good"),
    ],
)
def test_a_better_grade_asks_for_more(as_office, typed, field):
    answer = as_office.post(at(Key.GRADES), values(**typed))
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert queries.on()[Key.GRADES] == {"excellent": 90, "good": 80, "fair": 70}
