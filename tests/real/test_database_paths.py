"""`../shared/cases/database-paths`, and every other sign that a path can have."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.process.harness import command

FOLDERS = [
    "club#1",
    "club%1",
    "club?1",
    "club?mode=memory",
    "club?a=b",
    "a club",
    "l'été",
    'the "club"',
    "독서 모임",
    "club&co;",
    "club#1?mode=ro#x",
    "club:8080@home",
    "~",
    "[club]*",
    "trailing ",
]


def in_an_address(path: Path) -> str:
    return f"sqlite+aiosqlite:///{path}"


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def migrated_twice(folder: Path, address: str) -> None:
    env = {"PAPERCLUB_DATABASE_URL": address}
    status, out, err = await command("migrate", folder=folder, env=env)
    assert (status, err, out.startswith("migrated to ")) == (0, "", True)
    assert await command("migrate", folder=folder, env=env) == (0, "up to date\n", "")


async def test_the_case(shared: Path, tmp_path: Path) -> None:
    case = (shared / "cases" / "database-paths" / "README.md").read_text()
    (name,) = re.findall(r"PAPERCLUB_DATABASE_URL=sqlite\+aiosqlite:////tmp/(\S+?)/p\.db", case)
    await migrated_twice(tmp_path, in_an_address(tmp_path / name / "p.db"))
    assert names(tmp_path) == [name]


@pytest.mark.parametrize("name", FOLDERS)
async def test_any_path_is_one(tmp_path: Path, name: str) -> None:
    file = tmp_path / name / "p.db"
    await migrated_twice(tmp_path, in_an_address(file))
    assert names(tmp_path) == [name]
    before = file.parent / f"{file.name}.before-"
    with closing(sqlite3.connect(file)) as connection, connection:
        current = connection.execute("SELECT version_num FROM alembic_version").fetchone()[0]
    env = {"PAPERCLUB_DATABASE_URL": in_an_address(file)}
    status, _, err = await command("import", str(tmp_path), folder=tmp_path, env=env)
    assert (status, "older version" in err) == (2, False), "it is current, and nothing is set up"
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("DELETE FROM alembic_version")
        connection.execute("INSERT INTO alembic_version VALUES ('0001')")
    status, _, _ = await command("migrate", folder=tmp_path, env=env)
    assert before.with_name(f"{before.name}{current}").exists(), "a copy was made first"


async def test_a_folder_whose_name_begins_another_is_not_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "club").mkdir()
    await migrated_twice(tmp_path, in_an_address(tmp_path / "club#1" / "p.db"))
    assert names(tmp_path / "club") == []


async def test_what_sqlite_is_told_is_no_path(tmp_path: Path) -> None:
    await migrated_twice(tmp_path, f"{in_an_address(tmp_path / 'p.db')}?timeout=5")
    assert (tmp_path / "p.db").exists()


async def test_a_file_address_is_refused_in_a_sentence(tmp_path: Path) -> None:
    env = {"PAPERCLUB_DATABASE_URL": "sqlite+aiosqlite:///file:p.db?uri=true"}
    status, _, err = await command("migrate", folder=tmp_path, env=env)
    assert (status, err.startswith("PAPERCLUB_DATABASE_URL is wrong:")) == (2, True)
    assert names(tmp_path) == []
