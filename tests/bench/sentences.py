"""Real sentences for tables that a bench fills in: those of the sample's 总务处."""

from typing import Any

from riskpoints.sample import data

OF = "总务处"


def table_of(points: int) -> dict[str, Any]:
    """The first points of the sample's 总务处 with their measures, one post each: real sentences, as a head writes."""
    found = next(row for row in data.current_year()["departments"] if row["name"] == OF)
    chosen = found["points"][:points]
    numbers = {row["n"] for row in chosen}
    measures = [row for row in found["measures"] if set(row["points"]) & numbers]
    return {
        "posts": found["posts"],
        "points": [
            row | {"measures": [one["text"] for one in measures if one["points"][0] == row["n"]]} for row in chosen
        ],
    }
