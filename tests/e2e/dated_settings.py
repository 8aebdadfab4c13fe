"""Settings of a production server whose clock was put to another day, with a cheap password hasher: for long walks."""

import datetime
import os

import time_machine

from tests.bench.settings import *  # noqa: F403 - the same, but for what follows

time_machine.travel(datetime.datetime.fromisoformat(os.environ["BEGUN_AT"])).start()
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
