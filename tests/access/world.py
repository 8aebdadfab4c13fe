"""The school that the matrix walks through: 总务处's table in every status, one year for each, and the rest once.

A case of the matrix names an object by its key here, as in `D-draft` or `S-in_force`; D is the table of 总务处, O the
discipline office's own, S the school's. `value()` gives what an address wants of it.
"""

import base64
import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from departments import notices
from departments.accounts import second_factor
from departments.enums import Level, Role
from departments.models import LeadershipGroup, PostFunction, PrincipalTerm, User
from riskpoints.archives import shelf
from riskpoints.enums import Action, Category, Scope, Stage, Status
from riskpoints.models import (
    AnnualArchive,
    ControlTable,
    Cycle,
    Export,
    ExportPiece,
    Publication,
    RiskPoint,
    SentScans,
    TableVersion,
)
from riskpoints.models.archive import ArchiveState
from riskpoints.models.export import ExportState
from riskpoints.participation import opinions
from riskpoints.participation import services as participation
from riskpoints.participation.enums import Outcome
from riskpoints.participation.models import Feedback
from riskpoints.references.library.models import TypicalRisk
from riskpoints.references.powers import drafting, filing
from riskpoints.references.powers.models import Power
from riskpoints.references.regulations import files as regulation_files
from riskpoints.references.regulations.enums import Kind, State
from riskpoints.references.regulations.models import Regulation
from riskpoints.tables import editing, papers, reviewing, sorting, starting, workflow
from tests import scans
from tests.access import campaign, judging, oversight
from tests.access.matrix import Row
from tests.access.walk import ADDRESSES
from tests.factories import (
    assess_all,
    bring_to,
    make_cycle,
    make_department,
    make_measure,
    make_point,
    make_post,
    make_regulation,
    make_user,
    paper_signature,
    record_historical,
)
from tests.leaders import make_leaders
from tests.powers import STEPS, make_power

SCAN = b"%PDF-1.4 signed paper"
# Two characters that no page of the site uses.
MARK = "罅隙"
# Years back from today's, so that each version has a table of its own; `empty` has no version yet.
YEARS = {"draft": 0, "submitted": 1, "reviewed": 2, "in_force": 3, "revision": 4, "returned": 5, "empty": 6}
YEARS |= {"recorded": 7}
STATUSES = {"draft": Status.DRAFT, "submitted": Status.SUBMITTED, "reviewed": Status.REVIEWED}


@dataclass
class World:
    """Who is there, and what there is to open."""

    people: SimpleNamespace
    versions: dict[str, TableVersion] = field(default_factory=dict)
    tables: dict[str, ControlTable] = field(default_factory=dict)
    cycles: dict[str, Cycle] = field(default_factory=dict)
    others: dict[str, Any] = field(default_factory=dict)
    powers: dict[str, Power] = field(default_factory=dict)
    regulations: dict[str, Regulation] = field(default_factory=dict)

    def user(self, person: str) -> Any:
        """The account behind a column of the matrix."""
        return AnonymousUser() if person == "anonymous" else getattr(self.people, person)

    def value(self, name: str, case: str) -> Any:
        """What stands in an address under this name. KeyError with advice where nobody said so."""
        key, _, detail = case.partition("/")
        if name in ("listed", "printed"):
            return "made-up"  # nobody's session, no paper's code
        if name in ("regulation_id", "file_id") and key in self.regulations:
            found = self.regulations[key]
            return found.pk if name == "regulation_id" else found.files.first().pk
        if name in ("action", "act", "kind", "category", "key", "paper"):
            return detail or {"kind": "pdf", "category": "environment", "action": "submit", "key": "head"}[name]
        if name == "power_id":
            return self.powers[key].pk
        version = self.versions.get(key)
        if version is not None:
            found = self._of_version(name, version, detail)
            if found is not None:
                return found
        name = f"{name}/{detail}" if f"{name}/{detail}" in self.others else name
        if name == "table_id":
            return (self.tables.get(key) or version.table).pk
        if name in ("cycle_id", "year") and key in self.cycles:
            return self.cycles[key].pk if name == "cycle_id" else self.cycles[key].year
        if name == "function_id" and key in self.others:
            return self.others[key].pk
        if name not in self.others:
            raise KeyError(f"No “{name}” for the case “{case}”: add it to the world in tests/access/world.py.")
        found = self.others[name]
        return getattr(found, "pk", found)

    def path(self, row: Row) -> str:
        """The address of a row of the matrix."""
        address = ADDRESSES[row.name]
        return address.path({name: self.value(name, row.case) for name in address.values})

    def _of_version(self, name: str, version: TableVersion, detail: str) -> Any:
        if name == "version_id":
            return version.pk
        if name == "remark_id":
            return version.remarks.filter(sent_at__isnull=False).values_list("pk", flat=True).first()
        if name in ("point_id", "row_id", "measure_id"):
            rows = version.measures if "measure" in (name.removesuffix("_id"), detail) else version.points
            first = rows.order_by("order", "id").first()
            return first.pk if first else 0
        if name == "identity":
            return (version.measures if detail == "measure" else version.points).values_list(name, flat=True)[0]
        if name == "scan_id":
            scan = version.scans.first()
            return scan.pk if scan else 0
        return None


