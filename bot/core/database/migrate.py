"""Brings a database up to date before the bot uses it.

Alembic is loaded only if there is something to do: a start on a current database stays quick.
"""

import filecmp
import logging
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from glob import escape
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

import migrations
from bot.core.database.lock import holding
from bot.core.database.sqlite import sqlite_file
from bot.core.errors import PaperclubError
from bot.core.files import make_private_file, make_private_folder, tighten

log = logging.getLogger(__name__)

FOLDER = Path(migrations.__file__).parent


class UnusableDatabaseError(PaperclubError):
    """There is something wrong with the database that only the host can mend."""


def newest_revision() -> str:
    """The revision that the code expects."""
    return max(_revisions())


def _revisions() -> list[str]:
    """Every revision that the code knows. Files are named after theirs, so that they sort."""
    return [path.name.split("_")[0] for path in (FOLDER / "versions").glob("[0-9]*.py")]


def migrate(url: str) -> str | None:
    """Migrate the database at `url`; returns the new revision, or None if it was current.

    An existing SQLite file is copied beside itself first. Whoever is cut off leaves it as it was.
    What belongs to the database becomes its owner's alone. Raises UnusableDatabaseError.
    """
    with _explaining(url):
        return _migrate(url)


def migrate_alone(url: str) -> str | None:
    """`migrate`, but not under a process that serves the database: DatabaseInUseError says which.

    Beside one, a database that is current is left alone.
    """
    with _explaining(url):
        path = sqlite_file(url)
        if path is not None and _sqlite_revision(path) == newest_revision():
            return _migrate(url)
        with holding(path):
            return _migrate(url)


@contextmanager
def serving(url: str) -> Iterator[None]:
    """Be the one process that serves the database.

    Raises UnusableDatabaseError, and DatabaseInUseError where there is one already.
    """
    with ExitStack() as held:
        with _explaining(url):
            held.enter_context(holding(sqlite_file(url)))
        yield


@contextmanager
def _explaining(url: str) -> Iterator[None]:
    """What is wrong with the database, in a sentence for the host."""
    try:
        yield
    except (OSError, sqlite3.Error, SQLAlchemyError) as error:
        reason = str(getattr(error, "orig", None) or error)
        shown = sqlite_file(url) or make_url(url).render_as_string(hide_password=True)
        raise UnusableDatabaseError(
            f"I can't use the database {shown} ({reason}). PAPERCLUB_DATABASE_URL says where it is."
        ) from error


def require_current(url: str) -> None:
    """Raise UnusableDatabaseError unless the database is there, as this version needs it.

    For whoever works on it beside the bot, under which nothing may be migrated.
    """
    path = sqlite_file(url)
    if path is None:
        return
    if not path.exists():
        raise UnusableDatabaseError(
            f"There is no database at {path}. PAPERCLUB_DATABASE_URL says where it is."
        )
    try:
        current = _sqlite_revision(path)
    except sqlite3.Error as error:
        raise UnusableDatabaseError(f"I can't use the database {path} ({error}).") from error
    if current not in (None, *_revisions()):
        raise _another_version(f"Its revision is {current}")
    if current != newest_revision():
        raise UnusableDatabaseError(
            f"The database {path} is of an older version. Stop the bot and run `paperclub migrate`."
        )


def _migrate(url: str) -> str | None:
    newest = newest_revision()
    path = sqlite_file(url)
    if path is not None:
        _keep_private(path)
        current = _sqlite_revision(path)
        if current == newest:
            return None
        make_private_folder(path.parent)
        make_private_file(path)
        if current is not None:
            if current not in _revisions():
                raise _another_version(f"Its revision is {current}")
            copy = _copy(path, path.with_name(f"{path.name}.before-{newest}"))
            log.info("copied the database to %s before migrating it", copy)
    # In a thread of its own, since the migrations bring their own event loop.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(_upgrade, url).result()
    return newest


def _upgrade(url: str) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise _another_version(str(error)) from error


def _another_version(reason: str) -> UnusableDatabaseError:
    return UnusableDatabaseError(
        f"This database was made by another version of Paperclub ({reason}). Run that one or a "
        f"newer one, or go back to the copy that was made before it was migrated."
    )


def _keep_private(path: Path) -> None:
    """The database, its companions and the copies of it, also those that older versions made."""
    beside = path.resolve()
    for file in (path, *(beside.with_name(f"{beside.name}{end}") for end in ("-wal", "-shm"))):
        tighten(file)
    for copy in path.parent.glob(f"{escape(path.name)}.before-*"):
        tighten(copy)


def _sqlite_revision(path: Path) -> str | None:
    if not path.exists():
        return None
    address = f"{path.absolute().as_uri()}?mode=rw"  # any sign may be in a path
    with closing(sqlite3.connect(address, uri=True)) as connection:
        try:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        except sqlite3.OperationalError:
            return None
    return str(row[0]) if row else None


def _copy(source: Path, target: Path) -> Path:
    """Copy the database to `target`, or beside it if another copy is there; say where it is."""
    part = target.with_name(f"{target.name}.part")
    part.unlink(missing_ok=True)  # somebody was cut off
    make_private_file(part)
    with (
        closing(sqlite3.connect(source)) as original,
        closing(sqlite3.connect(part)) as copy,
    ):
        original.backup(copy)
    number = 1
    while target.exists():
        if filecmp.cmp(part, target, shallow=False):
            part.unlink()  # a migration that fails again and again fills no disk
            return target
        number += 1
        target = part.with_name(f"{part.stem}.{number}")
    return part.rename(target)
