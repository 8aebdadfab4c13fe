"""Makes powers for tests; a power reaches a state only through the services, done by the right people."""

from types import SimpleNamespace
from typing import Any

from departments.models import Department, User
from riskpoints.references.powers import drafting, filing
from riskpoints.references.powers.drafting import StepInput
from riskpoints.references.powers.models import PowerRevision

STEPS = (
    StepInput("受理申请", "绿化管理员", "1 个工作日"),
    StepInput("询价采购", "采购员", "5 个工作日", is_risk_node=True, note="不少于三家"),
    StepInput("验收", "采购员", "2 个工作日", is_risk_node=True),
)


def make_power(department: Department, *, actor: User, steps=STEPS, **values: Any) -> PowerRevision:
    """Return a draft of a new power that could be submitted."""
    texts = {
        "name": "物资采购",
        "content": "采购部门所需物资。",
        "basis": "《政府采购法》",
        "time_limit": "10 个工作日",
    }
    return drafting.draft(department, texts | values, steps, actor=actor)


def file_power(revision: PowerRevision, people: SimpleNamespace, *, is_public: bool | None = None) -> PowerRevision:
    """Submit a draft of 总务处 as its head and file it as a reviewer."""
    filing.submit(revision, actor=people.head)
    filing.file(revision, is_public=is_public, actor=people.reviewer)
    return PowerRevision.objects.select_related("power__department", "power__filed").get(pk=revision.pk)
