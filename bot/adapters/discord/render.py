"""Posts as Discord shows them.

A card is a container with the accent colour of its job: a heading, a few short lines, buttons
below. Buttons carry `pc:<action>:<argument>` and menus `pm:<action>:`, and need nothing in memory,
so that they work for ever.
"""

from typing import Any

import discord
from discord import ui

from bot.core.markup import cut_rich
from bot.core.post import Button, Job, LinkButton, Menu, Picture, Post, Style
from bot.core.text import cut

ACCENTS = {
    Job.PAPERS: discord.Colour(0x4F46E5),
    Job.EXPERIENCES: discord.Colour(0x0D9488),
    Job.QUESTIONS: discord.Colour(0xD97706),
    Job.NOTICE: discord.Colour(0x64748B),
}
SETTLED = discord.Colour(0x16A34A)
STYLES = {
    Style.PRIMARY: discord.ButtonStyle.primary,
    Style.SECONDARY: discord.ButtonStyle.secondary,
    Style.SUCCESS: discord.ButtonStyle.success,
    Style.DANGER: discord.ButtonStyle.danger,
}
MOST_TEXT = 4000  # characters that a card's texts have together
PART = 1500  # characters of each, where there are more of them than fit
BUTTONS_A_ROW = 5
LONGEST_OPTION = 100  # characters
MOST_OPTIONS = 25
BESIDE_A_PICTURE = 3  # texts, at most
ALT_TEXT = 256  # characters
# A card's container has this number and the outbox row's as its id, which members never see. Ids
# from one on are what Discord gives to components that have none.
FIRST_MARK = 1_000_000


def card(post: Post, *, late: bool = False, row_id: int | None = None) -> ui.LayoutView:
    """The post as Discord shows it. `row_id` marks it as the delivery of that outbox row."""
    lines = [f"### {post.title}"]
    if late:
        lines.append("-# This is late: I couldn't post it in time.")
    lines += [part for part in (post.text, *post.details) if part]
    if post.footnote:
        lines.append(f"-# {post.footnote}")
    longest = PART if sum(map(len, lines)) > MOST_TEXT else MOST_TEXT
    texts: list[ui.TextDisplay[Any]] = [ui.TextDisplay(cut_rich(line, longest)) for line in lines]
    body: list[ui.Item[Any]] = [*_beside(post.picture, texts)]
    if post.menu is not None and post.menu.options:
        body.append(ui.ActionRow(_select(post.menu)))
    for start in range(0, len(post.buttons), BUTTONS_A_ROW):
        row = post.buttons[start : start + BUTTONS_A_ROW]
        body.append(ui.ActionRow(*(button(one) for one in row)))
    container = ui.Container[Any](
        *body,
        accent_colour=SETTLED if post.settled else ACCENTS[post.job],
        id=None if row_id is None else FIRST_MARK + row_id,
    )
    return view_of(*([ui.TextDisplay[Any](post.pinged)] if post.pinged else []), container)


def _beside(picture: Picture | None, texts: list[ui.TextDisplay[Any]]) -> list[ui.Item[Any]]:
    """The texts, the first of them beside the picture if there is one."""
    if picture is None:
        return [*texts]
    thumbnail = ui.Thumbnail[Any](picture.url, description=cut(picture.text, ALT_TEXT) or None)
    return [ui.Section(*texts[:BESIDE_A_PICTURE], accessory=thumbnail), *texts[BESIDE_A_PICTURE:]]


def view_of(*items: ui.Item[Any]) -> ui.LayoutView:
    view = ui.LayoutView(timeout=None)
    for item in items:
        view.add_item(item)
    view.stop()  # or discord.py would remember every message ever sent
    return view


def button(shown: Button | LinkButton) -> ui.Button[Any]:
    if isinstance(shown, LinkButton):
        return ui.Button(label=shown.label, url=shown.url)
    return ui.Button(
        label=shown.label,
        style=STYLES[shown.style],
        custom_id=f"pc:{shown.action}:{shown.argument}",
    )


def _select(menu: Menu) -> ui.Select[Any]:
    options = [
        discord.SelectOption(label=cut(label, LONGEST_OPTION), value=value)
        for value, label in menu.options[:MOST_OPTIONS]
    ]
    hint = cut(menu.hint, LONGEST_OPTION)
    return ui.Select(custom_id=f"pm:{menu.action}:", placeholder=hint, options=options)


def mark_of(message: discord.Message) -> int | None:
    """The outbox row that this message delivers, if it is one of ours."""
    for component in message.components:
        if isinstance(component, discord.Container) and (number := component.id or 0) >= FIRST_MARK:
            return number - FIRST_MARK
    return None
