"""What was measured, and where, as `docs/benchmarks.md`."""

import inspect
import os
import platform
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tests.benchmarks.figures import Figure, as_table

GUIDE = """\
# Benchmarks

This page is written by `make bench ARGS=--write`; nobody types into it. *Bare discord.py* is the \
smallest bot there is, with one command that answers from memory. It runs beside Paperclub, each \
on a Discord on loopback of its own, and the two are measured in turn, so that what else the \
machine does, and the loopback's own share, is in both. A figure is the median of {rounds} runs \
(of *unanswered* the worst); a command counts as unanswered after Discord's three seconds. *Met* \
compares with the target, which is a bound on the ratio, the difference or the figure itself; \
figures without a target are there to be watched. Where something else runs beside us, as `reader` \
does with feeds, the table is headed by it. On a machine that is busy with other things \
waiting times grow for both, ours more; processor time stays comparable.
"""


def write(
    page: Path, found: Mapping[Callable[..., Any], Sequence[Figure]], command: str, rounds: int
) -> None:
    parts = [GUIDE.format(rounds=rounds), _machine(command), _verdict(found)]
    for benchmark, figures in found.items():
        parts.append(f"## {benchmark.__name__.capitalize()}\n")
        parts.append(f"{inspect.cleandoc(benchmark.__doc__ or '')}\n")
        parts.append(f"{as_table(figures)}\n")
    page.write_text("\n".join(parts), encoding="utf-8")


def _machine(command: str) -> str:
    facts = {
        "Machine": f"{_processor()}, {os.cpu_count()} cores, {platform.system()}",
        "Python": platform.python_version(),
        "discord.py": version("discord.py"),
        "reader": version("reader"),
        "Measured on": f"{datetime.now(UTC):%Y-%m-%d}",
        "With": f"`{command}`",
    }
    if hasattr(os, "getloadavg"):
        one, _, fifteen = os.getloadavg()
        facts["Load at the end"] = f"{one:.1f} (over the last quarter of an hour {fifteen:.1f})"
    return "".join(f"- {name}: {fact}\n" for name, fact in facts.items())


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def _verdict(found: Mapping[Callable[..., Any], Sequence[Figure]]) -> str:
    aimed = [figure for figures in found.values() for figure in figures if figure.target]
    missed = [figure.what for figure in aimed if not figure.is_met]
    said = f"{len(aimed) - len(missed)} of {len(aimed)} targets are met."
    return f"{said} Not met: {'; '.join(missed)}.\n" if missed else f"{said}\n"
