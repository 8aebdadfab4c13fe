"""Records of education: who writes them, what is refused, what they cover, and their way through the archive."""

import datetime
import json
import uuid

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from departments.models import Appointment
from riskcontrol.models import AuditEntry
from riskpoints.archives import verifier
from riskpoints.archives.importing import import_archive
from riskpoints.campaign import dues
from riskpoints.campaign.education import queries, record, services
from riskpoints.campaign.education.services import Absent
from riskpoints.campaign.models import EducationFile, EducationRecord
from riskpoints.campaign.verbs import CampaignVerb
from riskpoints.dues import staff
from riskpoints.enums import Status
from riskpoints.models import Cycle, Measure
from tests import scans
from tests.factories import bring_to
from tests.pages import beside, text_of
from tests.riskpoints.archives.packing import build, rows, unpacked

NEW = reverse("campaign:education_new")


def values(department, **changed):
    """What is said of an event of today."""
    return {
        "theme": "采购岗位警示教育",
        "kind": "warning",
        "held_on": timezone.localdate(),
        "place": "会议室",
        "host": "总务处负责人",
        "recorder": "总务处填报员",
        "departments": [department],
        "expected": 3,
        "present": 2,
        "absent": [Absent("库管员", "出差")],
        "content": "学习采购流程。",
    } | changed


def write(department, actor, **changed):
    return services.record(department, values(department, **changed), token=str(uuid.uuid4()), actor=actor)


@pytest.fixture
def event(cycle, department, head):
    return write(department, head)


def test_a_head_records_what_the_own_department_did(event, head):
    assert (event.department_name, event.recorded_by, str(event.absences.get())) == ("总务处", head, "库管员 出差")
    entry = AuditEntry.objects.of(CampaignVerb.EDUCATION_RECORD).get()
    assert (entry.detail["theme"], entry.detail["absent"]) == ("采购岗位警示教育", ["库管员 出差"])


def test_nobody_records_for_others(cycle, department, other_head, clerk, office):
    for person in (other_head, clerk):
        with pytest.raises(PermissionDenied):
            write(department, person)
    with pytest.raises(PermissionDenied):
        services.record(None, values(department), token="x1", actor=other_head)
    assert services.record(None, values(department), token="x2", actor=office).department_name == "全校"


def test_a_form_sent_twice_is_one_record(cycle, department, head):
    token = str(uuid.uuid4())
    first = services.record(department, values(department), token=token, actor=head)
    assert services.record(department, values(department), token=token, actor=head) == first
    assert EducationRecord.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"present": 4, "absent": []}, "present"),
        ({"absent": [Absent("甲"), Absent("乙")]}, "absent"),
        ({"expected": 5, "absent": [Absent("于梅"), Absent("于 梅")]}, "absent"),
        ({"begins_at": datetime.time(10), "ends_at": datetime.time(9)}, "ends_at"),
        ({"held_on": timezone.localdate() + datetime.timedelta(days=1)}, "held_on"),
        ({"theme": "\u200b"}, "theme"),
    ],
)
def test_what_does_not_fit_is_refused_beside_its_field(cycle, department, head, changed, field):
    with pytest.raises(ValidationError) as refused:
        write(department, head, **changed)
    assert list(refused.value.message_dict) == [field]
    assert not EducationRecord.objects.exists()


def test_the_database_counts_as_well(event):
    with pytest.raises(IntegrityError), transaction.atomic():
        EducationRecord.objects.update(present=9)


def test_nothing_is_recorded_in_a_closed_year(event, cycle, department, head):
    Cycle.objects.filter(pk=cycle.pk).update(closed_at=timezone.now())
    with pytest.raises(ValidationError, match="已经关闭"):
        write(department, head)
    with pytest.raises(PermissionDenied):
        services.change(event, values(department), lock=0, actor=head)


