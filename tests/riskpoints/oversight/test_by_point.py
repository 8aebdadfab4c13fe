"""One choice for all measures of a point: for which of them it stands, what wins over it, and that it is said."""

import pytest
from django.db import IntegrityError, transaction

from riskcontrol.models import AuditEntry
from riskpoints.oversight.enums import CheckAct, Result
from riskpoints.oversight.models import CheckMeasure
from riskpoints.oversight.monitoring import acting, filling, record
from riskpoints.oversight.verbs import OversightVerb
from tests import scans
from tests.pages import checked, text_of
from tests.riskpoints.oversight.conftest import measures, write
from tests.riskpoints.oversight.test_pages import page, sent


@pytest.fixture
def several(third):
    """Return the first point of a sheet of 三级, with three measures of its own."""
    line = third.lines.first()
    CheckMeasure.objects.filter(line=line).delete()
    for order in (1, 2, 3):
        key = f"00000000-0000-4000-8000-{order:012d}"
        CheckMeasure.objects.create(line=line, order=order, identity=key, text=f"措施{order}")
    return line


def results(line):
    return [(row.result, row.by_point) for row in line.measures.order_by("order")]


def name(row):
    return f"m{row.pk}"


def test_one_choice_stands_for_each_measure_that_has_none_of_its_own(client, third, several, head):
    client.force_login(head)
    first, second, _ = several.measures.order_by("order")
    write(third, second, actor=head, result=Result.NO_CASE)
    choice = f"p{several.pk}-result"
    typed = {choice: "done", f"{name(first)}-result": "partly", f"{name(first)}-note": "缺一份"}
    client.post(page(third), sent(client, third, **typed))
    assert results(several) == [("partly", False), ("no_case", False), ("done", True)]
    (last, _) = AuditEntry.objects.of(OversightVerb.CHECK_FILL).order_by("-pk")
    assert list(last.detail.values()) == [["", "部分落实；缺一份"], ["", "落实（按本点填写）"]]


def test_what_was_chosen_for_the_point_may_be_chosen_otherwise(client, third, several, head):
    client.force_login(head)
    choice = f"p{several.pk}-result"
    client.post(page(third), sent(client, third, **{choice: "done"}))
    assert results(several) == [("done", True)] * 3
    shown_again = client.get(page(third))
    assert checked(shown_again, choice) == ["done"]
    client.post(page(third), sent(client, third))  # saved once more: nothing changes
    assert results(several) == [("done", True)] * 3
    assert AuditEntry.objects.of(OversightVerb.CHECK_FILL).count() == 1
    client.post(page(third), sent(client, third, **{choice: "no_case"}))
    assert results(several) == [("no_case", True)] * 3
    # The same chosen for one of them by itself is that one's own, and no longer follows.
    one = several.measures.first()
    client.post(page(third), sent(client, third, **{f"{name(one)}-result": "no_case"}))
    client.post(page(third), sent(client, third, **{choice: "done"}))
    assert results(several) == [("no_case", False), ("done", True), ("done", True)]


def test_a_note_beside_a_choice_for_the_point_leaves_the_choice(client, third, several, head):
    client.force_login(head)
    client.post(page(third), sent(client, third, **{f"p{several.pk}-result": "partly"}))
    assert [one.words for one in filling.missing(third) if one.measure.line_id == several.pk] == [
        "“部分落实”要写明发现的问题及意见。"
    ] * 3
    one = several.measures.first()
    client.post(page(third), sent(client, third, **{f"{name(one)}-note": "缺一份"}))
    one.refresh_from_db()
    assert (one.result, one.by_point, one.note) == ("partly", True, "缺一份")


def test_the_choice_is_offered_where_several_measures_are_open(client, third, several, head):
    client.force_login(head)

    def offered():
        lines = client.get(page(third)).context["lines"]
        return next(line.choice is not None for line in lines if line.line.pk == several.pk)

    assert offered()
    first, second, _third_one = several.measures.order_by("order")
    write(third, first, actor=head, result=Result.DONE)
    assert offered()
    write(third, second, actor=head, result=Result.DONE)
    assert not offered()
    # Whoever had the page open before chooses for what is still open.
    client.post(page(third), sent(client, third, **{f"p{several.pk}-result": "no_case"}))
    assert results(several) == [("done", False), ("done", False), ("no_case", True)]


