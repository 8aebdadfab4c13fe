"""Calendars as text, by the clauses of RFC 5545."""

import datetime

from riskcontrol.web import ics

NOW = datetime.datetime(2026, 11, 29, 16, 30, tzinfo=datetime.timezone(datetime.timedelta(hours=8)))
DAY = datetime.date(2026, 12, 31)


def test_a_day_is_an_event_of_one_whole_day():
    event = ics.DayEvent("u1@x", DAY, "报告任务", "https://register.school.example/plan/")
    made = ics.calendar("待办", [event], now=NOW)
    lines = made.decode().split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    found = lines[lines.index("BEGIN:VEVENT") : lines.index("END:VEVENT")]
    assert found == [
        "BEGIN:VEVENT",
        "UID:u1@x",
        "DTSTAMP:20261129T083000Z",
        "DTSTART;VALUE=DATE:20261231",
        "DTEND;VALUE=DATE:20270101",
        "SUMMARY:报告任务",
        "URL:https://register.school.example/plan/",
        "TRANSP:TRANSPARENT",
    ]


def test_no_text_breaks_out_of_its_line():
    assert ics.escaped("a;b,c\\d\r\nEND:VEVENT\x00\x0bx") == "a\\;b\\,c\\\\d\\nEND:VEVENTx"


def test_long_lines_are_folded_between_characters():
    line = "SUMMARY:" + "报告任务" * 40
    parts = list(ics.folded(line))
    assert max(len(part.encode()) for part in parts) <= 75
    assert [part[0] for part in parts[1:]] == [" "] * (len(parts) - 1)
    assert parts[0] + "".join(part[1:] for part in parts[1:]) == line


def test_a_short_line_stays_whole():
    assert list(ics.folded("x" * 75)) == ["x" * 75]
    assert list(ics.folded("")) == [""]
