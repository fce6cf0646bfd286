"""Ids that come from outside: in buttons, in choices, in what people type instead of choosing."""

from bot.core.errors import UserError

LONGEST = 18  # digits of what fits into a database, whichever it is
CHOOSE = "Choose one from the list that appears as you type."
GONE = "This button does nothing any more. `/help` shows what I can do."


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
