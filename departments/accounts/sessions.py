"""Sessions in the database: under the hash of their key, with idle and absolute limits, known to their owner."""

import datetime
import hashlib
import logging
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from departments.models import LoginSession, User

logger = logging.getLogger(__name__)

# How long an expired session is still known, so that a form sent from it finds its writer.
REMEMBERED = datetime.timedelta(days=1)
SINCE, SEEN, ADDRESS, BROWSER = "since", "seen", "address", "browser"


def digest(key: str) -> str:
    """What the table knows of a session's key; it doesn't lead back to the key, so it may stand in an address."""
    return hashlib.sha256(key.encode()).hexdigest()[:40]


class SessionStore(SessionBase):
    """Django's session, in LoginSession."""

    def load(self) -> dict[str, Any]:
        found = LoginSession.objects.filter(
            session_key=digest(self.session_key or ""), expire_date__gt=timezone.now(), is_ended=False
        ).first()
        if found is None:
            self._session_key = None
            return {}
        return self.decode(found.session_data)

    def exists(self, session_key: str) -> bool:
        return LoginSession.objects.filter(session_key=digest(session_key)).exists()

    def create(self) -> None:
        while True:
            self._session_key = self._get_new_session_key()  # type: ignore[attr-defined]
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def save(self, must_create: bool = False) -> None:
        """Write the row. UpdateError where it was ended meanwhile: a request under way doesn't bring it back."""
        if self.session_key is None:
            self.create()
            return
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined]
        values = self._columns(data) | {"session_data": self.encode(data)}
        if must_create:
            try:
                with transaction.atomic():
                    LoginSession.objects.create(session_key=digest(self.session_key), **values)
            except IntegrityError as error:
                raise CreateError from error
        elif not LoginSession.objects.filter(session_key=digest(self.session_key), is_ended=False).update(**values):
            raise UpdateError

    def _columns(self, data: dict[str, Any]) -> dict[str, Any]:
        expires = self.get_expiry_date()
        since = _moment(data.get(SINCE))
        if since is not None:
            expires = min(expires, since + datetime.timedelta(hours=settings.SESSION_HOURS))
        return {
            "user_id": data.get(SESSION_KEY),
            "since": since,
            "last_seen": timezone.now(),
            "address": data.get(ADDRESS),
            "browser": data.get(BROWSER, ""),
            "expire_date": expires,
        }

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            LoginSession.objects.filter(session_key=digest(key)).delete()

    @classmethod
    def clear_expired(cls) -> None:
        LoginSession.objects.filter(expire_date__lt=timezone.now() - REMEMBERED).delete()


def _moment(seconds: Any) -> datetime.datetime | None:
    return None if seconds is None else datetime.datetime.fromtimestamp(seconds, tz=datetime.UTC)


def begin(session: SessionBase, *, address: str | None, browser: str) -> None:
    """Note from where and since when a person is logged in; called at login."""
    now = int(timezone.now().timestamp())
    session.update({SINCE: now, SEEN: now, ADDRESS: address, BROWSER: browser})
    SessionStore.clear_expired()


def touch(session: SessionBase) -> None:
    """Push the idle limit forward, not at every click: most page views then write nothing.

    It is saved at once and by itself: where the disk is full or read-only, the page can still be read.
    """
    seen, now = session.get(SEEN), int(timezone.now().timestamp())
    if seen is None or now - seen < min(60, settings.SESSION_COOKIE_AGE // 10):
        return
    was_modified, session[SEEN] = session.modified, now
    try:
        with transaction.atomic():
            session.save()
    except DatabaseError:
        logger.warning("A session's idle limit can't be pushed forward.")
    except UpdateError:
        pass  # ended a moment ago: the request under way is the last one
    session.modified = was_modified


def sessions_of(user: User) -> QuerySet[LoginSession]:
    """The person's sessions that are still open, the latest first."""
    return user.sessions.filter(is_ended=False, expire_date__gt=timezone.now())


def end_sessions(user: User, *, keep: str | None = None, only: str | None = None) -> int:
    """End the person's open sessions, but for the one with the key `keep`, or just the one listed as `only`."""
    found = sessions_of(user)
    if keep is not None:
        found = found.exclude(session_key=digest(keep))
    if only is not None:
        found = found.filter(session_key=only)
    return found.update(is_ended=True, session_data="", expire_date=timezone.now())


def late_owner(key: str) -> User | None:
    """Whose session it was that ran out less than a day ago. None for one that goes on, and for one that was ended by
    its owner, a reset, a disabling or a revocation: whoever has it may be a stranger (issue 17)."""
    found = LoginSession.objects.filter(session_key=digest(key)).select_related("user").first()
    if found is None or found.user is None or not found.user.is_active or found.is_ended:
        return None
    now = timezone.now()
    return found.user if now - REMEMBERED < found.expire_date <= now else None


BROWSERS = [
    ("MicroMessenger", "微信"),
    ("DingTalk", "钉钉"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
]
SYSTEMS = [
    ("Windows", "Windows"),
    ("Android", "安卓手机"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("HarmonyOS", "鸿蒙"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
]


def browser_words(agent: str) -> str:
    """A browser's own description in two words that a person recognises."""
    browser = next((words for sign, words in BROWSERS if sign in agent), "其他浏览器")
    system = next((words for sign, words in SYSTEMS if sign in agent), "")
    return f"{system} · {browser}" if system else browser
