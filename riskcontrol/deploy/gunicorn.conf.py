"""How gunicorn serves the site, for ./run demo and ./run serve."""

import os

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))  # a login takes about 100 MB while Argon2 works: this bounds them
timeout = 120
graceful_timeout = 30
keepalive = 5
demo = bool(os.environ.get("DEMO"))
accesslog = None if demo else "-"
loglevel = "warning" if demo else "info"
# The full address may hold a search text; the path is enough to follow a problem.
access_log_format = '%(t)s %(h)s "%(m)s %(U)s" %(s)s %(b)s %(M)sms'
control_socket_disable = True


def when_ready(server: object) -> None:
    """Say where the site is once it really answers."""
    host, port = bind.rsplit(":", 1)
    host = "127.0.0.1" if host == "0.0.0.0" else host  # noqa: S104 - compared, not bound
    print(f"\nOpen http://{host}:{port}/  (Ctrl+C stops the server)\n", flush=True)  # noqa: T201
