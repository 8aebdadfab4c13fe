"""公示稿 as it was printed for a published version: strangers ask for it as often as they like, and it is printed once.

Kept beside the data and in no backup: what is lost is printed again, and what shows something else by now is replaced.
"""

import fcntl
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from riskpoints import documents
from riskpoints.archives import fingerprint
from riskpoints.archives.parts import Parts
from riskpoints.documents import build_public
from riskpoints.models import TableVersion

# A school has a name or two for its site, which the QR code shows; more of them push the others out.
MOST_KEPT = 4


def kept_notice(version: TableVersion, address: str) -> bytes:
    """The PDF of a department's published version, with the address of its page; DocumentError where it can't be made.

    One is printed at a time, and who asks for the same meanwhile waits for it.
    """
    key = fingerprint.key_of("notice", build_public.notice(version, address))
    folder = Path(settings.VAR_DIR, "notices", str(version.pk))
    try:
        parts = Parts(folder)
        found = parts.get(key)
        if found is not None:
            return found
        lock = (folder.parent / "notices.lock").open("ab")
    except OSError:  # a full or read-only disk: it can still be read
        return documents.notice_document(version, address)
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        found = parts.get(key)
        if found is None:
            found = documents.notice_document(version, address)
            with suppress(OSError):
                if len(list(folder.iterdir())) >= MOST_KEPT:
                    parts.keep_only({key})
                parts.put(key, found)
    return found
