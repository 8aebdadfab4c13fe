"""The person who acts or asks has a type wherever one is handed over."""

import re

from django.conf import settings

# Rooms that still take anybody.
UNTYPED = {"riskpoints/content", "riskpoints/participation", "riskpoints/wings.py"}


def test_nobody_who_acts_or_asks_is_of_any_type():
    found = []
    for app in ("riskcontrol", "departments", "riskpoints"):
        for path in sorted((settings.BASE_DIR / app).rglob("*.py")):
            name = path.relative_to(settings.BASE_DIR).as_posix()
            is_typed = not any(name == room or name.startswith(f"{room}/") for room in UNTYPED)
            if is_typed and re.search(r"\b(actor|user): Any\b", path.read_text(encoding="utf-8")):
                found.append(name)
    assert found == []
