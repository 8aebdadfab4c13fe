"""build_archive: makes the archive of a year, with its progress on the screen."""

import os
import shutil
import signal
from argparse import ArgumentParser
from pathlib import Path
from types import FrameType
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from departments.models import School
from riskpoints.archives import fonds, jobs, shelf
from riskpoints.archives.builder import BuildProgress
from riskpoints.archives.container import put_in_place
from riskpoints.archives.records import ArchiveError
from riskpoints.models import AnnualArchive


class Command(BaseCommand):
    """Build an archive, or the one that a page asked for (--job)."""

    help = "生成年度档案：manage.py build_archive --year 2011 --output 档案.zip"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--year", type=int, help="年度，如 2011")
        parser.add_argument("--output", type=Path, help="档案包写到哪里（.zip），已有的同名文件会被替换")
        parser.add_argument("--fonds-code", default="", help="全宗号，由档案部门给定；学校还没有登记时须写明，随后保留")
        parser.add_argument("--job", type=int, help="由页面发起的一次生成（内部使用）")

    def handle(self, *args: Any, **options: Any) -> None:
        before = signal.signal(signal.SIGTERM, _stop)
        try:
            if options["job"] is not None:
                self._run_job(options["job"])
            elif options["year"] is not None and options["output"] is not None:
                if options["fonds_code"]:
                    _keep_fonds_code(options["fonds_code"])
                self._build(options["year"], options["output"].absolute())
            else:
                raise CommandError("请写明 --year 和 --output，如：build_archive --year 2011 --output 档案.zip")
        except ArchiveError as error:
            raise CommandError(str(error)) from error
        finally:
            signal.signal(signal.SIGTERM, before)

    def _run_job(self, key: int) -> None:
        os.nice(5)  # people at their screens come first
        archive = AnnualArchive.objects.select_related("cycle", "requested_by").filter(pk=key).first()
        if archive is None:
            raise CommandError(f"没有第 {key} 次生成。")
        jobs.run(archive)

    def _build(self, year: int, output: Path) -> None:
        if not output.parent.is_dir():
            raise CommandError(f"没有文件夹“{output.parent}”。请先建立，或换一个位置。")
        archive = jobs.run(jobs.open_build(year), watcher=self._watch)
        source = shelf.file_of(archive)
        if source is None:
            raise CommandError("生成的档案不见了。请检查数据目录。")
        part = output.with_name(f"{output.name}.part")
        try:
            with source.open("rb") as made, part.open("wb") as copy:
                shutil.copyfileobj(made, copy)
                copy.flush()
                os.fsync(copy.fileno())
            put_in_place(part, output)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise CommandError(f"不能写入“{output}”：{error.strerror}。") from error
        self.stdout.write(f"已生成 {output}（{archive.size} 字节）")
        self.stdout.write(f"SHA-256 {archive.sha256}")

    def _watch(self, progress: BuildProgress) -> None:
        left = f"　约还需 {round(progress.left)} 秒" if progress.left and progress.left >= 1 else ""
        self.stderr.write(f"[{progress.done}/{progress.total or '?'}] {progress.step}{left}")


def _keep_fonds_code(typed: str) -> None:
    try:
        code = fonds.keep_code(typed.strip(), actor=None)
    except (ValidationError, School.DoesNotExist) as error:
        raise CommandError(" ".join(getattr(error, "messages", [str(error)]))) from error
    if code != typed.strip():
        raise CommandError(f"学校的全宗号是 {code}。要改，请系统管理员在“组织机构 — 学校信息”里修改。")


def _stop(number: int, frame: FrameType | None) -> None:
    """End as an interrupted build does: marked as failed, nothing half left behind."""
    raise SystemExit(128 + number)