def test_no_choice_stands_for_all_points(client, third, several, head):
    client.force_login(head)
    lines = client.get(page(third)).context["lines"]
    assert len(lines) > 1
    client.post(page(third), sent(client, third, **{f"p{several.pk}-result": "done"}))
    others = CheckMeasure.objects.filter(line__sheet=third).exclude(line=several)
    assert set(others.values_list("result", flat=True)) == {""}


def test_what_somebody_else_found_meanwhile_wins_over_the_point(client, third, several, head, clerk):
    client.force_login(head)
    data = sent(client, third, **{f"p{several.pk}-result": "done"})
    one = several.measures.first()
    write(third, one, actor=clerk, result=Result.NOT_DONE, note="没有做")
    answer = client.post(page(third), data)
    assert answer.status_code == 422
    assert results(several) == [("not_done", False), ("", False), ("", False)]
    again = answer.context["lines"]
    forms = [measure.form for line in again for measure in line.measures] + [answer.context["head"]]
    forms += [line.choice for line in again if line.choice]
    client.post(page(third), {field.html_name: field.value() or "" for form in forms for field in form})
    assert results(several) == [("not_done", False), ("done", True), ("done", True)]


def test_two_who_choose_otherwise_for_one_point_see_both(client, third, several, head, clerk):
    client.force_login(head)
    choice = f"p{several.pk}-result"
    data = sent(client, third, **{choice: "done"})
    client.force_login(clerk)
    client.post(page(third), sent(client, third, **{choice: "no_case"}))
    client.force_login(head)
    answer = client.post(page(third), data)
    assert answer.status_code == 422
    (line,) = [line for line in answer.context["lines"] if line.choice and line.choice.contrasts]
    (contrast,) = line.choice.contrasts
    assert (contrast.saved, contrast.typed) == ("本期未发生", "落实")
    assert results(several) == [("no_case", True)] * 3


def test_who_reviews_reads_what_was_never_filled_in_by_itself(client, third, several, head, people, school):
    client.force_login(head)
    for line in third.lines.all():
        client.post(page(third), sent(client, third, **{f"p{line.pk}-result": "done"}))
    for row in measures(third):
        if not row.result:
            write(third, row, actor=head, result=Result.DONE)
    by_point = CheckMeasure.objects.filter(line__sheet=third, by_point=True).count()
    assert by_point >= 3
    acting.perform(CheckAct.SUBMIT, third, actor=head)
    client.force_login(people.reviewer)
    body = text_of(client.get(page(third)))
    assert f"其中 {by_point} 项按本点填写" in body
    assert body.count("落实（按本点填写）") == by_point
    (told,) = record.told(third.cycle)
    assert [one.result for one in told.measures].count("落实（按本点填写）") == by_point
    lines = record.PART.lines(record.PART.facts(third.cycle))
    assert [line[record.HEADINGS.index("填写方式")] for line in lines].count("按本点填写") == by_point


@pytest.fixture
def first_level(sheet):
    """Return the first point of a sheet of 一级, with two measures."""
    line = sheet.lines.first()
    assert line.measures.count() == 2
    return line


def lacks(sheet, line):
    return [one.words for one in filling.missing(sheet) if one.measure and one.measure.line_id == line.pk]


