"""One process at a time serves a SQLite database: the second is told which one does.

The operating system holds the lock, on a file beside the database, so that it ends with its process
however that ends. The process's number stands in the file only for the sentence.
"""

import errno
import fcntl
import logging
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.core.errors import PaperclubError
from bot.core.files import make_private_file, make_private_folder, tighten

log = logging.getLogger(__name__)

# How a file system answers that has no locks.
_WITHOUT_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP}


class DatabaseInUseError(PaperclubError):
    """Another process serves this database."""


@contextmanager
def holding(database: Path | None) -> Iterator[None]:
    """Be the one process that serves this SQLite file; None is a database that needs no lock.

    Children that load another program don't inherit it. Raises DatabaseInUseError, and OSError
    where the file can't be made.
    """
    if database is None:
        yield
        return
    file = lock_file(database)
    make_private_folder(file.parent)
    make_private_file(file)
    tighten(file)
    descriptor = os.open(file, os.O_RDWR | os.O_CLOEXEC)
    try:
        _lock(descriptor, database)
        yield
    finally:
        os.close(descriptor)


def lock_file(database: Path) -> Path:
    """The file that is locked: beside the database itself, whatever name it was asked for by."""
    database = database.resolve()
    return database.with_name(f"{database.name}.lock")


def _lock(descriptor: int, database: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.pread(descriptor, 200, 0).decode(errors="replace").split()
        raise DatabaseInUseError(_in_use(database, holder)) from error
    except OSError as error:
        if error.errno not in _WITHOUT_LOCKS:
            raise
        log.warning("%s can't be locked (%s): make sure that one process uses it", database, error)
        return
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()} {socket.gethostname()}\n".encode(), 0)


def _in_use(database: Path, holder: list[str]) -> str:
    """`holder` is a process's number and its machine's name, which may be written just now."""
    pid, host = holder if len(holder) == 2 else ("", "")
    elsewhere = f" on {host}" if host not in ("", socket.gethostname()) else ""
    process = f"process {pid}{elsewhere}" if pid else "another process"
    return (
        f"Paperclub is already running on the database {database} ({process}). Stop that one "
        "first, or set PAPERCLUB_DATABASE_URL to another database."
    )
