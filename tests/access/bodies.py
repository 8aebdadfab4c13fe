"""What each form of the matrix sends: the smallest body that does what the page is for. No entry: an empty body."""

from collections.abc import Callable
from functools import cache
from io import BytesIO
from typing import Any

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from departments.forms.functions import PostFunctionsForm
from departments.importing import book, saving
from departments.importing.work import Orders
from departments.models import Department, PostFunction
from departments.queries import principals_on
from riskpoints.enums import Action
from riskpoints.importing import carrying, lists
from riskpoints.importing.content import FileContent, FilePoint, SheetPart
from riskpoints.library import plan
from riskpoints.library.coverage import coverage
from riskpoints.participation import cooperation
from riskpoints.powers import workbook
from tests import scans
from tests.access import campaign, judging, oversight
from tests.access.matrix import Row
from tests.access.world import World
from tests.factories import PASSWORD

NEW_PASSWORD = "another-Password-of-tests-2"


def body_of(row: Row, person: str, world: World) -> dict[str, Any]:
    """The fields that this person sends to this address."""
    today = timezone.localdate()
    version = world.versions.get(row.case.partition("/")[0])
    if row.name == "riskpoints:act":
        return _act(row.case.rpartition("/")[2], person, today)
    if row.name == "login":
        name = "disabled" if person == "disabled" else "staff"
        return {"username": getattr(world.people, name).staff_number, "password": PASSWORD}
    point = {"text": "改过的风险点", "category": "duty", "likelihood": "3", "harm": "3", "proposed_level": "1"}
    if version is not None and version.table.is_school:
        point = {"text": "改过的风险点", "category": "decision"}
    if version is not None and version.table.is_leaders:
        point |= {"post": str(version.points.order_by("order", "id").first().post_id)}
    names = ("fill_from", "fill_until", "review_until", "publish_until")
    department = {"name": "后勤处", "kind": "chu", "order": "5"}
    post = {"name": "新岗位", "order": "1", "appointments-TOTAL_FORMS": "0", "appointments-INITIAL_FORMS": "0"}
    group = {
        "name": "新一届",
        "since": "2020-01-01",
        "title": "名单",
        "office_sentence": "办公室设在纪委。",
        "chief": "组长",
        "deputy": "副组长 1009",
    }
    school = {
        "full_name": "某某学校",
        "short_name": "某校",
        "form_title": "防控表",
        "department_form_title": "防控表",
        "fonds_code": "0002",
    }
    function = {"name": "新职能", "floor": "1", "order": "9", "basis": "校纪委会议决定。"}
    # Functions read the database: for the one address that wants them.
    bodies: dict[str, dict[str, Any] | Callable[[], dict[str, Any]]] = {
        "password_change": {
            "old_password": PASSWORD,
            "new_password1": NEW_PASSWORD,
            "new_password2": NEW_PASSWORD,
        },
        "own_mail": {"email": "somebody@school.example"},
        "departments:department_new": department,
        "departments:department_edit": department,
        "departments:department_close": {"on": today.isoformat()},
        "departments:post_new": post,
        "departments:post_edit": post,
        "departments:school_edit": school,
        "departments:group_new": group,
        "departments:group_edit": group,
        "departments:account_new": {"staff_number": "2001", "real_name": "新来的人"},
        "departments:account": {"staff_number": "2002", "real_name": "改名"},
        "departments:grant": {"role": "auditor"},
        "departments:set_active": {"is_active": "0"},
        "departments:term_new": {"user": str(world.people.principal.pk), "since": "2020-01-01"},
        "departments:term_edit": {"user": str(world.people.outsider.pk), "until": "2019-12-31"},
        "departments:function_new": function,
        "departments:function_edit": function,
        "riskpoints:head": {"duties": "改过的职责", "head_name": "负责人", "date_mode": "blank"},
        "riskpoints:point_new": point,
        "riskpoints:point": point,
        "riskpoints:point_move": {"direction": "down"},
        "riskpoints:point_category": {"category": "process"},
        "riskpoints:measure_new": {"text": "新措施", "category": "duty"},
        "riskpoints:measure": {"text": "改过的措施", "category": "duty"},
        "riskpoints:measure_move": {"direction": "down"},
        "riskpoints:point_cell_new": {"text": "新的风险点", "category": point["category"]},
        "riskpoints:point_cell": {"text": "改过的风险点"},
        "riskpoints:measure_cell_new": {"text": "新的措施", "category": "duty"},
        "riskpoints:measure_cell": {"text": "改过的措施"},
        "riskpoints:nil": {"withdraw": "1"},
        "riskpoints:exemption": {"reason": "职责由他人代行"},
        "riskpoints:levelling": lambda: {"point": str(version.points.earliest("pk").pk), "square": "1-1"},
        "riskpoints:walk": lambda: _walked(version),
        "riskpoints:source_choose": {"choice": "keep_all", "source": str(world.versions["D-in_force"].pk)},
        "riskpoints:remark_answer": {"kind": "explained", "text": "按规定由上级办理"},
        "riskpoints:revise": {"reason": "岗位有变动"},
        "riskpoints:assess": lambda: _levels(version),
        "rules:rule": {"value": "7", "since": today.isoformat(), "reason": "领导小组会议决定"},
        "rules:calendar": {"days": f"{today.year}-01-01 休 元旦"},
        "library:add": {"area": "校车", "category": "duty", "text": "照管员不清点人数"},
        "library:change": {"area": "校车", "category": "duty", "text": "照管员不清点人数"},
        "library:activate": {"active": "0"},
        "library:question_form": {"questions": "一？\n二？\n三？\n四？"},
        "powers:new": {"name": "新职权", "steps": "0"},
        "powers:edit": {"name": "改过的职权", "steps": "0"},
        "powers:act": {"return-reason": "依据不全", "retire-reason": "不再办理"},
        "regulations:new": lambda: _regulation(person, world),
        "regulations:edit": lambda: _regulation(person, world) | {"title": "改过的制度"},
        "regulations:act": {"ended_on": today.isoformat(), "effective_on": today.isoformat(), "reason": "不再适用"},
        "regulations:decide": {"year": str(today.year), "decision": "keep"},
        "regulations:check": {"year": str(today.year), "executed": "yes", "checked_on": today.isoformat()},
        "participation:propose": {
            "department": world.value("department_id", "-"),
            "category": "duty",
            "text": "新的建议",
        },
        "participation:prepare": {"prepared_state": "declined", "prepared_answer": "已有类似的措施"},
        "participation:co_point": lambda: {"reply": "noted", "seen": _co_said()},
        "participation:decline": {"reason": "已有类似的风险点"},
        "participation:opinion": {"outcome": "explained", "answer": "已转有关部门阅知"},
        "participation:correct": {"answer": "更正后的答复"},
        "participation:petition": {"number": "2026-12"},
        "participation:period": {"reason": "内容有误，重新公示"},
        "participation:bulk": {"chosen": world.value("feedback_id", "-"), "reason": "重复", "then": "unrelated"},
        "participation:objection": {"state": "deferred", "reason": "列入明年"},
        "participation:send": {"text": "措施没有做到"},
        "riskpoints:record": {
            "signer_name": "校长",
            "signed_on": "2015-06-01",
            "note": "按档案第三卷补录",
            "duty_points": "采购不询价",
            "duty_measures": "三人以上询价",
            **{f"{category}_nil": "on" for category in ("process", "institution", "environment")},
            "scan": SimpleUploadedFile("scan.pdf", scans.PDF),
        },
        "riskpoints:year_open": dict.fromkeys(names, f"{today.year + 1}-03-01") | {"year": str(today.year + 1)},
        "riskpoints:year_open_historical": {"year": "2003"},
        "riskpoints:year_dates": dict.fromkeys(names, f"{world.cycles['draft'].year}-12-01"),
    }
    if row.name == "powers:import_save":
        sent = lists.SentList("目录.xlsx", [(2, {"name": "房屋出租"})])
        salt = workbook.salt(Department.objects.get(name="总务处"), world.user(person))
        return {"rows": lists.sealed(sent, salt)}
    if row.name == "powers:chart":
        return {"scan": SimpleUploadedFile("chart.png", scans.PNG)}
    if row.name in ("regulations:file_new", "regulations:file_replace"):
        return {"file": SimpleUploadedFile("办法.png", scans.PNG), "reason": "更正"}
    if row.name == "riskpoints:import":
        return {"workbook": SimpleUploadedFile("表.xlsx", workbook_of(version))}
    if row.name == "riskpoints:import_save":
        file = carrying.ReadFile("表.xlsx", "0" * 64, [SheetPart("表", False, True, content_of(version))])
        return {"rows": carrying.sealed(file, version, world.user(person))}
    if row.name == "departments:import_save":
        return _organisation(world.user(person))
    if row.name == "library:missing":
        return {"take": [f"{item.post.pk}-{risk.pk}" for item in coverage(version) for risk in item.missing[:1]]}
    if row.name == "library:import_save":
        return _library(world.user(person))
    if row.name == "departments:post_functions_edit":
        return _ticked(world.value("department_id", "-"))
    if row.name == "riskpoints:scan_replace":
        new = SimpleUploadedFile("scan.pdf", scans.pdf(mark="the right sheet"))
        return {"scan": new, "reason": "扫描成了另一张表"}
    if row.name.startswith("riskpoints:together_"):
        own = {"sent": "1", "agree": "on", "password": PASSWORD}
        return {"version": [world.versions["D-reviewed"].pk]} | own
    if row.name == "riskpoints:sorting":
        return {"scans": SimpleUploadedFile("扫描.pdf", scans.pdf(mark="sent by itself"))}
    if row.name == "riskpoints:sorting_save":
        return {f"page-{world.value('page_id', '-')}": "none"}
    if row.name == "riskpoints:scan_add":
        return {"scan": SimpleUploadedFile("scan.pdf", scans.pdf(mark="another signed paper"))}
    if row.name.startswith("campaign:"):
        return campaign.bodies(world, person).get(row.name, {})
    if row.name.startswith("oversight:"):
        return (oversight.bodies(world) | judging.bodies(world)).get(row.name, {})
    found = bodies.get(row.name, {})
    return found() if callable(found) else found


