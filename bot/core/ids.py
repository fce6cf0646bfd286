"""Ids that come from outside: in buttons, in choices, in what people type instead of choosing."""

from collections.abc import Collection
from dataclasses import dataclass

from bot.core.errors import UserError

LONGEST = 18  # digits of what fits into a database, whichever it is
CHOOSE = "Choose one from the list that appears as you type."
GONE = "This button does nothing any more. `/help` shows what I can do."


@dataclass(frozen=True)
class Target:
    """A thing of ours by its kind and its id; buttons and choices name it such as `answer.7`."""

    kind: str
    id: int

    def __str__(self) -> str:
        return f"{self.kind}.{self.id}"


def parse_target(text: str, kinds: Collection[str]) -> Target:
    """The thing that a button or a choice names. Raises UserError for any other text."""
    kind, _, number = text.partition(".")
    if kind not in kinds:
        raise UserError(CHOOSE)
    return Target(kind, chosen(number))


def chosen(value: str) -> int:
    """The id behind a choice; people can also send text that they did not choose."""
    return number_in(value, CHOOSE)


def pressed(argument: str) -> int:
    """The id that a button carries."""
    return number_in(argument, GONE)


def number_in(text: str, refusal: str, longest: int = LONGEST) -> int:
    """A whole number as we write it ourselves. Raises UserError with this refusal for all else."""
    if not (text.isascii() and text.isdecimal() and len(text) <= longest):
        raise UserError(refusal)
    return int(text)
