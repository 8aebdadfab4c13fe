"""The sample school's powers: drafted by its people, submitted by the heads, filed by the committee."""

from dataclasses import dataclass, field
from pathlib import Path

from departments.models import Department, Post, User
from riskpoints.enums import Status
from riskpoints.models import TableVersion
from riskpoints.references.powers import drafting, filing, queries
from riskpoints.references.powers.drafting import StepInput
from riskpoints.references.powers.enums import PowerState
from riskpoints.tables import editing
from riskpoints.wings import SampleSchool

DATA = Path(__file__).with_name("sample_powers.txt")
PUBLIC = "公"
STATES = {PowerState(state).label: state for state in (PowerState.DRAFT, PowerState.SUBMITTED)}


@dataclass
class SamplePower:
    """One power of the file, whose first lines say how it is written."""

    department: str
    name: str
    mark: str
    posts: list[str]
    time_limit: str
    content: str = ""
    basis: str = ""
    steps: list[StepInput] = field(default_factory=list)


def powers() -> list[SamplePower]:
    """The powers of the file, in its order."""
    found: list[SamplePower] = []
    for line in DATA.read_text(encoding="utf-8").splitlines():
        kind, rest = line[0], line[1:].strip()
        if kind == "=":
            found[-1].content = rest
        elif kind == "@":
            found[-1].basis = rest
        elif kind == "-":
            found[-1].steps.append(_step(rest))
        elif kind != "#":
            department, name, mark, posts, time_limit = (part.strip() for part in line.split("|"))
            found.append(SamplePower(department, name, mark, posts.split("、"), time_limit))
    return found


def _step(line: str) -> StepInput:
    name, post, time_limit, note = (*(part.strip() for part in line.split("|")), "", "", "")[:4]
    return StepInput(name.removeprefix("!").strip(), post, time_limit, name.startswith("!"), note)


def fill(school: SampleSchool) -> None:
    """Write them all, each act by the person who would do it."""
    posts = {(post.department_id, post.name): post for post in Post.objects.all()}
    for power in powers():
        department = school.departments[power.department]
        head = school.people[f"head_{power.department}"]
        writer = school.people.get(f"clerk_{power.department}", head)
        values = {
            "name": power.name,
            "content": power.content,
            "basis": power.basis,
            "time_limit": power.time_limit,
            "posts": [posts[department.pk, name] for name in power.posts],
        }
        revision = drafting.draft(department, values, power.steps, actor=writer)
        if STATES.get(power.mark) == PowerState.DRAFT:
            continue
        filing.submit(revision, actor=head)
        if power.mark not in STATES:
            filing.file(revision, is_public=power.mark == PUBLIC, actor=_filer(school, power.department))
    link(school)


def link(school: SampleSchool) -> None:
    """Let points of the drafts lie on steps of powers: each whose matter is a step of one of its department's."""
    for department in school.departments.values():
        steps = {step.name: (row, step) for row in queries.filed_of(department) for step in row.steps.all()}
        versions = TableVersion.objects.filter(table__department=department, status=Status.DRAFT)
        for version in versions.select_related("table__cycle", "table__department"):
            for point in version.points.filter(matter__in=steps):
                row, step = steps[point.matter]
                values = {"power_revision": row, "power_step": step}
                editing.save_point(version, values, point=point, actor=_head_of(school, department))


def _head_of(school: SampleSchool, department: Department) -> User:
    return next(school.people[f"head_{key}"] for key, row in school.departments.items() if row == department)


def _filer(school: SampleSchool, department: str) -> User:
    return school.people["discipline_secretary" if department == "discipline" else "reviewer_a"]
