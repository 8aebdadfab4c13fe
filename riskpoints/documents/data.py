"""The values that a document is made of: plain, frozen, already decided, without a model or a query."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from riskcontrol.templatetags.ui import cn_date
from riskpoints.documents import wording


class Mark(Enum):
    """What a print says about itself: 草稿 with its version, a final print with its code, an empty form."""

    DRAFT = "draft"
    FINAL = "final"
    BLANK = "blank"


@dataclass(frozen=True, kw_only=True)
class Paper:
    """What every document carries: who issued it, its mark, and what goes into the file's metadata.

    `made_on` is the content's date (never the clock's), so that the same content gives the same bytes. `code_address`
    is the page that says of its code whether it holds; empty where the site's address is not known.
    """

    author: str
    mark: Mark = Mark.FINAL
    version_label: str = ""
    content_code: str = ""
    code_address: str = ""
    made_on: date | None = None


@dataclass(frozen=True)
class PointLine:
    """One 风险点; `post` and `level` ("一级（高）") stand behind it in small type."""

    text: str
    post: str = ""
    level: str = ""


@dataclass(frozen=True)
class MeasureLine:
    """One 防范措施; `points` are the places (from 1) of its points in the row, empty for the whole category.

    `regulations` are printed on the sheets of posts only: the document's own forms have no place for them.
    """

    text: str
    points: tuple[int, ...] = ()
    stage: str = ""
    regulations: tuple[str, ...] = ()


@dataclass(frozen=True)
class FormRow:
    """One 风险类别 of 附件2 or 附件4; `is_nil` is the explicit 无, printed in both cells (R63)."""

    category: str
    points: tuple[PointLine, ...] = ()
    measures: tuple[MeasureLine, ...] = ()
    is_nil: bool = False


@dataclass(frozen=True)
class LevelPosts:
    """The posts of one level."""

    level: str
    posts: tuple[str, ...]


@dataclass(frozen=True)
class LevelCell:
    """单位确定风险等级: the department's level, then its posts by level; proposed ones say so."""

    level: str
    groups: tuple[LevelPosts, ...] = ()
    is_proposed: bool = False
    # Of the 校领导班子: which meeting decided, or room to write it by hand (R53).
    meeting: str = ""


@dataclass(frozen=True, kw_only=True)
class DepartmentPaper(Paper):
    """附件4. `filled_on` None prints the date to be written by hand."""

    title_lines: tuple[str, ...]
    department_name: str
    head_name: str
    duties: str
    rows: tuple[FormRow, ...]
    level: LevelCell | None = None
    filled_on: date | None = None
    # What stands before the room to sign; where a meeting decides nobody signs, and the paper is sealed.
    signature: str = wording.LEVEL_SIGNATURE


@dataclass(frozen=True, kw_only=True)
class SchoolPaper(Paper):
    """附件2."""

    title: str
    school_name: str
    business_function: str
    rows: tuple[FormRow, ...]
    filled_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class GroupList(Paper):
    """附件1: names in printed order; `closing` is the sentence about the office."""

    title_lines: tuple[str, ...]
    chiefs: tuple[str, ...]
    deputies: tuple[str, ...]
    members: tuple[str, ...]
    closing: str = ""


@dataclass(frozen=True)
class PostSheetRow:
    """One risk point of a post, with everything that stands beside it on the 一览表."""

    category: str
    point: str
    manifestation: str = ""
    likelihood: str = ""
    harm: str = ""
    level: str = ""
    measures: tuple[MeasureLine, ...] = ()
    responsible: str = ""
    missing: str = ""

    @property
    def notes(self) -> list[str]:
        """What stands below the point: 表现形式, and the regulation that is missing."""
        manifestation = [f"表现形式：{self.manifestation}"] if self.manifestation else []
        return [*manifestation, *([f"缺少的制度：{self.missing}"] if self.missing else [])]


@dataclass(frozen=True, kw_only=True)
class PostSheet(Paper):
    """岗位廉政风险防控一览表 of one post; `nil_reason` if the post is stated to have no risk point."""

    school_name: str
    year: int
    department_name: str
    post_name: str
    holders: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    level: str = ""
    level_reason: str = ""
    rows: tuple[PostSheetRow, ...] = ()
    nil_reason: str = ""


@dataclass(frozen=True)
class RegisterRow:
    """One risk point in the 登记汇总表 (domain.md §1.3); texts as printed."""

    number: str
    department: str
    post: str = ""
    power: str = ""
    category: str = ""
    point: str = ""
    manifestation: str = ""
    likelihood: str = ""
    harm: str = ""
    level: str = ""
    prevention: str = ""
    monitoring: str = ""
    response: str = ""
    responsible: str = ""
    leader: str = ""
    methods: str = ""
    status: str = ""
    version_date: str = ""
    standing: str = ""
    key_area: str = ""
    timing: str = ""
    basis: str = ""
    regulations: str = ""
    measure_responsible: str = ""
    computed: str = ""
    proposed: str = ""
    proposed_reason: str = ""
    confirmed: str = ""
    confirmed_reason: str = ""
    # Plain texts without a column of their own (riskpoints/fields.py), by the key of the column they get.
    more: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Register(Paper):
    """登记汇总表 of a year, or (None) of what is in force on one day; `scope` says which points are in it when they are
    not all of the year."""

    school_name: str
    year: int | None
    rows: tuple[RegisterRow, ...]
    scope: str = ""


@dataclass(frozen=True)
class NoticeRow:
    """What may be published of a risk point, and nothing else (domain.md, Decided: Publication).

    The row of what all points of a category have in common has neither number nor level.
    """

    department: str
    post: str
    category: str
    point: str
    measures: tuple[str, ...]
    level: str
    number: str = ""


@dataclass(frozen=True, kw_only=True)
class NoticePaper(Paper):
    """公示稿: a heading, paragraphs, the table, then issuer and date; `address` is where the same can be read."""

    title: str
    paragraphs: tuple[str, ...]
    rows: tuple[NoticeRow, ...]
    issuer: str
    issued_on: date | None = None
    closing: tuple[str, ...] = ()
    address: str = ""


@dataclass(frozen=True, kw_only=True)
class PublicationResult(Paper):
    """公示结果: a heading, paragraphs, a row for each table (部门, 意见, 办理, 结果), then issuer and date."""

    title: str
    paragraphs: tuple[str, ...]
    rows: tuple[tuple[str, str, str, str], ...]
    issuer: str
    issued_on: date


def printed_date(day: date | None, blank: str) -> str:
    """2011年11月15日: Arabic figures without leading zeros (GB/T 9704-2012, 7.3.5.4), or the blank to write in."""
    return cn_date(day) or blank
