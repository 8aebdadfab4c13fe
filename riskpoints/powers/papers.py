"""职权目录 and 权力运行流程图 as they are printed, from what revisions say."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from departments.models import School
from departments.queries import leader_names
from riskcontrol import files
from riskcontrol.paper.fonts import font_set
from riskcontrol.paper.pdf import Attachment, render_pdf
from riskcontrol.templatetags.ui import cn_date
from riskpoints.documents import wording
from riskpoints.documents.data import Mark, Paper
from riskpoints.documents.listing import ListColumn, Listing
from riskpoints.powers.flow import Flow, flow_of
from riskpoints.references.powers.drafting import StepInput, inputs
from riskpoints.references.powers.enums import PowerState
from riskpoints.references.powers.models import PowerRevision

# As schools keep it (序号·职权名称·内容·办理主体·实施依据), with number, department, time and leader; 267 mm together.
COLUMNS = (
    ListColumn("序号", 10, is_centred=True),
    ListColumn("编号", 16, is_centred=True),
    ListColumn("部门", 24),
    ListColumn("职权名称", 34),
    ListColumn("内容", 68),
    ListColumn("办理主体", 28),
    ListColumn("实施依据", 46),
    ListColumn("时限", 22),
    ListColumn("责任领导", 19),
)


@dataclass(frozen=True)
class Entry:
    """What a revision says, for pages and papers: a draft's names are those of today, others those that were frozen."""

    revision: PowerRevision
    owner: str
    people: str
    supervisor: str


@dataclass(frozen=True)
class Said:
    """What stands of a power on paper, as plain values: out of the database, or out of an archive."""

    number: str
    mark: str
    owner: str
    name: str
    content: str
    people: str
    basis: str
    time_limit: str
    supervisor: str
    steps: tuple[StepInput, ...]
    filed_on: datetime.date | None
    chart: str = ""
    chart_kind: str = ""

    @property
    def chart_name(self) -> str:
        return f"{self.number} {self.name} 流程图.{self.chart_kind}" if self.chart else ""

    @property
    def flow(self) -> Flow | None:
        """The chart as it is drawn; an uploaded one takes its place."""
        return None if self.chart else flow_of(self.steps)


@dataclass(frozen=True, kw_only=True)
class FlowPaper(Paper):
    """权力运行流程图 of one power or of several, one page each."""

    title: str
    sheets: tuple[Said, ...]


def entries(revisions: Sequence[PowerRevision]) -> list[Entry]:
    """What these revisions say; one query for the leaders of drafts."""
    drafts = [revision.power.department_id for revision in revisions if not revision.owner_name]
    leaders = leader_names(drafts) if drafts else {}
    return [_entry(revision, leaders) for revision in revisions]


def _entry(revision: PowerRevision, leaders: dict[int, str]) -> Entry:
    if revision.state not in (PowerState.DRAFT, PowerState.DISCARDED):
        return Entry(revision, revision.owner_name, revision.people, revision.supervisor_name)
    department = revision.power.department
    people = "、".join(post.name for post in revision.posts.all()) or department.name
    leader = revision.supervisor or leaders.get(department.pk) or leader_names([department])[department.pk]
    return Entry(revision, department.name, people, leader)


def said(item: Entry) -> Said:
    """What a revision says, as it is printed."""
    revision = item.revision
    is_filed = revision.state == PowerState.FILED and revision.filed_at is not None
    return Said(
        number=revision.power.number,
        mark=revision.power.number_mark,
        owner=item.owner,
        name=revision.name,
        content=revision.content,
        people=item.people,
        basis=revision.whole_basis,
        time_limit=revision.time_limit,
        supervisor=item.supervisor,
        steps=tuple(inputs(revision.steps.all())),
        filed_on=timezone.localdate(revision.filed_at) if is_filed else None,
        chart=revision.chart.sha256 if revision.chart else "",
        chart_kind=revision.chart_kind,
    )


def last_day(found: Sequence[Said]) -> datetime.date | None:
    """The day of the last filing among these."""
    return max((item.filed_on for item in found if item.filed_on), default=None)


def catalogue(found: Sequence[Said], *, whose: str = "", school: School | None = None) -> Listing:
    """职权目录 of the school, or of one department."""
    school, last = school or School.current(), last_day(found)
    return Listing(
        author=school.full_name,
        made_on=last,
        title=f"{school.full_name}{whose}职权目录",
        summary=f"共 {len(found)} 项{f'，最近一次备案 {cn_date(last)}' if last else ''}。",
        columns=COLUMNS,
        rows=tuple(_row(place, item) for place, item in enumerate(found, start=1)),
    )


def _row(place: int, item: Said) -> tuple[str, ...]:
    number = item.number + (f"\n（{item.mark}）" if item.mark else "")
    texts = (item.owner, item.name, item.content, item.people, item.basis, item.time_limit, item.supervisor)
    return (str(place), number, *texts)


def flows_pdf(found: Sequence[Said], *, whose: str = "", school: School | None = None) -> bytes:
    """权力运行流程图, one page a power; a chart that was uploaded lies in the file as an attachment, as it came."""
    school = school or School.current()
    title = "权力运行流程图" + (f"（{whose}）" if whose else f"（{found[0].name}）" if len(found) == 1 else "")
    paper = FlowPaper(
        author=school.full_name,
        mark=Mark.DRAFT if any(item.filed_on is None for item in found) else Mark.FINAL,
        made_on=last_day(found),
        title=title,
        sheets=tuple(found),
    )
    context = {"paper": paper, "faces": faces(), "running_title": title, "words": wording}
    charts = [
        Attachment(item.chart_name, files.content(item.chart), "上传的流程图", "Supplement", made_on=paper.made_on)
        for item in found
        if item.chart
    ]
    return render_pdf(
        "powers/print/flows.html",
        context,
        title=title,
        author=paper.author,
        made_on=paper.made_on,
        attachments=charts,
    )


def chart_name(revision: PowerRevision) -> str:
    """What the file of a chart that was uploaded is called."""
    return f"{revision.power.number} {revision.name} 流程图.{revision.chart_kind}"


def faces() -> dict[str, str]:
    """The families that name and facts of a step are set in."""
    found = font_set(Path(settings.FONT_DIR))
    tail = [face.family for face in found.fallbacks]
    roles = {face.role: ",".join([face.family, *tail]) for face in found.faces}
    return {"name": roles["heading"], "fact": roles["body"]}
