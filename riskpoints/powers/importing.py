"""What a workbook would draft, row by row, and drafting it: all rows or none."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction

from departments.models import Actor, Department, Post
from riskcontrol.text import folded
from riskpoints.importing.lists import SentList
from riskpoints.references.powers import drafting
from riskpoints.references.powers.drafting import TEXT_FIELDS, StepInput
from riskpoints.references.powers.enums import PowerState
from riskpoints.references.powers.models import PowerRevision

NODE = "风险节点"
SAME = "目录或草稿里已有同名的职权，不再导入。"


class State(models.TextChoices):
    """What becomes of a row."""

    NEW = "new", "将起草"
    SAME = "same", "已有"
    WRONG = "wrong", "需要修改"


@dataclass(frozen=True)
class Line:
    """One row of the workbook with what is wrong in it; `values` and `steps` as drafting takes them."""

    row: int
    state: State
    values: dict[str, Any]
    steps: Sequence[StepInput]
    wrong: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return str(self.values.get("name", ""))


class NotImportedError(Exception):
    """Nothing was saved: some rows have to be mended first."""


def lines(sent: SentList, department: Department) -> list[Line]:
    """What the rows would do for this department today."""
    posts = {folded(post.name): post for post in Post.objects.active_on().filter(department=department)}
    revisions = PowerRevision.objects.filter(power__department=department, power__retired_at=None)
    known = {folded(name) for name in revisions.exclude(state=PowerState.DISCARDED).values_list("name", flat=True)}
    seen: dict[str, int] = {}
    found = []
    for number, words in sent.rows:
        line = _line(number, words, department, posts, [text for row, _, text in sent.faults if row == number])
        name = folded(line.name)
        if not line.wrong and name in known:
            line = Line(number, State.SAME, line.values, line.steps)
        elif name and name in seen:
            wrong = [*line.wrong, f"与第 {seen[name]} 行的职权名称相同，请合成一行或改名。"]
            line = Line(number, State.WRONG, line.values, line.steps, wrong)
        seen.setdefault(name, number)
        found.append(line)
    return found


def _line(
    number: int, words: dict[str, str], department: Department, posts: dict[str, Post], faults: list[str]
) -> Line:
    values: dict[str, Any] = {name: words.get(name, "") for name in TEXT_FIELDS}
    wrong = list(faults)
    if folded(words.get("department", department.name)) != folded(department.name):
        wrong.append(f"这一行是“{words['department']}”的，这里只导入{department.name}的职权。")
    values["posts"], unknown = _posts(words.get("posts", ""), department, posts)
    if unknown:
        wrong.append(f"“{'、'.join(unknown)}”不是本部门在用的岗位，请改成岗位名称，或写部门名称。")
    steps = _steps(words.get("steps", ""))
    if not values["name"]:
        return Line(number, State.WRONG, values, steps, [*wrong, "请填写职权名称。"])
    try:
        drafting.check(department, values, steps)
    except ValidationError as error:
        wrong += _said(error)
    return Line(number, State.WRONG if wrong else State.NEW, values, steps, wrong)


def _said(error: ValidationError) -> list[str]:
    captions = {name: PowerRevision._meta.get_field(name).verbose_name for name in TEXT_FIELDS}  # type: ignore[union-attr]
    return [
        f"{captions[name]}：{message}" if name in captions else message
        for name, messages in error.message_dict.items()
        for message in messages
    ]


def _posts(text: str, department: Department, posts: dict[str, Post]) -> tuple[list[Post], list[str]]:
    """The posts that a cell names; the department's own name means that it handles the power itself."""
    found, unknown = [], []
    for name in (part.strip() for part in text.replace("，", "、").replace(",", "、").replace("\n", "、").split("、")):
        if not name or folded(name) == folded(department.name):
            continue
        post = posts.get(folded(name))
        if post is None:
            unknown.append(name)
        else:
            found.append(post)
    return found, unknown


def _steps(text: str) -> list[StepInput]:
    """A step a line: 环节；岗位；时限；风险节点；说明, with or without a number in front."""
    found = []
    for line in filter(None, (part.strip() for part in text.splitlines())):
        parts = [part.strip() for part in line.replace(";", "；").split("；")]
        name = parts[0].lstrip("0123456789").lstrip(".、．) ）") if parts[0][:1].isdigit() else parts[0]
        rest = [part for part in parts[1:] if part != NODE]
        post, limit, note = (*rest, "", "", "")[:3]
        found.append(StepInput(name.strip(), post, limit, NODE in parts[1:], "；".join([note, *rest[3:]]).strip("；")))
    return found


def save(sent: SentList, department: Department, *, actor: Actor) -> int:
    """Draft what is new, all of it or nothing; sent twice it is drafted once. NotImportedError where a row is wrong."""
    with transaction.atomic():
        todo = lines(sent, department)
        if any(line.state == State.WRONG for line in todo):
            raise NotImportedError
        new = [line for line in todo if line.state == State.NEW]
        digest = hashlib.sha256(repr(sent.rows).encode()).hexdigest()[:32]
        for line in new:
            drafting.draft(department, line.values, line.steps, token=f"import {digest} {line.row}", actor=actor)
    return len(new)
