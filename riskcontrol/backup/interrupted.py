"""A restore that was killed half-way: what it was about stands in a file until it is done, and then in the trail.

The restored database knows nothing of the restore before its last step, so what is begun is written down beside it.
"""

import json
import os
from pathlib import Path
from typing import Any

from django.conf import settings

from riskcontrol import audit
from riskcontrol.verbs import SystemVerb


def path() -> Path:
    return Path(settings.VAR_DIR, "restore.json")


def begin(detail: dict[str, Any]) -> None:
    """Write down what a restore is about to do; OSError where that can't be kept."""
    part = path().with_suffix(".part")
    with part.open("w", encoding="utf-8") as stream:
        stream.write(json.dumps(detail, ensure_ascii=False) + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    part.replace(path())


def end() -> None:
    """It is done, or nothing was changed."""
    path().unlink(missing_ok=True)


def note() -> None:
    """Leave in the trail that a restore was broken off, once; called by whoever holds alone(), so none is under way."""
    if not path().exists():
        return
    audit.record(SystemVerb.RESTORED, detail={**said(), "结果": "没有完成，中途停止"}, succeeded=False)
    end()


def said() -> dict[str, Any]:
    """What the restore that isn't done was about; empty where there is none, or nobody can read it."""
    try:
        detail = json.loads(path().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return detail if isinstance(detail, dict) else {}


def trouble() -> str | None:
    """What is wrong while a restore is not done; one under way looks the same to who asks meanwhile."""
    if not path().exists():
        return None
    file = said().get("文件", "")
    return f"备份“{file}”的恢复没有完成，数据可能只换了一部分。请再恢复一次：riskcontrol restore 备份文件 --replace。"