def test_a_change_says_old_and_new_and_is_never_made_unseen(event, department, head, office):
    services.change(event, values(department, place="礼堂"), lock=0, actor=office)
    entry = AuditEntry.objects.of(CampaignVerb.EDUCATION_CHANGE).get()
    assert entry.detail == {"place": ["会议室", "礼堂"]}
    with pytest.raises(ValidationError, match="别人更改过"):
        services.change(event, values(department, place="操场"), lock=0, actor=head)
    event.refresh_from_db()
    assert event.place == "礼堂"


def test_a_post_is_reached_by_a_holder_who_was_there(cycle, table, people, department, purchasing_post):
    bring_to(Status.CONFIRMED, table, people)
    assert [row.post for row in queries.coverage(cycle).missing] == [purchasing_post]
    holder = Appointment.objects.get(post=purchasing_post).holder_name
    write(department, people.head, absent=[Absent(holder, "病假")])
    assert queries.coverage(cycle).reached == 0
    reached = write(department, people.head, absent=[])
    (row,) = queries.coverage(cycle).posts
    assert (row.post, row.holders, row.record) == (purchasing_post, (holder,), reached)


def test_what_an_assessment_reckons_with(cycle, table, people, department, other_department, purchasing_post):
    bring_to(Status.CONFIRMED, table, people)
    assert queries.counts(cycle) == {"education": {}, "first_posts": {department.pk: (0, 1)}}
    write(department, people.head, expected=20, present=18)
    write(department, people.office, expected=40, present=39, departments=[department, other_department])
    assert queries.counts(cycle) == {
        "education": {department.pk: (57, 60), other_department.pk: (39, 40)},
        "first_posts": {department.pk: (1, 1)},
    }


def test_who_came_later_was_not_reached(cycle, table, people, department, purchasing_post):
    bring_to(Status.CONFIRMED, table, people)
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    Appointment.objects.filter(post=purchasing_post).update(since=tomorrow)
    write(department, people.head)
    assert queries.coverage(cycle).reached == 0


def test_another_departments_education_reaches_nobody(cycle, table, people, other_department):
    bring_to(Status.CONFIRMED, table, people)
    write(other_department, people.other_head, absent=[])
    assert queries.coverage(cycle).reached == 0


def lines_told():
    return [line for line in dues.lines(staff()) if line.group == dues.EDUCATION]


def test_posts_that_nobody_taught_wait_for_their_head_until_the_year_ends(cycle, table, people, department):
    bring_to(Status.CONFIRMED, table, people)
    (line,) = lines_told()
    assert line.said == "开展廉政教育：总务处有 1 个一级岗位本年度还没有受过教育：采购员"
    assert (line.people, line.department, line.due) == ((people.head,), department, datetime.date(cycle.year, 12, 31))
    write(department, people.head, absent=[])
    assert lines_told() == []


def test_a_closed_year_asks_for_no_education(cycle, table, people):
    bring_to(Status.CONFIRMED, table, people)
    Cycle.objects.filter(pk=cycle.pk).update(closed_at=timezone.now())
    assert lines_told() == []


def test_a_fulfilled_measure_keeps_its_words(cycle, table, people, department):
    version = bring_to(Status.CONFIRMED, table, people)
    measure = Measure.objects.filter(version=version, stage="prevention").first()
    event = write(department, people.head, measures=[str(measure.identity)])
    assert [(row.department_name, row.text) for row in event.measures.all()] == [("总务处", measure.text)]


def test_the_list_asks_as_often_for_one_as_for_thirty(
    client, office, event, department, head, django_assert_max_num_queries
):
    client.force_login(office)
    with django_assert_max_num_queries(60) as one:
        client.get(reverse("campaign:education"))
    for number in range(29):
        write(department, head, theme=f"第 {number} 次")
    with django_assert_max_num_queries(60) as thirty:
        client.get(reverse("campaign:education"))
    assert len(thirty) == len(one)


def sent(department, **changed):
    return {
        "token": str(uuid.uuid4()),
        "host_department": str(department.pk),
        "theme": "党课",
        "kind": "lecture",
        "held_on": f"{timezone.localdate()}",
        "place": "会议室",
        "host": "书记",
        "recorder": "干事",
        "departments": [str(department.pk)],
        "expected": "10",
        "present": "9",
        "absent": "周红　出差\n",
        "content": "学习准则。",
    } | changed


