"""The parts of which forms are made."""

from collections.abc import Iterable, Mapping
from typing import Any

import discord
from discord import ui

from bot.core.errors import UserError
from bot.core.form import (
    ChannelField,
    ChecksField,
    ChoiceField,
    Field,
    MemberField,
    Note,
    TextField,
    Values,
)


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


def checks_field(
    label: str, options: Iterable[tuple[str, str, str]], chosen: Iterable[str] = ()
) -> ui.Label[Any]:
    """Any of several, none needed; each given by its value, how it is shown, and what it means."""
    chosen = set(chosen)
    boxes = [
        discord.CheckboxGroupOption(
            label=shown, value=value, description=meaning or None, default=value in chosen
        )
        for value, shown, meaning in options
    ]
    group = ui.CheckboxGroup[Any](options=boxes, required=False, min_values=0)
    return ui.Label(text=label, component=group)


def member_field(label: str, hint: str, chosen: str | None = None) -> ui.Label[Any]:
    """Somebody, or nobody."""
    preset = (
        [] if chosen is None else [discord.SelectDefaultValue.from_user(discord.Object(chosen))]
    )
    select = ui.UserSelect[Any](
        placeholder=hint, min_values=0, required=False, default_values=preset
    )
    return ui.Label(text=label, component=select)


def channel_field(
    label: str, hint: str, chosen: str | None = None, *, required: bool = True
) -> ui.Label[Any]:
    """A text channel."""
    preset = (
        [] if chosen is None else [discord.SelectDefaultValue.from_channel(discord.Object(chosen))]
    )
    select = ui.ChannelSelect[Any](
        channel_types=[discord.ChannelType.text],
        placeholder=hint,
        min_values=int(required),
        required=required,
        default_values=preset,
    )
    return ui.Label(text=label, component=select)


def checked(field: ui.Label[Any] | None) -> set[str]:
    """The values that were ticked."""
    if field is None or not isinstance(field.component, ui.CheckboxGroup):
        return set()
    return set(field.component.values)


def person_of(field: ui.Label[Any]) -> discord.Member | discord.User | None:
    """Who was chosen."""
    match field.component:
        case ui.UserSelect(values=[person, *_]):
            return person
    return None


def channel_of(field: ui.Label[Any]) -> str | None:
    """The id of the channel that was chosen."""
    match field.component:
        case ui.ChannelSelect(values=[chosen, *_]):
            return str(chosen.id)
    return None


def value_of(field: ui.Label[Any]) -> str:
    """What was typed or chosen."""
    match field.component:
        case ui.TextInput(value=value):
            return value
        case ui.Select(values=[value, *_]):
            return str(value)
    return ""


def item_of(field: Field | Note) -> ui.Label[Any] | ui.TextDisplay[Any]:
    """The part of a form that shows this field."""
    match field:
        case Note(text):
            return ui.TextDisplay(text)
        case TextField():
            return text_field(
                field.label,
                field.hint,
                field.value,
                field.longest,
                required=field.required,
                long=field.long,
            )
        case ChoiceField():
            return choice_field(field.label, field.options, field.value or None)
        case ChecksField():
            return checks_field(field.label, field.options, field.values)
        case MemberField():
            return member_field(field.label, field.hint, field.value or None)
        case ChannelField():
            return channel_field(
                field.label, field.hint, field.value or None, required=field.required
            )


def values_of(items: Mapping[str, ui.Label[Any]]) -> Values:
    """What was typed, chosen and ticked, by the fields' keys."""
    boxes = {k: i for k, i in items.items() if isinstance(i.component, ui.CheckboxGroup)}
    return Values(
        texts={key: _text_of(item) for key, item in items.items() if key not in boxes},
        ticked={key: frozenset(checked(item)) for key, item in boxes.items()},
    )


def require_member(item: ui.Label[Any]) -> None:
    """Raise UserError where somebody was chosen who can't be meant."""
    person = person_of(item)
    if person is not None and person.bot:
        raise UserError("That's a bot. Please choose a person, or no one.")
    if person is not None and not isinstance(person, discord.Member):
        raise UserError("That person isn't in this server any more. Please choose someone else.")


def _text_of(item: ui.Label[Any]) -> str:
    if isinstance(item.component, ui.UserSelect):
        person = person_of(item)
        return str(person.id) if person else ""
    if isinstance(item.component, ui.ChannelSelect):
        return channel_of(item) or ""
    return value_of(item)
