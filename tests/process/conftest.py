"""Tests of the real process against `wire`, a Discord on loopback that lies beside the checkout."""

import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

pytest.register_assert_rewrite(
    "tests.process.harness",
    "tests.process.chaos",
    "tests.process.feed_chaos",
    "tests.process.question_chaos",
)

from tests.process.harness import Stage  # noqa: E402 - its assertions explain themselves now

BESIDE = Path(__file__).resolve().parents[2].parent / "shared"
SHARED = Path(os.environ.get("PAPERCLUB_SHARED") or BESIDE)
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items):
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.process)


@pytest.fixture(scope="session")
def wire():
    """The package. Without it a test is skipped at a contributor's desk, but fails in CI."""
    if not (SHARED / "wire").is_dir():
        missing = f"there is no wire, the Discord on loopback, at {SHARED}"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    if str(SHARED) not in sys.path:
        sys.path.append(str(SHARED))
    import wire

    return wire


@pytest.fixture
def faketime(wire) -> None:
    """For tests that move the clock of a running process, with Debian's package faketime."""
    from wire.server import FAKETIME

    if not Path(FAKETIME).exists():
        pytest.skip("Debian's package faketime is not installed")


@pytest.fixture
async def new_stage(wire, tmp_path) -> AsyncIterator[Stage]:
    """A Discord with one reading group; nothing has ever run."""
    async with Stage(wire, tmp_path) as stage:
        yield stage


@pytest.fixture
def stage(new_stage, migrated) -> Stage:
    """The same with an empty database: migrating takes a while, and is the same each time."""
    return new_stage.use(migrated)
