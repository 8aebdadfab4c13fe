"""How gunicorn serves the site: ./run demo, ./run serve and the installed service read this."""

import os
import sys
from pathlib import Path

from riskcontrol.processes import serving

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))  # a login takes about 100 MB while Argon2 works: this bounds them
timeout = 120
graceful_timeout = 30
keepalive = 5
demo = bool(os.environ.get("DEMO"))
loglevel = "warning" if demo else "info"
# The site writes the line of each request itself (web/middleware.py), so the server's own access log is off.
accesslog = None
if os.environ.get("LOG_FORMAT", "line" if demo or os.environ.get("DEBUG") else "json").strip().lower() != "line":
    logconfig_dict = {
        "formatters": {"json": {"()": "riskcontrol.web.logs.JsonFormatter"}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"level": "WARNING", "handlers": ["console"]},
        "loggers": {
            "gunicorn.error": {"level": "INFO", "handlers": ["console"], "propagate": False},
            "gunicorn.access": {"level": "CRITICAL", "handlers": [], "propagate": False},
        },
    }
control_socket_disable = True


def on_starting(server: object) -> None:
    """Whoever would put other data in the place of these sees that they are in use."""
    serving.hold(Path(os.environ.get("VAR_DIR") or Path(__file__).resolve().parents[2] / "var"))


def when_ready(server: object) -> None:
    """Say where the site is once it really answers, to a person at a terminal; a log is for machines."""
    if not demo and not sys.stdout.isatty():
        return
    host, port = bind.rsplit(":", 1)
    host = "127.0.0.1" if host == "0.0.0.0" else host  # noqa: S104 - compared, not bound  # nosec B104
    print(f"\nOpen http://{host}:{port}/  (Ctrl+C stops the server)\n", flush=True)  # noqa: T201
