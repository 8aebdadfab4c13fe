"""A person at a desk, counted: what the keys, the clicks and the waiting of a piece of work come to.

The time is that of the keystroke-level model (Card, Moran and Newell 1980) with its published operators; a Chinese
character counts as one key, as in the Word models of effort.py.
"""

from dataclasses import dataclass, field
from typing import Any

# Seconds: a key of a skilled typist, pointing and pressing, one decision.
KEY, CLICK, DECISION = 0.28, 1.3, 1.35


@dataclass
class Count:
    """Characters of text, other keys, clicks, scrolls and round trips; `decisions` are what one stops for."""

    text: int = 0
    keys: int = 0
    clicks: int = 0
    scrolls: int = 0
    trips: int = 0
    decisions: int = 0

    @property
    def actions(self) -> int:
        """Everything but the text itself."""
        return self.keys + self.clicks + self.scrolls

    @property
    def minutes(self) -> float:
        """What the model says it takes."""
        seconds = KEY * (self.text + self.keys) + CLICK * (self.clicks + self.scrolls) + DECISION * self.decisions
        return seconds / 60


@dataclass
class Hand:
    """Keys and mouse of one person on one page (Playwright's); each use is counted."""

    page: Any
    count: Count = field(default_factory=Count)

    def __post_init__(self) -> None:
        self.page.on("request", self._asked)

    def _asked(self, request: Any) -> None:
        if request.resource_type in ("document", "xhr", "fetch") and not request.redirected_from:
            self.count.trips += 1

    def type(self, text: str) -> None:
        """Type text where the focus is, at once, as an IME hands it over."""
        self.page.keyboard.insert_text(text)
        self.count.text += len(text)

    def press(self, *keys: str) -> None:
        """Press keys one after the other; a chord counts as one."""
        for key in keys:
            self.page.keyboard.press(key)
            self.count.keys += 1

    def click(self, target: Any) -> None:
        """Click something; what lies outside of the screen is scrolled to before."""
        box = target.bounding_box()
        height = self.page.viewport_size["height"]
        if box is None or box["y"] < 0 or box["y"] + box["height"] > height:
            target.scroll_into_view_if_needed()
            self.count.scrolls += 1
        target.click()
        self.count.clicks += 1
        self.count.decisions += 1
