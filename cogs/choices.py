"""What autocomplete offers, and what comes back from it."""

from collections.abc import Callable, Coroutine, Iterable
from functools import wraps
from typing import Any, ParamSpec

from discord import app_commands

from bot.adapters.discord.ui import Interaction
from bot.core.errors import UserError
from bot.core.text import cut, one_line
from bot.papers.zones import suggest_zones

P = ParamSpec("P")
Choices = list[app_commands.Choice[str]]
Complete = Callable[P, Coroutine[Any, Any, Choices]]

MOST = 25  # Discord's limit
LONGEST_NAME = 100  # Discord's limit
LONGEST_ID = 18  # digits of what fits into a database


def suggestions(complete: Complete[P]) -> Complete[P]:
    """An autocomplete that suggests nothing where a command would explain why it can't."""

    @wraps(complete)
    async def suggest(*args: P.args, **kwargs: P.kwargs) -> Choices:
        try:
            return await complete(*args, **kwargs)
        except UserError:
            return []

    return suggest


async def zones_like(interaction: Interaction, typed: str) -> Choices:
    """Autocomplete of time zones."""
    return [app_commands.Choice(name=zone, value=zone) for zone in suggest_zones(typed, MOST)]


def titled(titles: Iterable[tuple[str, int]], typed: str = "") -> Choices:
    """Choices of things with a title and an id, as far as the title holds what is typed."""
    fitting = (
        app_commands.Choice(name=cut(one_line(title), LONGEST_NAME), value=str(number))
        for title, number in titles
        if typed.casefold() in title.casefold()
    )
    return [choice for choice, _ in zip(fitting, range(MOST), strict=False)]


def chosen(value: str) -> int:
    """The id behind a choice; people can also send text that they did not choose."""
    if not value.isdecimal() or len(value) > LONGEST_ID:
        raise UserError("Choose one from the list that appears as you type.")
    return int(value)
