"""The office records the meeting about the 校领导班子: what doesn't fit stands beside its field, all input kept."""

import subprocess

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from riskcontrol.models import AuditEntry
from riskpoints.enums import Status
from riskpoints.models import MeetingDecision, TableVersion
from riskpoints.verbs import RegisterVerb
from tests import scans
from tests.factories import bring_to
from tests.leaders import CHIEF, VICE, post_of
from tests.pages import at, beside, text_of, typed


@pytest.fixture
def reviewed(leaders_table, people):
    return bring_to(Status.REVIEWED, leaders_table, people)


@pytest.fixture
def body(reviewed):
    """Return what the office types, and the names of the fields of a post."""
    chief, vice = (post_of(reviewed, name).pk for name in (CHIEF, VICE))
    return {
        "name": "党委会议",
        "held_on": timezone.localdate().isoformat(),
        "minutes_number": "〔2026〕8号",
        "attendees": "校长、分管副校长、副组长，成员甲",
        f"withdrew-{chief}": "校长",
        f"presided-{chief}": "副组长",
        f"withdrew-{vice}": "分管副校长",
        f"presided-{vice}": "校长",
        "seen": "0",
    }


def scan():
    return SimpleUploadedFile("纪要.pdf", scans.PDF)


def address(version):
    return at(version, "act", "confirm")


def test_the_form_begins_with_who_has_to_withdraw(client, reviewed, people):
    client.force_login(people.second_office)
    page = client.get(address(reviewed))
    text, content = text_of(page), page.content.decode()
    assert "登记会议决定：校领导班子" in text
    assert "任职人：校长；二级（中）。任职人须回避。" in text
    chief, vice = (post_of(reviewed, name).pk for name in (CHIEF, VICE))
    assert f'name="withdrew-{chief}" value="校长"' in content
    assert f'name="presided-{vice}" value="校长"' in content
    assert f'name="presided-{chief}" value' not in content  # not the 组长 over the own post


def test_it_is_recorded_with_its_scan_and_shown(client, reviewed, people, body):
    client.force_login(people.second_office)
    answer = client.post(address(reviewed), body | {"scan": scan()}, follow=True)
    text = text_of(answer)
    assert "已确定，本表从现在起是现行版" in text
    assert "党委会议逐岗位决定，会议纪要 〔2026〕8号" in text
    assert "回避：校长 主持：副组长" in text
    assert TableVersion.objects.get(pk=reviewed.pk).is_in_force
    history = text_of(client.get(f"/tables/{reviewed.table_id}/history/"))
    assert "党委会议（会议纪要 〔2026〕8号）" in history


def test_without_a_scan_it_is_noted_and_then_completed(client, reviewed, people, body):
    client.force_login(people.second_office)
    text = text_of(client.post(address(reviewed), body, follow=True))
    assert "已登记会议决定，待补扫描件" in text
    noted = MeetingDecision.objects.get()
    page = client.get(address(reviewed))
    assert 'value="党委会议"' in page.content.decode()
    answer = client.post(address(reviewed), body | {"seen": noted.pk})
    assert (answer.status_code, beside(answer, "scan")) == (422, "请先选择扫描件。")
    client.post(address(reviewed), body | {"seen": noted.pk, "scan": scan()})
    assert TableVersion.objects.get(pk=reviewed.pk).status == Status.CONFIRMED
    assert MeetingDecision.objects.get() == noted


def test_what_does_not_fit_stands_beside_its_field(client, reviewed, people, body):
    client.force_login(people.second_office)
    chief = post_of(reviewed, CHIEF).pk
    wrong = body | {f"withdrew-{chief}": "", f"presided-{chief}": "校长", "minutes_number": ""}
    answer = client.post(address(reviewed), wrong)
    assert answer.status_code == 422
    assert beside(answer, "minutes_number") == "请填写会议纪要编号。"
    answer = client.post(address(reviewed), wrong | {"minutes_number": "9"})
    assert "须回避" in beside(answer, f"withdrew-{chief}")
    assert "组长校长本人的岗位" in beside(answer, f"presided-{chief}")
    assert typed(answer, "attendees") == body["attendees"]
    assert not MeetingDecision.objects.exists()


def test_who_comes_second_keeps_what_was_typed(client, reviewed, people, body):
    client.force_login(people.second_office)
    client.post(address(reviewed), body)
    answer = client.post(address(reviewed), body | {"minutes_number": "另一个", "scan": scan()})
    text = text_of(answer)
    assert "另一位同事登记过会议决定" in text
    assert "会议纪要 〔2026〕8号" in text  # what is recorded stands beside
    content = answer.content.decode()
    assert 'value="另一个"' in content
    assert f'name="seen" value="{MeetingDecision.objects.get().pk}"' in content


def test_a_file_that_is_no_scan_is_refused(client, reviewed, people, body):
    client.force_login(people.second_office)
    fake = SimpleUploadedFile("纪要.pdf", b"no scan at all")
    answer = client.post(address(reviewed), body | {"scan": fake})
    assert answer.status_code == 422
    assert beside(answer, "scan")
    assert not MeetingDecision.objects.exists()


def test_who_may_not_is_told_who_does(client, reviewed, people, leaders_table):
    client.force_login(people.principal)
    answer = client.get(address(reviewed))
    assert answer.status_code == 403
    assert "任何人不确定本人的等级" in text_of(answer)
    client.force_login(people.office)
    answer = client.get(address(reviewed))
    assert (answer.status_code, people.second_office.real_name in text_of(answer)) == (403, True)


def test_a_leader_gets_tools_at_the_own_rows_only(client, leaders_table, people):
    draft = bring_to(Status.DRAFT, leaders_table, people)
    own = draft.points.filter(post=post_of(draft, CHIEF)).first()
    other = draft.points.filter(post=post_of(draft, VICE)).first()
    client.force_login(people.principal)
    content = client.get(at(draft)).content.decode()
    assert f"open=point-{own.pk}" in content
    assert f"open=point-{other.pk}" not in content
    assert "open=head" not in content
    assert "由领导小组办公室提交" in content
    form = client.get(f"{at(draft)}?open=new-duty").content.decode()
    assert f'<option value="{own.post_id}" selected>' in form
    assert f'<option value="{other.post_id}"' not in form
    values = {"text": "改", "category": other.category, "post": other.post_id, "lock": other.lock}
    assert client.post(at(draft, "point", other.pk), values).status_code == 403
    assert client.post(at(draft, "point_remove", other.pk)).status_code == 403
    assert draft.points.get(pk=other.pk).text == other.text


def test_the_blank_paper_names_each_post_with_who_withdraws(reviewed, people, enter):
    """The meeting writes in who presided; what is signed comes back as the scan."""
    client = enter(people.office)
    assert at(reviewed, "meeting_blank") in client.get(at(reviewed)).content.decode()
    pdf = client.get(at(reviewed, "meeting_blank")).getvalue()
    paper = subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    for words in ("廉政风险等级会议决定表", CHIEF, VICE, "分管副校长", "会议纪要编号", "参会人员（签名）"):
        assert words in paper
    entry = AuditEntry.objects.latest("number")
    assert entry.action == RegisterVerb.VERSION_DOWNLOAD
    assert entry.detail["文件"].endswith("会议决定表（空表）.pdf")


def test_no_other_table_has_a_paper_of_a_meeting(reviewed_version, people, enter):
    assert enter(people.office).get(at(reviewed_version, "meeting_blank")).status_code == 404
