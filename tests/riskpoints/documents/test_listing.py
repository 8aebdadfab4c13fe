"""Plain lists as workbooks: what people wrote stays as they wrote it."""

import datetime
import io

from openpyxl import load_workbook

from riskpoints.documents.listing import ListColumn, Listing, listing_xlsx

COLUMNS = (ListColumn("序号", 20, is_centred=True), ListColumn("编号", 60), ListColumn("份数", 20, is_centred=True))


def cells(*row):
    paper = Listing(
        author="某学校",
        made_on=datetime.date(2026, 11, 29),
        title="清单",
        summary="共 1 项",
        columns=COLUMNS,
        rows=(row,),
    )
    sheet = load_workbook(io.BytesIO(listing_xlsx(paper))).active
    return [cell.value for cell in list(sheet.iter_rows())[-1]]


def test_figures_are_numbers_and_what_people_wrote_is_text():
    assert cells("1", "2026", "12") == [1, "2026", 12]
    assert cells("007", "00123456789012345678", "１２") == ["007", "00123456789012345678", "１２"]
