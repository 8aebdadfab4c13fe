"""The reckoned plan: near enough to the layout that most forms need only one, and harmless where it is not."""

from dataclasses import replace

import pytest

from riskpoints.documents import department_form_pdf, estimate, forms, wording
from riskpoints.documents.bands import BandParagraph, category_segment, wide_segment
from riskpoints.documents.data import FormRow, MeasureLine, PointLine
from riskpoints.documents.estimate import SETTINGS, line_count, reckoned_frame, reckoned_parts
from tests.riskpoints.documents.cases import CATEGORIES, HIGH, many, with_row

LONG = SETTINGS["long"]


@pytest.mark.parametrize(
    ("text", "tag", "lines"),
    [
        ("一" * 18, "", 1),
        ("一" * 19, "", 2),
        ("一" * 17 + "，。", "", 2),
        ("一" * 17 + "（二）", "", 2),
        ("一" * 16 + "ABCDEF", "", 2),
        ("A" * 80, "", 3),
        ("一\n二", "", 2),
        ("一" * 10, "〔采购员，一级（高）〕", 2),
        ("一" * 6, "〔采购员，一级（高）〕", 1),
        ("一" * 12, "〔信息化项目管理员，一级（高）〕", 2),
        ("一" * 12, "〔中外合作办学项目主管，一级（高）〕", 2),
    ],
)
def test_lines_are_counted_by_the_rules_of_chinese_line_breaking(text, tag, lines):
    assert line_count(BandParagraph("", text, tag=tag), 18 * LONG.size, LONG) == lines


def measured_and_reckoned(monkeypatch, form):
    seen = {}
    lay_out = forms.lay_out

    def watch(template, context, **metadata):
        layout = lay_out(template, context, **metadata)
        seen[context["fit"]] = layout.parts()
        return layout

    monkeypatch.setattr(forms, "lay_out", watch)
    department_form_pdf(form)
    return seen


def test_a_form_over_pages_is_laid_out_once(monkeypatch, department_form):
    seen = measured_and_reckoned(monkeypatch, with_row(department_form, many(20)))
    assert list(seen) == ["long"]


def test_heights_are_those_of_the_layout(monkeypatch, department_form):
    form = with_row(department_form, many(20))
    parts = measured_and_reckoned(monkeypatch, form)["long"]
    segments = [
        wide_segment("duties", wording.DEPARTMENT_DUTIES, form.duties),
        *(
            category_segment(f"row{place}", row, label_lines=(row.category,), is_numbered=True)
            for place, row in enumerate(form.rows)
        ),
    ]
    lines = forms.level_text(form.level)[0]
    frame = reckoned_frame(segments, "long", page=0, titles=2, level_lines=lines)
    assert frame.head == pytest.approx(parts["head"].height + parts["name"].height, abs=3)
    assert frame.heading == pytest.approx(33.4, abs=1)
    assert frame.closing == pytest.approx(parts["level"].height + parts["notes"].height, abs=3)
    for key, part in reckoned_parts(segments, "long").items():
        if not key.startswith("row0."):  # its first and last bands differ by page
            assert part.height == pytest.approx(parts[key].height, abs=1), key


def test_a_wrong_reckoning_costs_time_but_no_line(monkeypatch, department_form, read):
    right = read(department_form_pdf(with_row(department_form, many(20))))
    too_low = {name: replace(setting, line=setting.line / 2) for name, setting in SETTINGS.items()}
    monkeypatch.setattr(estimate, "SETTINGS", too_low)
    seen = measured_and_reckoned(monkeypatch, with_row(department_form, many(20)))
    assert "long measuring" in seen
    printed = read(department_form_pdf(with_row(department_form, many(20))))
    assert len(printed.pages) == len(right.pages)
    assert printed.has_in_order(*[f"第{number}条措施" for number in range(1, 21)])


def test_a_text_that_is_parted_is_measured(monkeypatch, department_form):
    row = FormRow(CATEGORIES[0], (PointLine("甲", "采购员", HIGH),), (MeasureLine("措施，" * 400, (1,)),))
    assert list(measured_and_reckoned(monkeypatch, with_row(department_form, row))) == ["long measuring", "long"]