def _regulation(person: str, world: World) -> dict[str, Any]:
    """A regulation as its keeper registers one; a clerk drafts it."""
    said = {"title": "新制度", "begun": "drafting" if person == "clerk" else "in_force", "effective_on": "2026-01-01"}
    if person == "office":
        return said | {"kind": "school"}
    headed = world.user(person).grants.filter(department__isnull=False).first() if person != "anonymous" else None
    return said | {"kind": "department", "department": headed.department_id if headed else ""}


def _walked(version: Any) -> dict[str, Any]:
    """The first point reworded: what can be done again and again."""
    point = version.points.earliest("pk")
    return {"point": str(point.pk), "lock": str(point.lock), "answer": "change", "text": "核对时改了说法"}


def _ticked(department_id: int) -> dict[str, Any]:
    """One function more for the first post of a department, and none for the others."""
    department = Department.objects.get(pk=department_id)
    posts = list(department.posts.all())
    functions = list(PostFunction.objects.filter(is_retired=False))
    form = PostFunctionsForm(department=department, posts=posts, functions=functions)
    other = next(function for function in functions if function not in posts[0].functions.all())
    return {"lock": form.state(), f"post-{posts[0].pk}": str(other.pk)}


def _organisation(user: Any) -> dict[str, Any]:
    """A workbook with one department that there is not, as its preview carries it."""
    found = book.Book("学校.xlsx", "0" * 64, {"departments": [book.Row(2, {"name": "新设的处"})]})
    work = saving.rehearse(found, Orders(), actor=user)
    return {"rows": book.sealed(found, user), "seen": saving.digest(work)}


