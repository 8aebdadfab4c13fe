"""Cutting rows into pages, on lines of known height: nothing lost, nothing torn badly, whatever the lengths."""

from hypothesis import given
from hypothesis import strategies as st

from riskcontrol.paper.pdf import Line, Part
from riskpoints.documents.bands import BandParagraph, category_segment, wide_segment
from riskpoints.documents.data import FormRow, MeasureLine, PointLine
from riskpoints.documents.paging import Frame, PagedSheet, cut_into_sheets

WIDTH, LINE = 10, 20.0
PADDING = 6.0


def measured(segments) -> dict[str, Part]:
    """What a layout with lines of ten characters would say."""
    parts = {}
    for segment in segments:
        for band in segment.bands:
            tallest = 0.0
            for cell in band.cells:
                height = 0.0
                for paragraph in cell:
                    text = paragraph.text
                    lines = [Line(text[i : i + WIDTH], LINE) for i in range(0, len(text), WIDTH)]
                    if paragraph.tag:
                        lines.append(Line("", LINE))
                    parts[paragraph.key] = Part(LINE * len(lines), tuple(lines))
                    height += LINE * len(lines)
                tallest = max(tallest, height)
            parts[band.key] = Part(tallest + PADDING)
    return parts


def frame_for(segments, page=400.0, closing=100.0) -> Frame:
    return Frame(page, head=120.0, heading=30.0, closing=closing, labels={s.key: LINE for s in segments})


def height_of(paragraph: BandParagraph) -> float:
    return LINE * (-(-len(paragraph.text) // WIDTH) + bool(paragraph.tag))


def used(sheet: PagedSheet, frame: Frame) -> float:
    height = frame.head if sheet.is_first else 0.0
    height += frame.heading if sheet.categories else 0.0
    height += frame.closing if sheet.is_last else 0.0
    for segment in sheet.segments:
        rows = sum(
            max((sum(map(height_of, cell)) for cell in band.cells), default=0.0) + PADDING for band in segment.bands
        )
        height += max(rows, LINE * (2 if segment.continues else 1) + PADDING)
    return height


LENGTHS = st.lists(st.tuples(st.integers(1, 400), st.integers(0, 900)), max_size=12)


@given(rows=st.lists(LENGTHS, min_size=1, max_size=4), duties=st.integers(0, 600))
def test_every_text_is_kept_whole_and_every_page_holds(rows, duties):
    form_rows = [
        FormRow(
            f"类别{place}",
            tuple(PointLine("点" * point, level="一级（高）") for point, _ in row),
            tuple(MeasureLine("措" * size, (number,)) for number, (_, size) in enumerate(row, start=1) if size),
        )
        for place, row in enumerate(rows)
    ]
    segments = [
        wide_segment("duties", ("职责",), "责" * duties),
        *(
            category_segment(f"row{i}", row, label_lines=(row.category,), is_numbered=True)
            for i, row in enumerate(form_rows)
        ),
    ]
    frame = frame_for(segments)
    sheets = cut_into_sheets(segments, measured(segments), frame)
    assert [sheet.is_first for sheet in sheets] == [True] + [False] * (len(sheets) - 1)
    assert [sheet.is_last for sheet in sheets] == [False] * (len(sheets) - 1) + [True]
    assert all(used(sheet, frame) <= frame.page for sheet in sheets)
    for side in (0, 1):
        texts = [
            p.text
            for sheet in sheets
            for segment in sheet.segments
            for band in segment.bands
            for cell in band.cells[side : side + 1]
            for p in cell
        ]
        wanted = [
            p.text
            for segment in segments
            for band in segment.bands
            for cell in band.cells[side : side + 1]
            for p in cell
        ]
        assert "".join(texts) == "".join(wanted)


@given(rows=LENGTHS)
def test_labels_continue_and_no_line_stands_alone(rows):
    row = FormRow(
        "类别",
        tuple(PointLine("点" * point, level="一级（高）") for point, _ in rows),
        tuple(MeasureLine("措" * size, (n,)) for n, (_, size) in enumerate(rows, start=1) if size),
    )
    segment = category_segment("row", row, label_lines=("类别",), is_numbered=True)
    sheets = cut_into_sheets([segment], measured([segment]), frame_for([segment]))
    pieces = [piece for sheet in sheets for piece in sheet.segments]
    assert [piece.continues for piece in pieces] == [False] * bool(pieces) + [True] * (len(pieces) - 1)
    whole = {p.key: p for band in segment.bands for cell in band.cells for p in cell}
    for piece in pieces:
        for band in piece.bands:
            for paragraph in (p for cell in band.cells for p in cell):
                lines = -(-len(paragraph.text) // WIDTH) + bool(paragraph.tag)
                is_cut = paragraph.text != whole[paragraph.key].text
                assert lines >= 2 or not is_cut
                assert paragraph.text


def test_closing_rows_that_do_not_fit_take_the_last_row_along():
    rows = [FormRow(f"类别{n}", (PointLine("点" * 50),)) for n in range(2)]
    segments = [category_segment(f"row{n}", row, label_lines=("类别",), is_numbered=True) for n, row in enumerate(rows)]
    first, last = cut_into_sheets(segments, measured(segments), frame_for(segments, page=420.0, closing=100.0))
    assert [segment.key for segment in first.segments] == ["row0"]
    assert [(segment.key, segment.continues) for segment in last.segments] == [("row1", False)]
    assert last.is_last


def test_of_a_row_with_several_bands_only_the_last_goes_along():
    points = tuple(PointLine("点" * 30) for _ in range(3))
    row = FormRow("类别", points, tuple(MeasureLine("措", (n,)) for n in (1, 2, 3)))
    segment = category_segment("row", row, label_lines=("类别",), is_numbered=True)
    first, last = cut_into_sheets([segment], measured([segment]), frame_for([segment], page=420.0, closing=100.0))
    assert [len(s.bands) for s in first.segments] == [2]
    assert [(len(s.bands), s.continues) for s in last.segments] == [(1, True)]


def test_a_closing_row_that_nothing_can_join_stands_alone_without_a_heading():
    row = FormRow("类别", (PointLine("点" * 120),))
    segment = category_segment("row", row, label_lines=("类别",), is_numbered=True)
    first, last = cut_into_sheets([segment], measured([segment]), frame_for([segment], page=420.0, closing=100.0))
    assert first.categories
    assert not last.segments


def test_a_small_row_moves_whole_to_the_next_page():
    rows = [FormRow(f"类别{n}", (PointLine("点" * 50),)) for n in range(3)]
    segments = [category_segment(f"row{n}", row, label_lines=("类别",), is_numbered=True) for n, row in enumerate(rows)]
    sheets = cut_into_sheets(segments, measured(segments), frame_for(segments, page=400.0))
    assert [[segment.key for segment in sheet.segments] for sheet in sheets] == [["row0", "row1"], ["row2"]]
    assert not any(segment.continues for sheet in sheets for segment in sheet.segments)


def test_a_row_of_six_lines_is_parted_so_that_the_page_ends_full():
    rows = [FormRow(f"类别{n}", (PointLine("点" * 60),)) for n in range(3)]
    segments = [category_segment(f"row{n}", row, label_lines=("类别",), is_numbered=True) for n, row in enumerate(rows)]
    first, second = cut_into_sheets(segments, measured(segments), frame_for(segments, page=400.0))
    assert [segment.key for segment in first.segments] == ["row0", "row1"]
    assert [(segment.key, segment.continues) for segment in second.segments] == [("row1", True), ("row2", False)]
