"""Production's settings for a server that lives some seconds: static files are served as they lie."""

from riskcontrol.settings import *  # noqa: F403 - the same, but for what follows
from riskcontrol.settings import STORAGES

STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True