def _library(user: Any) -> dict[str, Any]:
    """A workbook with one typical risk that there is not, as its preview carries it."""
    words = {"area": "校车", "category": "岗位职责风险", "text": "照管员不清点人数"}
    found = lists.SentList("库.xlsx", [(2, words)])
    return {"rows": lists.sealed(found, f"library.import:{user.pk}"), "seen": plan.digest(plan.lines(found))}


def content_of(version: Any) -> FileContent:
    """A file with one point that the draft does not have."""
    category = str(version.table.categories.labels[0])
    return FileContent(points=[FilePoint(2, category, "文件里的风险点")])


@cache
def _workbook(category: str) -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["风险类别", "风险点", "表现形式", "防范措施"])
    book.active.append([category, "文件里的风险点", "", "文件里的措施"])
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def workbook_of(version: Any) -> bytes:
    """A workbook with one point and its measure."""
    return _workbook(str(version.table.categories.labels[0]))


def _act(action: str, person: str, today: Any) -> dict[str, Any]:
    comment = {"comment": "请补充第二项的措施"}
    if action != Action.CONFIRM:
        return comment
    if person == "principal":
        return {"agree": "on", "password": PASSWORD}
    principals = [user.names_on(today)[0] for user in principals_on(today)]
    signer = principals[0] if len(principals) > 1 else ""  # of several on one day the office says which one signed
    scan = SimpleUploadedFile("scan.pdf", scans.pdf(mark="signed"))
    return {"signed_on": today.isoformat(), "deputy": signer, "scan": scan}


def _levels(version: Any) -> dict[str, str]:
    """一级 for every point, which needs a reason where the department proposed another."""
    if version is None:
        return {}
    return {
        f"point{point.pk}-{name}": text
        for point in version.points.all()
        for name, text in {"level": "1", "reason": "群众关注", "remark": "请看意见"}.items()
    }


def _co_said() -> str:
    """What the point says at which 总务处 cooperates."""
    (line,) = cooperation.lines(cooperation.points_in_force())
    return line.asked.said
