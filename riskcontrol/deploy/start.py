"""How systemd starts the server: a wrong setting stops it with one sentence in the journal, not again and again."""

import os
import sys
import syslog
from pathlib import Path

# EX_CONFIG of sysexits.h; the unit has it as RestartPreventExitStatus.
WRONG_SETTING = 78
WAY_OUT = "请改正设置文件 /etc/riskcontrol/riskcontrol.env，再运行：systemctl start riskcontrol"


def fault() -> str | None:
    """What is wrong with the settings, in one sentence; None where they can be read."""
    from django.core.exceptions import ImproperlyConfigured

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "riskcontrol.settings")
    try:
        from riskcontrol import environment, settings  # noqa: F401 - importing reads each of them

        environment.number("PORT", 8000, minimum=1, maximum=65535)
        environment.number("WEB_WORKERS", 2, minimum=1, maximum=64)
        environment.number("WEB_THREADS", 4, minimum=1, maximum=64)
    except ImproperlyConfigured as error:
        return " ".join(str(error).split())
    return None


def main() -> int:
    """Look at the settings, then become gunicorn, which keeps the number that systemd knows."""
    wrong = fault()
    if wrong is not None:
        words = f"设置有误，服务没有启动：{wrong} {WAY_OUT}"
        syslog.openlog("riskcontrol")
        syslog.syslog(syslog.LOG_ERR, words)
        sys.stderr.write(f"{words}\n")
        return WRONG_SETTING
    gunicorn = str(Path(sys.executable).with_name("gunicorn"))
    os.execv(gunicorn, [gunicorn, "--config", "riskcontrol/deploy/server.py", "riskcontrol.wsgi"])  # noqa: S606 # nosec B606


if __name__ == "__main__":
    sys.exit(main())
