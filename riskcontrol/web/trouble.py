"""Why database or disk take no change just now (full, read-only, busy, away), told from faults of the program."""

import errno
from collections.abc import Iterator
from enum import Enum
from typing import Any

from django.db import Error as DatabaseError


class Trouble(Enum):
    """What is wrong, what to do, and whether a change under way is surely not saved."""

    FULL = "服务器磁盘已满", "请告诉系统管理员；清出空间后再保存一次即可。", True
    READ_ONLY = "服务器磁盘或数据库现在只能读、不能写", "请告诉系统管理员；恢复后再保存一次即可。", True
    BUSY = "同时保存的人太多", "请过几秒再保存一次。", True
    BROKEN = "服务器磁盘读写出错", "请告诉系统管理员；恢复后先看是否已经保存，没有的再保存一次。", False
    NOWHERE = "服务器认不出您的网络地址", "请告诉系统管理员：检查代理服务器的设置；改好后再保存一次即可。", True
    CROWDED = "服务器现在太忙，或内存不够", "请过一分钟再试；您的密码没有因此被算作输错。", True
    AWAY = "服务器与数据库的连接断了", "请过一两分钟先看是否已经保存，没有的再保存一次。", False

    def __init__(self, what: str, advice: str, is_surely_lost: bool) -> None:
        self.what, self.advice, self.is_surely_lost = what, advice, is_surely_lost


class CrowdedError(Exception):
    """There is no turn or no memory for something now: a 503, and nobody's fault."""


# Primary result codes of SQLite (sqlite.org/rescode.html); the finer ones carry them in their last byte.
SQLITE = {
    5: Trouble.BUSY,
    6: Trouble.BUSY,  # SQLITE_LOCKED
    8: Trouble.READ_ONLY,
    10: Trouble.BROKEN,  # SQLITE_IOERR
    13: Trouble.FULL,
    14: Trouble.BROKEN,  # SQLITE_CANTOPEN: the folder of the database takes no journal
}
# SQLSTATE of PostgreSQL (its manual, appendix A), the longest that fits.
POSTGRES = {
    "08": Trouble.AWAY,
    "25006": Trouble.READ_ONLY,
    "40001": Trouble.BUSY,  # serialization failure
    "40P01": Trouble.BUSY,  # deadlock
    "53100": Trouble.FULL,
    "53": Trouble.BUSY,  # too many connections, out of memory
    "55P03": Trouble.BUSY,  # lock not available
    "57P": Trouble.AWAY,  # shut down, crashed, starting up
    "58030": Trouble.BROKEN,  # input or output failed
}
FILES = {
    errno.ENOSPC: Trouble.FULL,
    errno.EDQUOT: Trouble.FULL,
    errno.EROFS: Trouble.READ_ONLY,
    errno.EIO: Trouble.BROKEN,
}


def trouble_of(error: BaseException | None) -> Trouble | None:
    """What kept the change from being taken, found in an error or in what led to it; None for any other fault."""
    return next((found for link in _chain(error) if (found := _of_one(link)) is not None), None)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _of_one(error: BaseException) -> Trouble | None:
    if isinstance(error, CrowdedError | MemoryError):
        return Trouble.CROWDED
    if isinstance(error, OSError):
        return FILES.get(error.errno or 0)
    is_raw = _is_of_a_driver(error)  # as Django lets it through where a cursor is closed
    if not is_raw and not isinstance(error, DatabaseError):
        return None
    source: Any = error if is_raw else error.__cause__
    sqlite, state = getattr(source, "sqlite_errorcode", None), getattr(source, "pgcode", None)
    if sqlite is not None:
        return SQLITE.get(sqlite & 0xFF)
    if state:
        return POSTGRES.get(state) or POSTGRES.get(state[:3]) or POSTGRES.get(state[:2])
    # The driver gives no code where the server can't be reached, or went away in the middle; Django's classes have the
    # names of the driver's.
    is_about_the_connection = type(error).__name__ in ("OperationalError", "InterfaceError")
    return Trouble.AWAY if is_about_the_connection and _is_postgres(source) else None


def _is_of_a_driver(error: BaseException) -> bool:
    return isinstance(error, Exception) and (_is_postgres(error) or type(error).__module__.startswith("sqlite3"))


def _is_postgres(source: Any) -> bool:
    return type(source).__module__.startswith("psycopg")
