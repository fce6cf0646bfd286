"""How much tests with seeds do: a little in `make test`, and all there is time for in `make soak`.

`make soak` runs the tests that take the fixture `effort`, and only those:

    make soak                             each of them to its end
    make soak ARGS="--minutes 30"         each of them for its share of half an hour
    make soak ARGS="-k feeds --seed 17 --minutes 0"
                                          one round of each, with the seeds from 17 on

Without `--seed` the seeds are drawn from the date, so that every day looks elsewhere.
"""

import os
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

SOAK = pytest.StashKey[int]()  # how many tests share the time


@dataclass
class Effort:
    """What one test may do. `seconds` is its share of the time; None: as long as it takes."""

    soaking: bool = False
    seconds: float | None = None
    first: int = 0  # the first seed
    done: int = 0  # seeds or instants so far
    started: float = field(default_factory=time.monotonic)

    @property
    def is_bounded(self) -> bool:
        """Whether the test may see less than it would to its end."""
        return not self.soaking or self.seconds is not None

    def is_over(self) -> bool:
        return self.seconds is not None and time.monotonic() - self.started >= self.seconds

    def choose(self, few: int, many: int) -> int:
        """A number for what can't be stopped in the middle."""
        return few if self.is_bounded else many

    def seeds(self, few: int, many: int, *, part: int = 0, parts: int = 1) -> Iterator[int]:
        """Seeds until the time is over, and one at least; `parts` tests share them."""
        wanted = many if self.soaking else few
        for seed in range(self.first + part, self.first + wanted, parts):
            self.done += 1
            yield seed
            if self.is_over():
                return

    def instants(self, last: int, few: int) -> Iterator[int]:
        """Instants from 1 to `last`, as far as the time goes: all of them, or a few spread out."""
        instants: Sequence[int] = range(1, last + 1, max(1, last // few))
        if self.soaking:
            instants = random.Random(self.first).sample(range(1, last + 1), last)
        for instant in instants:
            self.done += 1
            yield instant
            if self.is_over():
                return


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("soak", "tests with seeds, at length")
    group.addoption("--soak", action="store_true", help="only these, at length")
    group.addoption("--minutes", type=float, help="the time that they share (default: no end)")
    group.addoption("--seed", type=int, help="the first seed (default: drawn from the date)")


def pytest_configure(config: pytest.Config) -> None:
    if config.option.seed is None:
        config.option.seed = int(datetime.now(UTC).strftime("%Y%m%d00000"))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.option.soak:
        chosen = [item for item in items if "effort" in getattr(item, "fixturenames", ())]
        config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
        items[:] = chosen
    config.stash[SOAK] = len(items)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    option = terminalreporter.config.option
    if option.soak:
        terminalreporter.write_line(
            f'seeds from {option.seed} on (again: ARGS="--seed {option.seed}")'
        )


@pytest.fixture
def effort(request: pytest.FixtureRequest) -> Effort:
    option = request.config.option
    if not option.soak:
        return Effort()
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    seconds = None
    if option.minutes is not None:
        seconds = option.minutes * 60 * workers / max(1, request.config.stash[SOAK])
    return Effort(soaking=True, seconds=seconds, first=option.seed)
