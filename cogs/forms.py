"""The parts of which forms are made."""

from collections.abc import Iterable
from typing import Any

import discord
from discord import ui


def text_field(
    label: str,
    hint: str = "",
    value: str = "",
    longest: int = 100,
    *,
    required: bool = True,
    long: bool = False,
) -> ui.Label[Any]:
    """A line to type in, or where it is `long`, a page; `longest` counts characters."""
    field = ui.TextInput[Any](
        default=value or None,
        placeholder=hint or None,
        max_length=longest,
        required=required,
        style=discord.TextStyle.paragraph if long else discord.TextStyle.short,
    )
    return ui.Label(text=label, component=field)


def choice_field(
    label: str, options: Iterable[tuple[str, str]], chosen: str | None = None
) -> ui.Label[Any]:
    """One of several, each given by its value and how it is shown."""
    choices = [
        discord.SelectOption(label=shown, value=value, default=value == chosen)
        for value, shown in options
    ]
    return ui.Label(text=label, component=ui.Select[Any](options=choices))


def value_of(field: ui.Label[Any]) -> str:
    """What was typed or chosen."""
    match field.component:
        case ui.TextInput(value=value):
            return value
        case ui.Select(values=[value, *_]):
            return str(value)
    return ""
