"""What waits for whom: filing, a return, a closed post, a department that was merged."""

from django.utils import timezone

from riskpoints.powers import menu
from riskpoints.references.powers import filing
from tests.powers import file_power, make_power


def told(user):
    return [(task.verb, task.title, task.note) for task in menu.tasks(user)]


def yesterday():
    return timezone.localdate() - timezone.timedelta(days=1)


def test_what_was_submitted_waits_for_those_who_may_file_it(department, people):
    revision = filing.submit(make_power(department, actor=people.clerk), actor=people.head)
    assert told(people.reviewer) == [("职权备案", "总务处提交的职权 1-01“物资采购”", "")]
    assert told(people.head) == told(people.clerk) == told(people.deputy) == told(people.office) == []
    filing.send_back(revision, "依据不全", actor=people.reviewer)
    assert told(people.reviewer) == []
    returned = [("修改职权", "纪委退回了职权 1-01“物资采购”", "依据不全")]
    assert told(people.head) == told(people.clerk) == returned
    assert told(people.other_head) == []


def test_a_closed_post_asks_its_department_for_another(department, purchasing_post, people):
    file_power(make_power(department, actor=people.clerk), people)
    assert told(people.head) == []
    purchasing_post.active_to = yesterday()
    purchasing_post.save()
    (task,) = told(people.head)
    assert task[:2] == ("改定办理岗位", "职权 1-01“物资采购”的岗位“采购员”已停用")
    assert told(people.other_head) == []


def test_a_merged_department_asks_the_head_of_its_successor(department, other_department, people):
    revision = file_power(make_power(department, actor=people.clerk), people)
    department.active_to, department.successor = yesterday(), other_department
    department.save()
    assert told(people.other_head)[0][:2] == ("接管职权", "总务处已并入，它的职权 1-01“物资采购”等待接管")
    filing.take_over(revision.power, actor=people.other_head)
    assert told(people.other_head) == []


def test_the_menu_is_for_those_who_read(people):
    shown = {name for name, user in vars(people).items() if menu.entries(user)}
    assert vars(people).keys() - shown == {"outsider", "auditor", "disabled"}
