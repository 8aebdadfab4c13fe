"""The short-lived server's settings with the empty page added."""

from tests.bench.settings import *  # noqa: F403 - the same, but for what follows

ROOT_URLCONF = "tests.bench.floor"
