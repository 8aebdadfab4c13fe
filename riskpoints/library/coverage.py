"""How far a table covers what is typical of its posts: taken or written, confirmed as not applicable, or neither."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from departments.enums import Level
from departments.models import Post
from riskcontrol.text import folded
from riskpoints.library.models import NotApplicable
from riskpoints.models import TableVersion
from riskpoints.references.library.models import TypicalRisk


@dataclass(frozen=True)
class PostCoverage:
    """The entries that are expected of this post: the year's own first in each list."""

    post: Post
    expected: list[TypicalRisk]
    missing: list[TypicalRisk]
    confirmed: list[NotApplicable]
    year: int

    @property
    def covered(self) -> int:
        """How many the table has a point for."""
        return len(self.expected) - len(self.missing) - len(self.confirmed)

    @property
    def hot(self) -> int:
        """How many of the missing the committee named for this year."""
        return sum(risk.is_hot_in(self.year) for risk in self.missing)

    @property
    def first(self) -> list[str]:
        """The first of the missing, shortened to be told in a line."""
        return [re.split("[，、。]", risk.text)[0][:20] for risk in self.missing[:3]]


def coverage(version: TableVersion) -> list[PostCoverage]:
    """Each post of the table's department that has typical risks, with what of them the version covers."""
    if version.table.department_id is None:
        return []
    rows_of = Post.objects.active_on().filter(department=version.table.department_id)
    posts = list(rows_of.select_related("department").prefetch_related("functions"))
    functions = {function.pk for post in posts for function in post.functions.all()}
    if not functions:
        return []
    rows = TypicalRisk.objects.filter(is_active=True, functions__in=functions).distinct()
    year = version.table.cycle.year
    risks = sorted(rows.prefetch_related("functions"), key=lambda risk: (not risk.is_hot_in(year), risk.order))
    taken, texts = _said(version)
    confirmed = list(confirmed_of(version))
    return [found for post in posts if (found := _of_post(post, risks, taken, texts, confirmed, year)).expected]


def _said(version: TableVersion) -> tuple[set[int | None], set[str]]:
    """The entries that the points came from, and their words: one that somebody typed as it stands counts as well."""
    rows = list(version.points.values_list("library_entry_id", "text"))
    return {entry for entry, _ in rows}, {folded(text) for _, text in rows}


def _of_post(
    post: Post,
    risks: Iterable[TypicalRisk],
    taken: set[int | None],
    texts: set[str],
    confirmed: list[NotApplicable],
    year: int,
) -> PostCoverage:
    expected = [risk for risk in risks if is_expected(post, risk)]
    open_ones = [risk for risk in expected if risk.pk not in taken and folded(risk.text) not in texts]
    keys = {risk.pk for risk in open_ones}
    said = [row for row in confirmed if row.post_id == post.pk and row.entry_id in keys]
    answered = {row.entry_id for row in said}
    return PostCoverage(post, expected, [risk for risk in open_ones if risk.pk not in answered], said, year)


def is_expected(post: Post, risk: TypicalRisk) -> bool:
    """Whether a post would be expected to have this: all of its functions that make it 一级 (the document names them);
    of milder ones, which many posts have, where its duties or its department's are of the entry's area."""
    own = {function.pk: function.floor for function in post.functions.all()}
    floors = [own[function.pk] for function in risk.functions.all() if function.pk in own]
    if not floors:
        return False
    said = f"{post.name}{post.duties}{post.department.duties}"
    return Level.FIRST in floors or any(word in said for word in words_of_area(risk.area))


def words_of_area(area: str) -> list[str]:
    """校企合作与实习 is 校企, 合作, 实习."""
    parts = [part for part in re.split("[与和、/ ]", area) if part]
    words = [part[at : at + 2] for part in parts for at in range(0, len(part), 2)]
    return [word for word in words if len(word) > 1] or [area]


def confirmed_of(version: TableVersion) -> list[NotApplicable]:
    """What was confirmed for this table, with the entries."""
    return list(NotApplicable.objects.filter(table=version.table_id).select_related("entry", "said_by"))
