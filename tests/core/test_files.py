"""What belongs to the database is its owner's alone."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.communities.pseudonyms import read_or_make_key
from bot.core.database import Database
from bot.core.database.migrate import FOLDER, migrate, newest_revision
from bot.core.files import make_private_folder
from tests.core.conftest import add_community


@pytest.fixture(params=[0o000, 0o022, 0o777], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def modes(folder: Path) -> dict[str, int]:
    return {file.name: file.stat().st_mode & 0o777 for file in folder.iterdir()}


async def test_all_that_is_made_is_for_its_owner_whatever_the_umask(
    tmp_path: Path, umask: int
) -> None:
    file = tmp_path / "new" / "data" / "paperclub.db"
    migrate(f"sqlite+aiosqlite:///{file}")
    read_or_make_key(file.with_name("paperclub.db.key"))
    database = Database(f"sqlite+aiosqlite:///{file}")
    await add_community(database, "x")
    found = modes(file.parent)
    await database.close()
    assert set(found) == {f"paperclub.db{end}" for end in ("", "-wal", "-shm", ".key")}
    assert set(found.values()) == {0o600}
    assert modes(tmp_path) == {"new": 0o700}
    assert modes(file.parent.parent) == {"data": 0o700}


def test_what_older_versions_made_is_tightened(tmp_path: Path) -> None:
    file, copy = tmp_path / "club.db", tmp_path / "club.db.before-0001"
    key, foreign = tmp_path / "club.db.key", tmp_path / "notes"
    migrate(f"sqlite+aiosqlite:///{file}")
    for one in (copy, key, foreign):
        one.write_text("x")
    for one in (file, copy, key, foreign):
        one.chmod(0o644)
    migrate(f"sqlite+aiosqlite:///{file}")
    read_or_make_key(key)
    assert modes(tmp_path) == {
        "club.db": 0o600,
        "club.db.before-0001": 0o600,
        "club.db.key": 0o600,
        "notes": 0o644,
    }


def test_a_copy_is_for_its_owner_too(tmp_path: Path, older: Path) -> None:
    older.chmod(0o644)
    assert migrate(f"sqlite+aiosqlite:///{older}") == newest_revision()
    (copy,) = tmp_path.glob("*.before-*")
    assert copy.stat().st_mode & 0o777 == 0o600


@pytest.fixture
def older(tmp_path: Path) -> Path:
    """A database of the first version."""
    from alembic import command
    from alembic.config import Config

    file = tmp_path / "older.db"
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("sqlalchemy.url", f"sqlite+aiosqlite:///{file}")
    command.upgrade(config, "0001")
    return file


def test_a_folder_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    make_private_folder(tmp_path / "a" / "b")
    assert tmp_path.stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700
