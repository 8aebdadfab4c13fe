"""What the lists of the wing share: which of them a person has, and how long a page is."""

from riskpoints.participation import cooperation, queries

PAGE_SIZE = 20
UNPROCESSABLE = 422


def tabs_of(user):
    """The tabs of a person, and the lines of 配合的风险点 behind one of them, which nobody has without any."""
    lines = cooperation.lines_for(user)
    waiting = len(cooperation.answerable(user, lines)) if lines else None
    return queries.tabs(user, cooperating=waiting), lines
