"""What a meeting's minutes can't say, each beside its field (R53)."""

import datetime

import pytest
from django.utils import timezone

from departments.models import Appointment, GroupMember
from riskpoints.enums import Status
from riskpoints.models import TableVersion
from riskpoints.tables import minutes
from tests.factories import bring_to
from tests.leaders import CHIEF, VICE, meeting_of, post_of

TODAY = timezone.localdate


@pytest.fixture
def reviewed(leaders_table, people):
    return bring_to(Status.REVIEWED, leaders_table, people)


def test_what_fits_has_no_problem(reviewed):
    assert minutes.problems(reviewed, meeting_of(reviewed)) == {}


def test_names_are_read_however_they_are_parted():
    assert minutes.names_in("于　梅、张 三，John Smith;李四\n\n王五") == ("于梅", "张三", "John Smith", "李四", "王五")


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"name": "  "}, "name", ""),
        ({"minutes_number": ""}, "minutes_number", ""),
        ({"minutes_number": "6\u200b号"}, "minutes_number", "看不见"),
        ({"name": "会议😀"}, "name", "打印不出"),
        ({"attendees": ("校长",)}, "attendees", "至少两人"),
        ({"attendees": ("校长", "校长", "副组长")}, "attendees", "写了两次"),
        ({"attendees": ("校长", "副组长😀")}, "attendees", "打印不出"),
        ({CHIEF: {"withdrew": ()}}, f"withdrew-{CHIEF}", "须回避"),
        ({CHIEF: {"withdrew": ("校长", "分管副校长", "成员甲")}}, f"withdrew-{CHIEF}", "不足 2 人"),
        ({CHIEF: {"presided_by": "校长"}}, f"presided-{CHIEF}", "组长校长本人的岗位"),
        ({VICE: {"presided_by": "分管副校长"}}, f"presided-{VICE}", "不能主持决定本岗位"),
        ({VICE: {"presided_by": ""}}, f"presided-{VICE}", "由谁主持"),
        ({VICE: {"presided_by": "局外人"}}, f"presided-{VICE}", "不在参会人员里"),
        ({VICE: {"withdrew": ("分管副校长", "校长")}}, f"presided-{VICE}", "回避了这个岗位的决定"),
        ({CHIEF: {"presided_by": "成员甲"}}, f"note-{CHIEF}", "由谁指定主持"),
        ({CHIEF: {"presided_by": "成员甲", "presided_note": "推" * 101}}, f"note-{CHIEF}", ""),
    ],
)
def test_what_does_not_fit_is_said_beside_its_field(reviewed, changes, field, words):
    kind, _, post = field.partition("-")
    field = f"{kind}-{post_of(reviewed, post).pk}" if post else field
    found = minutes.problems(reviewed, meeting_of(reviewed, **changes))
    assert field in found
    assert words in found[field]
    assert len(found) == 1


def test_whom_the_meeting_named_presides_with_the_words_for_it(reviewed):
    named = {"presided_by": "成员甲", "presided_note": "会议推举"}
    assert minutes.problems(reviewed, meeting_of(reviewed, **{CHIEF: named})) == {}


def test_the_day_lies_between_review_and_today(reviewed):
    day = TODAY()
    for wrong in (day + datetime.timedelta(days=1), day - datetime.timedelta(days=1)):
        assert set(minutes.problems(reviewed, meeting_of(reviewed, held_on=wrong))) == {"held_on"}


def test_the_day_lies_behind_the_publication(reviewed):
    TableVersion.objects.filter(pk=reviewed.pk).update(publish_from=TODAY(), publish_until=TODAY())
    reviewed.refresh_from_db()
    assert "期满以后召开" in minutes.problems(reviewed, meeting_of(reviewed))["held_on"]


def test_each_post_is_decided_about(reviewed):
    meeting = meeting_of(reviewed)
    left_out = meeting_of(reviewed, posts=meeting.posts[:1])
    assert minutes.problems(reviewed, left_out) == {"": minutes.CHANGED}


def test_the_holder_of_the_day_withdraws_and_a_vacant_post_asks_nobody(reviewed, people):
    Appointment.objects.filter(post__name=VICE).update(until=TODAY() - datetime.timedelta(days=1))
    found = minutes.problems(reviewed, meeting_of(reviewed, **{VICE: {"withdrew": ()}}))
    assert found == {}
    held = {"post": post_of(reviewed, VICE), "holder_name": "成员甲", "since": TODAY()}
    Appointment.objects.create(**held)
    assert "成员甲当日任副校长" in minutes.problems(reviewed, meeting_of(reviewed))[f"withdrew-{held['post'].pk}"]


def test_without_a_group_whoever_presides_needs_the_words(reviewed):
    GroupMember.objects.all().delete()
    found = minutes.problems(reviewed, meeting_of(reviewed))
    assert {key.partition("-")[0] for key in found} == {"note"}