def build(
    people: SimpleNamespace, *, department: Any, discipline_office: Any, functions: dict[str, PostFunction]
) -> World:
    """Make it all through the services, done by the right people."""
    world = World(people)
    this_year = timezone.localdate().year
    world.cycles = {key: make_cycle(this_year - back, is_historical=key == "in_force") for key, back in YEARS.items()}
    vacant = make_post(department, "暂缺岗位", order=90)
    for key, cycle in world.cycles.items():
        table = ControlTable.objects.create(cycle=cycle, scope=Scope.DEPARTMENT, department=department)
        world.tables[f"D-{key}"] = table
        if key == "recorded":
            world.versions["D-recorded"] = _record(table, people)
        elif key != "empty":
            _write_department_table(world, key, table, vacant)
    # The returned one stands for a table that was begun from another year's: 逐条核对.
    TableVersion.objects.filter(pk=world.versions["D-returned"].pk).update(base=world.versions["D-in_force"])
    leaders = make_leaders(people.principal, people.leader)
    for letter, owner in (("O", discipline_office), ("S", None), ("L", leaders)):
        for key in ("draft", "submitted", "reviewed", "in_force"):
            scope = Scope.DEPARTMENT if owner else Scope.SCHOOL
            table = ControlTable.objects.create(cycle=world.cycles[key], scope=scope, department=owner)
            is_shared = (letter, key) == ("O", "in_force")
            version = (
                _shared(table, people) if is_shared else bring_to(STATUSES.get(key, Status.CONFIRMED), table, people)
            )
            world.versions[f"{letter}-{key}"] = version
            world.tables[f"{letter}-{key}"] = table
    own = PostFunction.objects.create(name="房屋出租", floor=Level.FIRST, basis="校纪委会议决定。", order=100)
    world.others |= {
        "department_id": department,
        "post_id": vacant,
        "own": own,
        "document": functions["采购"],
        "group_id": LeadershipGroup.objects.get(),
        "account_id": people.staff,
        "grant_id": people.staff.grants.get(),
        "term_id": PrincipalTerm.objects.create(user=people.outsider, until=timezone.localdate()),
        "sent_id": (sent := _sent(people.office)),
        "page_id": sent.pages.get(),
        "export_id": _export(people.office),
        "archive_id": _archive(world.cycles["in_force"], people.admin),
        "department_id/other": people.other_head.grants.get().department_id,
        "account_id/device": people.second_office.pk,
        "listed": "unknown",
        "notice_id": notices.notify(text="采购员的职能改了。", roles=[Role.REVIEWER], actor=people.admin),
        "risk_id": TypicalRisk.objects.get(key="CG-01"),
        "key": "publication.days",
        "figure": "participation",
        "publication_id": Publication.objects.create(
            cycle=world.cycles["reviewed"],
            title="公示",
            first=timezone.localdate(),
            last=timezone.localdate(),
            days=1,
            day_kind="calendar",
        ),
    }
    _add_what_others_said(world, department)
    world.others["point_id/cooperation"] = world.versions["O-in_force"].points.exclude(co_departments="").get()
    world.others["department_id/cooperation"] = department
    _add_powers(world, department, discipline_office)
    campaign.add(world, department)
    oversight.add(world, department)
    judging.add(world, department)
    _add_regulations(world, department)
    second_factor.enrol(people.second_office, second_factor.new_key(), step=0)
    return world


def _add_what_others_said(world: World, department: Any) -> None:
    """A proposal of another department's head to 总务处, and an opinion on its published table; both unanswered."""
    values = {"category": Category.DUTY, "text": "领用没有登记"}
    world.others["proposal_id"] = participation.propose(department, values, actor=world.people.other_head)
    world.others["feedback_id"] = opinions.send_feedback(world.versions["D-in_force"], text="食堂的价格不公开")
    # No table is in its period here, so this one is as if it had come in time.
    late = Feedback.objects.create(version=world.versions["D-reviewed"], text="少了一个风险点")
    answer = {"outcome": Outcome.OBJECTED, "answer": "已送审核。", "worded": values}
    world.others["objection_id"] = opinions.answer_feedback(late, **answer, actor=world.people.office).objection


