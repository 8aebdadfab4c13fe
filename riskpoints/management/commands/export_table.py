"""export_table: writes 附件2 or a department's 附件4 of a year to a file."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from departments.models import School
from riskcontrol import audit
from riskcontrol.paper.pdf import DocumentError
from riskpoints import documents
from riskpoints.enums import Scope, Status
from riskpoints.models import ControlTable, Cycle, TableVersion
from riskpoints.tables import papers
from riskpoints.verbs import RegisterVerb


class Command(BaseCommand):
    """The version in force, as kept at its decision; with --draft the newest version as it stands."""

    help = "导出防控表：manage.py export_table --year 2011 --school --format pdf --output 文件.pdf"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--year", type=int, required=True, help="年度，如 2011")
        whose = parser.add_mutually_exclusive_group(required=True)
        whose.add_argument("--school", action="store_true", help="学校表（附件2）")
        whose.add_argument("--department", metavar="部门", help="部门表（附件4），写部门名称")
        parser.add_argument("--format", choices=documents.FORM_KINDS, default="pdf", help="文件格式，默认 pdf")
        parser.add_argument("--output", type=Path, required=True, help="写到哪里，已有的同名文件会被替换")
        parser.add_argument("--draft", action="store_true", help="导出最新一版，不论是否已确定")

    def handle(self, *args: Any, **options: Any) -> None:
        version = _version(_table(options["year"], options["department"]), is_draft=options["draft"])
        try:
            content = papers.document_of(version, options["format"])
        except (DocumentError, School.DoesNotExist) as error:
            raise CommandError(str(error)) from error
        _write(options["output"].absolute(), content)
        audit.record(RegisterVerb.VERSION_EXPORT, target=version, detail={"格式": options["format"], "途径": "命令行"})
        self.stdout.write(f"已导出 {version}：{options['output']}（{len(content)} 字节）")


def _table(year: int, department: str | None) -> ControlTable:
    if not Cycle.objects.filter(year=year).exists():
        known = "、".join(map(str, Cycle.objects.order_by("year").values_list("year", flat=True))) or "无"
        raise CommandError(f"没有 {year} 年度。已有的年度：{known}。")
    tables = ControlTable.objects.select_related("cycle", "department", "in_force").filter(cycle__year=year)
    if department is None:
        table = tables.filter(scope=Scope.SCHOOL).first()
        if table is None:
            raise CommandError(f"{year} 年度没有学校表（附件2）。请先由领导小组办公室开始填报。")
        return table
    table = tables.filter(department__name=department).first()
    if table is None:
        names = "、".join(tables.filter(scope=Scope.DEPARTMENT).values_list("department__name", flat=True)) or "无"
        raise CommandError(f"{year} 年度没有“{department}”的防控表。已有的部门：{names}。")
    return table


def _version(table: ControlTable, *, is_draft: bool) -> TableVersion:
    versions = TableVersion.objects.select_related("table__cycle", "table__department").filter(table=table)
    if is_draft:
        newest = versions.exclude(status=Status.DISCARDED).order_by("-number").first()
        if newest is None:
            raise CommandError(f"{table}还没有开始填报。")
        return newest
    if table.in_force_id is None:
        raise CommandError(f"{table}还没有现行版。请先办完审核和签字确定，或加 --draft 导出最新一版。")
    return versions.get(pk=table.in_force_id)


def _write(output: Path, content: bytes) -> None:
    """Replace the file whole, or leave what was there."""
    part = output.with_name(f"{output.name}.part")
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(output)
    except OSError as error:
        raise CommandError(f"不能写入“{output}”：{error.strerror}。请换一个位置。") from error