def test_the_form_records_and_shows(client, head, cycle, department):
    client.force_login(head)
    page = client.post(NEW, sent(department), follow=True)
    event = EducationRecord.objects.get()
    assert [(row.name, row.reason) for row in event.absences.all()] == [("周红", "出差")]
    assert "已登记" in text_of(page)
    assert "党课" in text_of(client.get(reverse("campaign:education")))


def test_the_form_keeps_what_was_typed_beside_its_message(client, head, cycle, department):
    client.force_login(head)
    page = client.post(NEW, sent(department, present="11"))
    assert page.status_code == 422
    assert "实到不能多于应到 10 人" in beside(page, "present")
    assert "学习准则。" in page.content.decode()


def test_somebody_elses_change_is_shown_before_it_is_overwritten(client, event, head, office, department):
    services.change(event, values(department, place="礼堂"), lock=0, actor=office)
    client.force_login(head)
    address = reverse("campaign:education_edit", args=[event.pk])
    page = client.post(address, sent(department, lock="0", place="操场"))
    assert page.status_code == 422
    assert "别人更改过" in text_of(page)
    assert "地点已保存礼堂您填写的操场" in text_of(page).replace(" ", "").replace("\n", "")
    again = client.post(address, sent(department, lock="1", place="操场", absent=""))
    assert again.status_code == 302
    event.refresh_from_db()
    assert (event.place, event.absences.count()) == ("操场", 0)


def test_a_material_is_added_once_and_read_back(client, event, head, staff):
    client.force_login(head)
    address = reverse("campaign:education_material", args=[event.pk])
    for _ in range(2):
        page = client.post(address, {"file": SimpleUploadedFile("签到表.pdf", scans.PDF)})
    assert "已经上传过" in beside(page, "file")
    row = EducationFile.objects.get()
    client.force_login(staff)
    answer = client.get(reverse("campaign:education_download", args=[event.pk, row.pk]))
    assert (answer.content, answer["Content-Type"]) == (scans.PDF, "application/pdf")


def test_papers(client, school, event, staff):
    client.force_login(staff)
    sheet = client.get(reverse("campaign:education_sheet", args=[event.pk]))
    assert sheet.content.startswith(b"%PDF")
    for kind in ("pdf", "xlsx"):
        assert client.get(reverse("campaign:education_ledger", args=[kind])).status_code == 200


@pytest.fixture
def elsewhere(request, tmp_path, db):
    """Return the archive of a year with two events and a file, made in a database that is gone, and what they said."""
    with transaction.atomic():
        names = ("school", "table", "people", "department")
        _, table, people, department = (request.getfixturevalue(name) for name in names)
        bring_to(Status.CONFIRMED, table, people)
        event = write(department, people.head)
        services.add_file(event, scans.PDF, "签到表.pdf", actor=people.head)
        write(department, people.head, theme="补课", makeup_of=event, absent=[], expected=1, present=1)
        told = record.events(table.cycle)
        build(table.cycle, tmp_path / "a.zip")
        transaction.set_rollback(True)
    return tmp_path / "a.zip", told


def test_they_lie_in_the_archive(elsewhere):
    path, _ = elsewhere
    files = unpacked(path)
    assert verifier.verify(path) == []
    assert len(json.loads(files[verifier.METADATA])["parts"]["education"]) == 2
    assert [files[name] for name in files if name.endswith("签到表.pdf")] == [scans.PDF]
    (ledger,) = [name for name in files if name.endswith("廉政教育台账.csv")]
    assert [row["主题"] for row in rows(files[ledger])] == ["采购岗位警示教育", "补课"]
    assert len([name for name in files if "廉政教育记录表" in name]) == 2


def test_they_come_back_with_it(elsewhere, tmp_path):
    path, told = elsewhere
    imported = import_archive(path)
    assert record.events(imported.cycle) == told
    build(imported.cycle, tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == path.read_bytes()
