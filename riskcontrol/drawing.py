"""Text in drawings: SVG breaks no lines by itself, so whoever draws asks here where they end."""

import unicodedata


def wrapped(text: str, width: float, size: int) -> list[str]:
    """Lines that fit into a width; Latin letters and digits count half, and one is never parted from the next."""
    most = width / size
    lines, line, used = [], "", 0.0
    for piece in _pieces(text):
        length = sum(length_of(character) for character in piece)
        if line and used + length > most:
            lines.append(line.strip())
            line, used = "", 0.0
        while length > most:  # a word longer than a line
            cut = max(1, int(most / 0.6))
            lines.append(piece[:cut])
            piece = piece[cut:]
            length = sum(length_of(character) for character in piece)
        line, used = line + piece, used + length
    return [*lines, line.strip()] if line.strip() else lines


def _pieces(text: str) -> list[str]:
    """Characters, with runs of Latin letters and digits in one piece, and closing marks with what they follow."""
    pieces: list[str] = []
    for character in " ".join(text.split()) if text.isascii() else text.replace("\n", " "):
        joins = pieces and (
            (character.isascii() and character.isalnum() and pieces[-1][-1].isascii() and pieces[-1][-1].isalnum())
            or character in "，。；：、）》”.,;:)"
        )
        if joins:
            pieces[-1] += character
        else:
            pieces.append(character)
    return pieces


def length_of(character: str) -> float:
    """How wide a character is, in widths of a Chinese one."""
    return 1.0 if unicodedata.east_asian_width(character) in "WFA" else 0.55
