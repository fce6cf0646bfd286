"""What autocomplete and menus offer, and what comes back from them."""

from collections.abc import Callable, Coroutine, Iterable
from functools import wraps
from typing import Any, ParamSpec

import discord
from discord import app_commands

from bot.adapters.discord.actors import actor_of
from bot.adapters.discord.replies import Interaction
from bot.core.errors import UserError
from bot.core.text import cut, one_line
from bot.core.time.parsing import WEEKDAYS
from bot.questions.model import QuestionState
from bot.questions.replies import choice_name
from bot.questions.search import Finding
from bot.questions.views import QuestionView

P = ParamSpec("P")
Choices = list[app_commands.Choice[str]]
Complete = Callable[P, Coroutine[Any, Any, Choices]]
Suggest = Callable[[Interaction, str], Coroutine[Any, Any, Choices]]
OnMessage = Callable[[Interaction, discord.Message], Coroutine[Any, Any, None]]

MOST = 25  # Discord's limit
LONGEST_NAME = 100  # Discord's limit

WEEKDAY_CHOICES: list[app_commands.Choice[str | int | float]] = [
    app_commands.Choice(name=name, value=number) for number, name in enumerate(WEEKDAYS)
]
CADENCE_CHOICES: list[app_commands.Choice[str | int | float]] = [
    app_commands.Choice(name="Every week", value="weekly"),
    app_commands.Choice(name="Every two weeks", value="fortnightly"),
    app_commands.Choice(name="The first one of each month", value="1"),
    app_commands.Choice(name="The second one of each month", value="2"),
    app_commands.Choice(name="The third one of each month", value="3"),
    app_commands.Choice(name="The fourth one of each month", value="4"),
    app_commands.Choice(name="The last one of each month", value="-1"),
]


def suggestions(complete: Complete[P]) -> Complete[P]:
    """An autocomplete that suggests nothing where a command would explain why it can't."""

    @wraps(complete)
    async def suggest(*args: P.args, **kwargs: P.kwargs) -> Choices:
        try:
            return await complete(*args, **kwargs)
        except UserError:
            return []

    return suggest


def or_why(choices: Choices, why: str) -> Choices:
    """The choices; where there are none, one that says why, and that no command takes."""
    return choices or [app_commands.Choice(name=cut(why, LONGEST_NAME), value="none")]


def titled(titles: Iterable[tuple[str, int]], typed: str = "") -> Choices:
    """Choices of things with a title and an id, as far as the title holds what is typed."""
    fitting = (
        app_commands.Choice(name=cut(one_line(title), LONGEST_NAME), value=str(number))
        for title, number in titles
        if typed.casefold() in title.casefold()
    )
    return [choice for choice, _ in zip(fitting, range(MOST), strict=False)]


def questions_like(finding: Finding, states: tuple[QuestionState, ...]) -> Suggest:
    """Autocomplete of questions in these states."""

    @suggestions
    async def like(interaction: Interaction, typed: str) -> Choices:
        found = await finding.like(await actor_of(interaction), typed, states)
        return question_choices(found)

    return like


def question_choices(questions: list[QuestionView]) -> Choices:
    return [
        app_commands.Choice(name=choice_name(question), value=str(question.id))
        for question in questions[:MOST]
    ]


def message_menu(name: str, callback: OnMessage) -> app_commands.ContextMenu:
    menu = app_commands.ContextMenu(name=name, callback=callback)
    menu.guild_only = True
    return menu
