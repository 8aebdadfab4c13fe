"""Prints what was not kept at a decision: 附件1, the 登记汇总表, and forms of years before forms were kept."""

import datetime
from dataclasses import asdict
from functools import cached_property
from typing import Any

from departments.models import LeadershipGroup
from riskpoints import documents
from riskpoints.archives.records import ArchiveError, YearRecords
from riskpoints.content import content
from riskpoints.documents import build, build_lists, build_public
from riskpoints.documents.data import GroupList, PostSheet, Register
from riskpoints.documents.duties import duty_listing
from riskpoints.documents.listing import Listing, listing_pdf
from riskpoints.evidence import verification
from riskpoints.evidence.year_facts import from_plain
from riskpoints.models import TableVersion
from riskpoints.register import duties, numbers


class Printer:
    """The printed papers of one year, each with the values that decide what stands on it."""

    def __init__(self, year: YearRecords) -> None:
        self._year = year

    @property
    def group_day(self) -> datetime.date:
        """The day from which the leadership group is in office."""
        return datetime.date.fromisoformat(self._year.facts["group"]["since"])

    def group_values(self) -> dict[str, Any]:
        """附件1 as values."""
        return asdict(self._group)

    def group_list(self) -> bytes:
        """附件1."""
        return documents.group_list_pdf(self._group)

    @cached_property
    def _group(self) -> GroupList:
        facts = self._year.facts["group"]
        group = LeadershipGroup(**from_plain(LeadershipGroup, facts))
        members = [(member["position"], member["person_name"]) for member in facts["members"]]
        return build_lists.group_list(group, school=self._year.school, members=members)

    def register_values(self) -> list[Any]:
        """What the 登记汇总表 is made of: the content of each version as it was decided, its day and who answers."""
        year = self._year
        versions = [
            [version.pk, year.content_hash(version), version.signed_on, year.leaders_of(version)]
            for version in year.in_force
        ]
        return ["登记汇总表", year.school.full_name, year.cycle.year, versions]

    def register(self, kind: str) -> bytes:
        """登记汇总表 of all versions in force."""
        return documents.register_pdf(self._register) if kind == "pdf" else documents.register_xlsx(self._register)

    def register_cost(self, kind: str) -> float:
        """About how many seconds it takes to print the register, from the number of its points."""
        points = sum(len(row["rows"]["points"]) for row in self._year.facts["versions"] if row["in_force"])
        return 0.3 + 0.015 * points if kind == "pdf" else 0.02 + 0.0003 * points

    @cached_property
    def _register(self) -> Register:
        year = self._year
        for version in year.in_force:
            self._require_as_decided(version)
        return build_lists.year_register(
            year.in_force, school=year.school, leaders=year.leader_of, shows_assessment=False
        )

    def duty_values(self) -> dict[str, Any]:
        """分级管理清单 as values."""
        return asdict(self._duties)

    def duty_list(self) -> bytes:
        """分级管理清单 of all versions in force."""
        for version in self._year.in_force:
            self._require_as_decided(version)
        return listing_pdf(self._duties)

    @cached_property
    def _duties(self) -> Listing:
        year = self._year
        numbered = numbers.of_a_year(year.in_force)
        answering = lambda department, level: (year.leader_of(department, level), None)  # noqa: E731 - said once
        lines = duties.lines_of(year.in_force, numbered, answering)
        day = max(map(year.day_of, year.in_force))
        return duty_listing(lines, year.school, year=year.cycle.year, day=day)

    def form_values(self, version: TableVersion) -> dict[str, Any]:
        """附件2 or 附件4 as values."""
        form = build.school_form(version) if version.table.is_school else build.department_form(version)
        return asdict(form)

    def form(self, version: TableVersion, kind: str) -> bytes:
        """附件2 or 附件4 of a version whose form was not kept."""
        self._require_as_decided(version)
        return documents.version_document(version, kind)

    def post_sheets_values(self, version: TableVersion) -> list[Any]:
        """岗位廉政风险防控一览表 as values; nothing where the version names no post."""
        return [asdict(sheet) for sheet in self._post_sheets(version)]

    def post_sheets(self, version: TableVersion) -> bytes:
        """岗位廉政风险防控一览表 of a department, each post from a new page."""
        self._require_as_decided(version)
        return documents.post_sheets_pdf(self._post_sheets(version))

    def _post_sheets(self, version: TableVersion) -> list[PostSheet]:
        return build_public.post_sheets(version, school=self._year.school, shows_assessment=False)

    def _require_as_decided(self, version: TableVersion) -> None:
        """What was changed past the program is never printed into an archive."""
        last = version.decisions.order_by("-at", "-id").first()
        if not verification.is_as_decided(version, content.load(version), last):
            raise ArchiveError(
                f"{version}的现存内容与确定时的不一致，可能绕过系统改动过。"
                "请运行 manage.py verify_register 查明，从备份恢复后再生成。"
            )