def _add_powers(world: World, department: Any, discipline_office: Any) -> None:
    """Powers of 总务处 in each state (the second reviewer wrote in them as a clerk), one of the discipline office, and
    a draft of a department that was closed and that 教务处 took over."""
    people = world.people
    grant = people.second_reviewer.grants.create(role=Role.CLERK, department=department)
    writer = User.objects.get(pk=people.second_reviewer.pk)
    made = {key: make_power(department, actor=writer) for key in ("draft", "submitted", "filed")}
    grant.delete()
    drafting.set_chart(made["filed"], drafting.Chart(scans.PNG, "png"), actor=people.head)
    for key in ("submitted", "filed"):
        filing.submit(made[key], actor=people.head)
    filing.file(made["filed"], actor=people.reviewer)
    own = make_power(discipline_office, actor=people.discipline_head, steps=STEPS[:1])
    world.powers = {f"P-{key}": revision.power for key, revision in made.items()}
    world.powers["O-submitted"] = filing.submit(own, actor=people.discipline_head).power
    closed = make_department("后勤中心", order=90)
    head = make_user("1091", "后勤中心负责人", Role.HEAD, department=closed)
    world.powers["P-closed"] = make_power(closed, actor=head, steps=()).power
    closed.active_to = timezone.localdate() - timezone.timedelta(days=1)
    closed.successor = people.other_head.grants.get().department
    closed.save()


def _add_regulations(world: World, department: Any) -> None:
    """One of the school with a file, one of 总务处, and one that 总务处 drafts."""
    own = {"kind": Kind.DEPARTMENT, "department": department, "document_number": ""}
    world.regulations = {
        "R-school": make_regulation(),
        "R-own": make_regulation("仓库制度", **own),
        "R-draft": make_regulation("维修制度", **own, state=State.DRAFTING),
    }
    office = User.objects.get(pk=world.people.office.pk)
    regulation_files.add(world.regulations["R-school"], scans.PDF, name="办法.pdf", actor=office)


def _write_department_table(world: World, key: str, table: ControlTable, vacant: Any) -> None:
    """Bring 总务处's table of one year to where its key says; the second reviewer wrote in each of them as a clerk."""
    people = world.people
    first_key = {"in_force": "past", "revision": "revised"}.get(key, key)
    version = starting.start_table(table, actor=people.head)
    _fill(version, first_key, vacant, people)
    world.versions[f"D-{first_key}"] = version
    if key != "draft":
        version = _bring_on(world, f"D-{first_key}", version)
    if key == "in_force":
        version = _revise(world, "D-in_force", version)
        _bring_on(world, "D-in_force", version)
        version = _revise(world, "D-discarded", reload(version))
        workflow.perform(Action.DISCARD, version, actor=people.head, comment=marked("discarded", "A", "作废意见"))
    if key == "revision":
        _revise(world, "D-revision", version)
    for name in list(world.versions):
        world.versions[name] = reload(world.versions[name])


def _bring_on(world: World, name: str, version: TableVersion) -> TableVersion:
    """Submit, assess and, as far as the name says, return or approve and confirm; each with its words."""
    people, key = world.people, name[2:]
    version = workflow.perform(Action.SUBMIT, version, actor=people.head)
    given = {
        point.pk: reviewing.Assessment(Level.FIRST, marked(key, "A", "核定理由"), marked(key, "R", "给部门的意见"))
        for point in version.points.all()
    }
    reviewing.assess(version, given, actor=people.reviewer)
    if key == "returned":
        return workflow.perform(Action.RETURN, version, actor=people.reviewer, comment=marked(key, "A", "退回意见"))
    if key != "submitted":
        version = workflow.perform(Action.APPROVE, version, actor=people.reviewer, comment=marked(key, "A", "审核意见"))
    if key not in ("submitted", "reviewed"):
        comment = marked(key, "A", "登记备注")
        version = workflow.perform(
            Action.CONFIRM, version, actor=people.office, comment=comment, signature=paper_signature()
        )
        papers.add_scan(version, SCAN, "pdf", actor=people.office)
    return version


def _revise(world: World, name: str, version: TableVersion) -> TableVersion:
    """A revision in which every word is another one; it is kept under this name."""
    head, key = world.people.head, name[2:]
    draft = starting.open_revision(reload(version), reason=marked(key, "C", "修订原因"), actor=head)
    for point in draft.points.all():
        editing.save_point(draft, _words_of_point(key), point=point, actor=head)
    for measure in draft.measures.prefetch_related("points"):
        editing.save_measure(draft, _words_of_measure(key), points=measure.points.all(), measure=measure, actor=head)
    for exemption in draft.exemptions.select_related("post"):
        editing.exempt_post(draft, exemption.post, marked(key, "C", "没有风险点的原因"), actor=head)
    editing.save_head(draft, {"duties": marked(key, "C", "职责")}, actor=head)
    world.versions[name] = draft
    return draft


