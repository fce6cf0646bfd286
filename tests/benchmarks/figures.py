"""What a benchmark yields: figures, each with its target, and how they read as a table."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """What a figure may be at most: by itself, or measured against the bare bot's."""

    most: float
    against: str = ""  # "", "times" or "more"

    def bound(self, bare: float | None) -> float:
        match self.against:
            case "times":
                assert bare is not None
                return self.most * bare
            case "more":
                assert bare is not None
                return self.most + bare
            case _:
                return self.most

    def words(self, unit: str) -> str:
        match self.against:
            case "times":
                return f"at most {self.most:g} times"
            case "more":
                return f"at most {self.most:g} {unit} more"
            case _:
                return f"at most {self.most:g} {unit}" if self.most else "none"


def times(most: float) -> Target:
    return Target(most, "times")


def more(most: float) -> Target:
    return Target(most, "more")


def at_most(most: float) -> Target:
    return Target(most)


@dataclass(frozen=True)
class Figure:
    """The median of several runs; `bare` is what a bare discord.py bot takes beside us."""

    what: str
    ours: float
    unit: str
    bare: float | None = None
    target: Target | None = None

    @classmethod
    def of(
        cls,
        what: str,
        unit: str,
        ours: Iterable[float],
        bare: Iterable[float] | None = None,
        target: Target | None = None,
    ) -> "Figure":
        """From the runs of both; a failure in any run counts."""
        middle = max if unit == "failures" else statistics.median
        return cls(
            what, middle(list(ours)), unit, None if bare is None else middle(list(bare)), target
        )

    @property
    def is_met(self) -> bool:
        return self.target is None or self.ours <= self.target.bound(self.bare)

    def cells(self) -> tuple[str, ...]:
        ratio = f"{self.ours / self.bare:.2f}" if self.bare else ""
        target = self.target.words(self.unit) if self.target else ""
        met = ("yes" if self.is_met else "**no**") if self.target else ""
        bare = "" if self.bare is None else _number(self.bare, self.unit)
        return self.what, _number(self.ours, self.unit), bare, ratio, target, met


def _number(value: float, unit: str) -> str:
    digits = {"MB": 0, "KB": 1, "ms": 1}.get(unit, 2)
    return f"{value:.{digits}f} {unit}" if unit != "failures" else f"{value:.0f}"


HEADINGS = ("", "Paperclub", "bare discord.py", "ratio", "target", "met")


def as_table(figures: Sequence[Figure]) -> str:
    """A Markdown table that is readable as text, too."""
    rows = [HEADINGS, *(figure.cells() for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in rows
    ]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([lines[0], rule, *lines[1:]])
