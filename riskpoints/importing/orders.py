"""What was decided and mended in the preview, by the names of its items; nothing of it is judged here."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from riskpoints.importing.content import FileContent, FileMeasure, FilePoint


@dataclass(frozen=True)
class Orders:
    """`edits`: texts by item and field; `left`: items that are not imported; `taken`: changes that are made only when
    ticked; `near`: what becomes of a row that is nearly one of the draft (add or change); `category`: of all points
    for which the file has none; `posts`: one of ours by a name in the file."""

    edits: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    left: frozenset[str] = frozenset()
    taken: frozenset[str] = frozenset()
    near: Mapping[str, str] = field(default_factory=dict)
    category: str = ""
    posts: Mapping[str, str] = field(default_factory=dict)


def mended(content: FileContent, orders: Orders) -> FileContent:
    """The content with the texts that were typed in the preview in the place of the file's."""
    points = [
        _mended(replace(point, post=orders.posts.get(point.post) or point.post), orders) for point in content.points
    ]
    if orders.category:
        points = [point if point.category else replace(point, category=orders.category) for point in points]
    measures = [_mended(measure, orders) for measure in content.measures]
    nils = [_mended(nil, orders) for nil in content.nils]
    return replace(content, points=points, measures=measures, nils=nils)


def _mended(item: Any, orders: Orders) -> Any:
    typed = orders.edits.get(item.ref, {})
    if not typed:
        return item
    own = {one.name for one in fields(item)} - {"row", "points", "sheet", "more", "ref", "code", "known"}
    values: dict[str, Any] = {name: text for name, text in typed.items() if name in own}
    more = {name: text for name, text in typed.items() if name not in own}
    if more and isinstance(item, FilePoint | FileMeasure):
        values["more"] = dict(item.more) | more
    return replace(item, **values)