def marked(key: str, kind: str, place: str) -> str:
    """Words that stand nowhere else: whose version they are of, who may read them, and where they were written.

    P: published with the table; C: for those who may open it; A: for those who see likelihood and harm as well;
    R: the reviewer's words before they are sent.
    """
    return f"{MARK}{key}-{kind}-{place}"


def _words_of_point(key: str) -> dict[str, Any]:
    return {
        "text": marked(key, "P", "风险点"),
        "manifestation": marked(key, "C", "表现形式"),
        "matter": marked(key, "C", "事项"),
        "responsible": marked(key, "C", "责任人"),
        "proposed_reason": marked(key, "A", "建议理由"),
        "finding_methods": ["self", "other"],
        "finding_other": marked(key, "C", "其他方法"),
    }


def _words_of_measure(key: str) -> dict[str, Any]:
    names = {"responsible": "措施责任人", "basis": "制度依据", "timing": "时限"}
    return {"text": marked(key, "P", "措施")} | {name: marked(key, "C", place) for name, place in names.items()}


def _fill(version: TableVersion, key: str, vacant: Any, people: SimpleNamespace) -> None:
    """A complete table in which everything that can be changed is there: two points in one row, 无 in another."""
    head, posts = people.head, list(version.table.department.posts.exclude(pk=vacant.pk).order_by("order"))
    point, measure = _words_of_point(key), _words_of_measure(key)
    grant = people.second_reviewer.grants.create(role=Role.CLERK, department=version.table.department)
    writer = User.objects.get(pk=people.second_reviewer.pk)
    first = make_point(version, actor=writer, post=posts[0], **point)
    grant.delete()
    make_point(version, actor=head, post=posts[1], **point)
    make_measure(version, first, actor=head, **measure)
    make_measure(version, first, actor=head, **measure)
    for category in (Category.PROCESS, Category.INSTITUTION):
        other = make_point(version, actor=head, category=category, **point)
        make_measure(version, other, actor=head, **measure)
    make_measure(version, actor=head, stage=Stage.PREVENTION, **measure)
    editing.declare_nil(version, Category.ENVIRONMENT, actor=head)
    editing.exempt_post(version, vacant, marked(key, "C", "没有风险点的原因"), actor=head)
    editing.save_head(version, {"duties": marked(key, "C", "职责")}, actor=head)


def _shared(table: ControlTable, people: SimpleNamespace) -> TableVersion:
    """The discipline office's table in force, at one of whose points 总务处 cooperates."""
    draft = bring_to(Status.DRAFT, table, people)
    named = {"co_departments": "总务处"}
    editing.save_point(draft, named, point=draft.points.first(), actor=people.discipline_head)
    version = workflow.perform(Action.SUBMIT, draft, actor=people.discipline_head)
    assess_all(version, actor=people.deputy)
    version = workflow.perform(Action.APPROVE, version, actor=people.deputy)
    return reload(workflow.perform(Action.CONFIRM, version, actor=people.office, signature=paper_signature()))


def _record(table: ControlTable, people: SimpleNamespace) -> TableVersion:
    """A paper of long ago that the office typed in, waiting to be compared with its scan."""

    def fill(version: TableVersion) -> None:
        RiskPoint.objects.create(version=version, category=Category.DUTY, order=1, text="采购不询价", is_latent=False)

    day = timezone.localdate().replace(year=table.cycle.year, month=1, day=5)
    return record_historical(table, fill=fill, signed_on=day, actor=people.office)


def _sent(office: User) -> SentScans:
    """One scanned page that the office sent and has not assigned."""
    picture = base64.b64encode(scans.picture("PNG")).decode()
    read = {"kind": "pdf", "pages": [{"codes": [], "picture": picture}]}
    return sorting.receive("扫描.pdf", scans.PDF, read, actor=office)


def _export(office: User) -> Export:
    """A finished file of the office, which it may fetch (what real ones hold is tested with the runner)."""
    content = b"PK\x05\x06" + bytes(18)
    export = Export.objects.create(
        person=office,
        kind="register",
        asked={"suffix": "xlsx", "query": ""},
        name="登记汇总表.xlsx",
        state=ExportState.DONE,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        finished_at=timezone.now(),
    )
    ExportPiece.objects.create(export=export, place=0, content=content)
    return export


def _archive(cycle: Cycle, admin: User) -> AnnualArchive:
    """A finished build with a file that can be fetched (what real ones hold is tested with the builder)."""
    Path(shelf.folder(), "matrix.zip").write_bytes(b"PK\x05\x06" + bytes(18))
    return AnnualArchive.objects.create(
        cycle=cycle, state=ArchiveState.DONE, file="matrix.zip", sha256="0" * 64, size=22, requested_by=admin
    )


def reload(version: TableVersion) -> TableVersion:
    """The version as it is stored now."""
    return TableVersion.objects.select_related("table__cycle", "table__department").get(pk=version.pk)
