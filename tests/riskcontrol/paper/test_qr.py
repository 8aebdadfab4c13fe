"""A code drawn as a path has exactly the dark modules of the code, with white around it."""

import re

import qrcode

from riskcontrol.paper import qr

ADDRESS = "https://school.example/publication/1234/"


def test_the_path_is_the_code():
    code = qr.code_of(ADDRESS)
    drawn = set()
    for x, y, width, back in re.findall(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z", code.path):
        assert width == back
        drawn |= {(int(x) + step, int(y)) for step in range(int(width))}
    made = qrcode.QRCode(border=4)
    made.add_data(ADDRESS)
    rows = made.get_matrix()
    assert drawn == {(x, y) for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark}
    assert re.sub(r"M\d+ \d+h\d+v1h-\d+z", "", code.path) == ""
    assert code.size == len(rows)
    assert {min(x for x, _ in drawn), min(y for _, y in drawn)} == {4}


def test_another_address_is_another_code():
    assert qr.code_of(ADDRESS).path != qr.code_of(f"{ADDRESS}?").path
