"""Reads what the bot has posted, as a member sees it."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

import discord

from bot.core.text import cut

_HEADING = re.compile(r"^(#+|-#|>) ")
_LONGEST = 160


def custom_ids(message: discord.Message) -> Iterator[str]:
    """Of all buttons in the message."""
    for item in _all(message.components):
        custom_id = getattr(item, "custom_id", None)
        if custom_id:
            yield custom_id


def gist(message: discord.Message) -> str:
    """The first line, without its heading mark, and whom it pings if that stands before."""
    texts = [message.content, *(getattr(item, "content", "") for item in _all(message.components))]
    lines = [_HEADING.sub("", line) for text in texts if text for line in text.splitlines()]
    pings = lines and re.fullmatch(r"(<@&?\d+>\s*)+", lines[0])
    return cut(" ".join(lines[: 2 if pings else 1]), _LONGEST)


def _all(components: Iterable[Any]) -> Iterator[Any]:
    for component in components:
        yield component
        yield from _all(getattr(component, "children", ()))