def test_first_level_asks_once_how_the_point_was_seen_and_for_proof(client, sheet, first_level, head):
    client.force_login(head)
    prefix = f"p{first_level.pk}"
    client.post(page(sheet), sent(client, sheet, **{f"{prefix}-result": "done"}))
    assert results(first_level) == [("done", True)] * 2
    assert lacks(sheet, first_level) == [filling.HOW_SEEN]
    (first, *_) = client.get(f"{page(sheet)}?missing").context["lines"]
    assert (first.missing, [one.missing for one in first.measures]) == (filling.HOW_SEEN, ["", ""])
    client.post(page(sheet), sent(client, sheet, **{f"{prefix}-sampled": "3/10"}))
    assert [row.seen_words for row in first_level.measures.all()] == ["抽查 3/10"] * 2
    assert lacks(sheet, first_level) == [filling.PROOF]
    # Proof of one of them is proof of the point, as a reason why there is none is.
    filling.add_evidence(first_level.measures.last(), scans.PDF, "台账.pdf", actor=head)
    assert lacks(sheet, first_level) == []
    first_level.measures.last().evidence.all().delete()
    client.post(page(sheet), sent(client, sheet, **{f"{prefix}-no_evidence": "台账不外借"}))
    assert lacks(sheet, first_level) == []
    client.post(page(sheet), sent(client, sheet))
    assert {(row.seen, row.no_evidence, row.by_point) for row in first_level.measures.all()} == {
        ("sample", "台账不外借", True)
    }


def test_what_one_measure_says_of_itself_differs_from_the_point(client, sheet, first_level, head):
    client.force_login(head)
    prefix, one = f"p{first_level.pk}", first_level.measures.last()
    of_point = {f"{prefix}-result": "done", f"{prefix}-seen": "papers", f"{prefix}-no_evidence": "台账不外借"}
    client.post(page(sheet), sent(client, sheet, **of_point))
    client.post(page(sheet), sent(client, sheet, **{f"{name(one)}-seen": "asking"}))
    assert [(row.seen, row.by_point) for row in first_level.measures.all()] == [("papers", True), ("asking", True)]
    (first, *_) = client.get(page(sheet)).context["lines"]
    assert [measure.is_folded for measure in first.measures] == [False, False]
    client.post(page(sheet), sent(client, sheet))
    assert [(row.seen, row.by_point) for row in first_level.measures.all()] == [("papers", True), ("asking", True)]
    assert lacks(sheet, first_level) == []


def test_what_is_no_result_is_refused_beside_the_choice(client, third, several, head):
    client.force_login(head)
    answer = client.post(page(third), sent(client, third, **{f"p{several.pk}-result": "perhaps"}))
    assert answer.status_code == 422
    (line,) = [line for line in answer.context["lines"] if line.choice and line.choice.errors]
    assert list(line.choice.errors) == ["result"]
    kept = {f"{name(several.measures.first())}-kept": "perhaps"}
    assert client.post(page(third), sent(client, third, **kept)).status_code == 302
    assert set(results(several)) == {("", False)}


def test_a_choice_for_the_point_has_a_result(several):
    row = several.measures.first()
    with pytest.raises(IntegrityError), transaction.atomic():
        CheckMeasure.objects.filter(pk=row.pk).update(by_point=True)


def test_measures_that_were_chosen_differently_preset_no_choice(client, third, several, head):
    client.force_login(head)
    client.post(page(third), sent(client, third, **{f"p{several.pk}-result": "done"}))
    CheckMeasure.objects.filter(pk=several.measures.last().pk).update(result="no_case")
    before = results(several)
    (line,) = [line for line in client.get(page(third)).context["lines"] if line.line.pk == several.pk]
    assert line.choice["result"].value() == ""
    client.post(page(third), sent(client, third))
    assert results(several) == before


def test_what_follows_another_point_is_not_chosen_by_this_one(client, third, several, head):
    """The same measure elsewhere is filled in there: two choices would speak of it otherwise."""
    client.force_login(head)
    other = third.lines.last()
    first = several.measures.first()
    for order in (91, 92):
        key = f"00000000-0000-4000-8000-{order:012d}"
        CheckMeasure.objects.create(line=other, order=order, identity=key, text=f"措施{order}")
    CheckMeasure.objects.create(line=other, order=93, identity=first.identity, text=first.text)
    choices = {f"p{several.pk}-result": "done", f"p{other.pk}-result": "no_case"}
    client.post(page(third), sent(client, third, **choices))
    assert dict(other.measures.filter(order__gt=90).values_list("order", "result")) == {
        91: "no_case",
        92: "no_case",
        93: "done",
    }
    client.post(page(third), sent(client, third))
    assert other.measures.get(order=93).result == "done"
