"""What a benchmark yields: figures, each with its target, and how they read as a table."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """What a figure may be: by itself, or measured against that of what runs beside us."""

    limit: float
    against: str = ""  # "", "times", "more" or "at least times" or "at least"

    def is_met(self, ours: float, bare: float | None) -> bool:
        match self.against:
            case "times":
                assert bare is not None
                return ours <= self.limit * bare
            case "more":
                assert bare is not None
                return ours <= self.limit + bare
            case "at least times":
                assert bare is not None
                return ours >= self.limit * bare
            case "at least":
                return ours >= self.limit
            case _:
                return ours <= self.limit

    def words(self, unit: str) -> str:
        match self.against:
            case "at least times":
                return f"at least {self.limit:g} times"
            case "at least":
                return f"at least {self.limit:g} {unit}"
            case "times":
                return f"at most {self.limit:g} times"
            case "more":
                return f"at most {self.limit:g} {unit} more"
            case _:
                return f"at most {self.limit:g} {unit}" if self.limit else "none"


def times(most: float) -> Target:
    return Target(most, "times")


def more(most: float) -> Target:
    return Target(most, "more")


def at_most(most: float) -> Target:
    return Target(most)


def at_least(least: float) -> Target:
    return Target(least, "at least")


def at_least_times(least: float) -> Target:
    return Target(least, "at least times")


@dataclass(frozen=True)
class Figure:
    """The median of several runs; `bare` is what is measured beside us, named in `beside`."""

    what: str
    ours: float
    unit: str
    bare: float | None = None
    target: Target | None = None
    beside: str = "bare discord.py"

    @classmethod
    def of(
        cls,
        what: str,
        unit: str,
        ours: Iterable[float],
        bare: Iterable[float] | None = None,
        target: Target | None = None,
        beside: str = "bare discord.py",
    ) -> "Figure":
        """From the runs of both; a failure in any run counts."""
        middle = max if unit == "failures" else statistics.median
        theirs = None if bare is None else middle(list(bare))
        return cls(what, middle(list(ours)), unit, theirs, target, beside)

    @property
    def is_met(self) -> bool:
        return self.target is None or self.target.is_met(self.ours, self.bare)

    def cells(self) -> tuple[str, ...]:
        ratio = f"{self.ours / self.bare:.2f}" if self.bare else ""
        target = self.target.words(self.unit) if self.target else ""
        met = ("yes" if self.is_met else "**no**") if self.target else ""
        bare = "" if self.bare is None else _number(self.bare, self.unit)
        return self.what, _number(self.ours, self.unit), bare, ratio, target, met


def _number(value: float, unit: str) -> str:
    digits = {"MB": 0, "KB": 1, "ms": 1, "feeds/s": 0, "%": 1}.get(unit, 2)
    return f"{value:.{digits}f} {unit}" if unit != "failures" else f"{value:.0f}"


def as_table(figures: Sequence[Figure]) -> str:
    """A Markdown table that is readable as text, too."""
    headings = ("", "Paperclub", figures[0].beside, "ratio", "target", "met")
    rows = [headings, *(figure.cells() for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(headings))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in rows
    ]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([lines[0], rule, *lines[1:]])
