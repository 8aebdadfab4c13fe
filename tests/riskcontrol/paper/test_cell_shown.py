"""A cell's value as its reader sees it, by its number format."""

import datetime

import pytest

from riskcontrol.paper.cell_shown import UnknownFormatError, shown

DAY, MOMENT = datetime.datetime(2026, 3, 5), datetime.datetime(2026, 3, 5, 14, 8, 9)  # noqa: DTZ001 - as a sheet has it


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (0.05, "0%", "5%"),
        (0.125, "0.0%", "12.5%"),
        (DAY, 'm"月"d"日"', "3月5日"),
        (DAY, 'yyyy"年"m"月"d"日"', "2026年3月5日"),
        (DAY, 'yyyy"年"m"月"d"日";@', "2026年3月5日"),
        (DAY, '[$-804]yyyy"年"m"月"', "2026年3月"),
        (DAY, "yyyy-mm-dd", "2026-03-05"),
        (DAY, "yyyy/m/d", "2026/3/5"),
        (DAY, "mm-dd-yy", "2026/3/5"),
        (DAY, "yyyy-mm-dd h:mm:ss", "2026-03-05 0:00:00"),
        (DAY, "aaaa", "星期四"),
        (DAY, "General", "2026-03-05"),
        (MOMENT, "yyyy/m/d h:mm", "2026/3/5 14:08"),
        (MOMENT, "h:mm AM/PM", "2:08 PM"),
        (MOMENT, "上午/下午h\"时\"mm\"分\"", "下午2时08分"),
        (datetime.time(8, 30), "h:mm", "8:30"),
        (datetime.time(9, 30), "h:mm:ss", "9:30:00"),
        (datetime.timedelta(hours=30, minutes=5), "[h]:mm", "30:05"),
        (1, "000", "001"),
        (1, "General", "1"),
        (20260305, "0", "20260305"),
        (20260305, "General", "20260305"),
        (12345678901234567890, "0", "12345678901234600000"),
        (1.234567890123457e17, "General", "1.23457E+17"),
        (123456789012, "General", "1.23457E+11"),
        (0.3, "General", "0.3"),
        (1.2, "General", "1.2"),
        (1 / 3, "General", "0.333333333"),
        (0.000001, "General", "1E-06"),
        (1234.5, "#,##0.00", "1,234.50"),
        (1234.5, "#,##0.00_ ", "1,234.50"),
        (-3, "0", "-3"),
        (2.5, "0", "3"),
        (0.5, "#.##", ".5"),
        (5, '0"万元"', "5万元"),
        (5, "¥#,##0", "¥5"),
        (1500, "0.00E+00", "1.50E+03"),
        (True, "General", "是"),
        (None, "General", ""),
        ("001", "@", "001"),
        (7, "@", "7"),
    ],
)  # fmt: skip
def test_a_cell_says_what_it_shows(value, number_format, text):
    assert shown(value, number_format) == text


@pytest.mark.parametrize(("value", "number_format"), [(0.5, "# ?/?"), (3, "abc"), (MOMENT, "[mm]:ss")])
def test_what_is_not_known_is_not_guessed(value, number_format):
    with pytest.raises(UnknownFormatError):
        shown(value, number_format)
