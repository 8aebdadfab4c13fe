"""The settings of a test run: production's, in an environment of its own, with a cheap password hasher.

A run never reads the caller's settings but DATABASE_URL, and never touches var/: its data lies in a temporary folder,
one part per pytest-xdist worker. A child process of a test (manage.py …) finds the same folder and key.
"""

import atexit
import os
import secrets
import shutil
import tempfile
from pathlib import Path

from riskcontrol import keyring


def _quick_folder() -> str | None:
    """A disk in memory, where the machine has one with room: each save of a test waits for the disk otherwise."""
    memory = "/dev/shm"  # noqa: S108 - mkdtemp makes a folder of its own there
    has_room = os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2 << 30
    return memory if has_room else None


_root = Path(__file__).resolve().parent.parent
if "TEST_RUN_DIR" not in os.environ:
    _made = tempfile.mkdtemp(prefix="register-tests-", dir=_quick_folder())
    atexit.register(shutil.rmtree, _made, ignore_errors=True)
    _fonts = os.environ.get("FONT_DIR") or str(Path(os.environ.get("VAR_DIR") or _root / "var", "fonts"))
    os.environ |= {
        "PYTEST_DEBUG_TEMPROOT": _made,
        "TEST_RUN_DIR": _made,
        "FONT_DIR": _fonts,
        "SECRET_KEY": secrets.token_urlsafe(64),
        "SEAL_KEYS_FILE": str(Path(_made, "seal_keys")),
    }
    Path(_made, "seal_keys").write_text(keyring.new_key().line)
for _name in (
    "ALLOWED_HOSTS",
    "ANCHOR_FILE",
    "BEHIND_TLS",
    "CSRF_TRUSTED_ORIGINS",
    "DEBUG",
    "DEMO",
    "EMAIL_FROM",
    "EMAIL_HOST",
    "EMAIL_PASSWORD",
    "EMAIL_PORT",
    "EMAIL_SECURITY",
    "EMAIL_USER",
    "LOG_FORMAT",
    "LOGIN_RATE",
    "MINIMUM_FREE_MB",
    "ONE_TIME_PASSWORD_DAYS",
    "PASSWORD_DAYS",
    "PASSWORD_HISTORY",
    "PASSWORD_LENGTH",
    "PASSWORD_WORDS",
    "PROXY_COUNT",
    "PUBLIC_PUBLICATION",
    "SCRATCH_DATABASE_URL",
    "PUBLIC_RATE",
    "REMIND_AT_LOGIN",
    "SEAL_ALGORITHM",
    "SECRET_KEY_FILE",
    "SESSION_HOURS",
    "SESSION_IDLE",
    "SITE_ADDRESS",
    "TOTP_ROLES",
    "TRUSTED_PROXIES",
):
    os.environ.pop(_name, None)
os.environ["VAR_DIR"] = str(Path(os.environ["TEST_RUN_DIR"], os.environ.get("PYTEST_XDIST_WORKER", "main")))

from riskcontrol.settings import *  # noqa: E402, F403 - the environment above has to be set first
from riskcontrol.settings import DATABASES, INSTALLED_APPS, STORAGES, VAR_DIR  # noqa: E402

# On a file, as in production, so that two connections really meet (in memory they would share one).
if DATABASES["default"]["ENGINE"].endswith("sqlite3") and "test" not in Path(DATABASES["default"]["NAME"]).stem:
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True  # a test run collects no static files
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
REMIND_AT_LOGIN = False  # a test of the day's first login sets it
MAY_BE_EMPTIED = True  # flush clears away what a test committed; tests of the refusal unset it
AXES_ENABLED = False  # a test of the lockout sets it
PASSWORD_DAYS = PUBLIC_RATE = LOGIN_RATE = 0  # tests of expiry and of the limits set them
KEPT_DOCUMENTS = ()  # printing takes most of a decision's time; the tests of what is kept set it
CRISPY_FAIL_SILENTLY = False  # a layout that names a field the form doesn't have is an error
INSTALLED_APPS = [*INSTALLED_APPS, "tests.toywing"]  # its table only: a test of the wings hands it in
