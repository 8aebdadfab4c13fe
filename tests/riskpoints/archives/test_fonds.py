"""全宗号 is asked when the first archive is made, is kept, and stays the same for what was archived with it."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from departments.models import School
from riskpoints.archives import fonds, jobs, records, verifier
from riskpoints.archives.records import ArchiveError
from riskpoints.models import AnnualArchive
from riskpoints.years import closing
from tests.pages import beside, text_of, typed
from tests.riskpoints.archives.packing import build, confirm, unpacked


@pytest.fixture
def unnumbered(people, table):
    """Return a year with a table in force, of a school that never said its 全宗号."""
    confirm(table, people)
    School.objects.update(fonds_code="")
    return table.cycle


@pytest.fixture
def screen(client, people):
    client.force_login(people.admin)
    return client


def start(client, year, **sent):
    return client.post(reverse("riskpoints:archive_start", args=[year.year]), sent)


def test_the_first_archive_asks_for_it_and_keeps_it(screen, unnumbered, people):
    answer = start(screen, unnumbered)
    assert answer.status_code == 200
    assert "第一次生成档案，先填写全宗号" in text_of(answer)
    assert not AnnualArchive.objects.exists()

    assert start(screen, unnumbered, fonds_code=" J０２１ ").url == f"{reverse('riskpoints:years')}#archives"
    assert School.current().fonds_code == "J021"
    assert AnnualArchive.objects.get().fonds_code == "J021"


@pytest.mark.parametrize(("sent", "said"), [("", "请填写全宗号。"), ("0" * 17, "请缩短到 16 字以内，现在有 17 字。")])
def test_what_can_not_be_one_is_said_beside_the_field(screen, unnumbered, sent, said):
    answer = start(screen, unnumbered, fonds_code=sent)
    assert answer.status_code == 422
    assert beside(answer, "fonds_code") == said
    assert f'value="{sent}"' in answer.content.decode() or not sent
    assert typed(answer, "nothing") == ""
    assert (School.current().fonds_code, AnnualArchive.objects.count()) == ("", 0)


def test_a_school_that_has_one_is_not_asked(screen, people, table):
    confirm(table, people)
    assert start(screen, table.cycle).status_code == 302
    assert AnnualArchive.objects.get().fonds_code == "0001"


def test_what_somebody_else_gave_meanwhile_stays(school, people):
    assert fonds.keep_code("0002", actor=people.admin) == "0001"
    assert School.current().fonds_code == "0001"


def test_the_command_says_how_to_give_it(unnumbered, tmp_path):
    options = {"year": unnumbered.year, "output": tmp_path / "a.zip", "stdout": StringIO(), "stderr": StringIO()}
    with pytest.raises(CommandError, match="--fonds-code"):
        call_command("build_archive", **options)
    assert not AnnualArchive.objects.exists()
    call_command("build_archive", **options, fonds_code="0007")
    assert '"fonds_code": "0007"' in unpacked(tmp_path / "a.zip")[verifier.MANIFEST].decode()
    with pytest.raises(CommandError, match="全宗号是 0007"):
        call_command("build_archive", **options, fonds_code="0008")


def test_a_year_closed_before_there_was_one_keeps_that_of_its_first_archive(unnumbered, people, tmp_path):
    closing.close_year(unnumbered, actor=people.office)
    unnumbered.refresh_from_db()
    with pytest.raises(ArchiveError, match="还没有全宗号"):
        records.read_year(unnumbered.year)
    fonds.keep_code("0007", actor=people.admin)
    build(unnumbered, tmp_path / "a.zip")
    jobs.run(jobs.open_build(unnumbered.year, actor=people.admin))
    School.objects.update(fonds_code="0008")
    build(unnumbered, tmp_path / "b.zip")
    assert (tmp_path / "b.zip").read_bytes() == (tmp_path / "a.zip").read_bytes()


def test_a_year_closed_with_one_keeps_it(people, table, tmp_path):
    confirm(table, people)
    closing.close_year(table.cycle, actor=people.office)
    School.objects.update(fonds_code="0008")
    assert fonds.known() == "0008"
    assert records.read_year(table.cycle.year).school.fonds_code == "0001"
