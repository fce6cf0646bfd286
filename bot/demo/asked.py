"""The first questions: asked, answered and accepted by forms and buttons, as people would."""

from dataclasses import dataclass
from typing import Any

import discord
from simcord.actors import MemberActor
from simcord.results import InteractionResult

from bot.demo.reading import custom_ids
from bot.demo.world import World
from bot.questions.keys import ACCEPT, ANSWER, ME_TOO, UPVOTE


@dataclass(frozen=True)
class Asked:
    """A question and what becomes of it. `how` is what is ticked in the form."""

    by: MemberActor
    title: str
    details: str
    topic: str
    how: tuple[str, ...] = ()
    me_too: tuple[MemberActor, ...] = ()
    answered_by: MemberActor | None = None
    answer: str = ""
    voters: tuple[MemberActor, ...] = ()  # for the answer, which the asker accepts


def first_questions(world: World) -> tuple[Asked, ...]:
    priya, tomas, wei = world.others
    return (
        Asked(
            wei,
            "How long should an e-mail to a professor be?",
            "I would like to ask for a summer place, and I know nobody in the group.",
            "Applications",
            answered_by=priya,
            answer="Half a page. Say what you have built and link it, ask one question about a "
            "paper of theirs that you have read, and say when you could come. Leave the CV for the "
            "attachment.",
            voters=(tomas, world.organiser),
        ),
        Asked(
            tomas,
            "Why does attention divide by the square root of the dimension?",
            "I see that the logits grow without it. Why the square root, and not the dimension?",
            "Papers",
            me_too=(wei,),
        ),
        Asked(
            priya,
            "Is the third year too late to change my field?",
            "I have never told my supervisor that I would rather work on robots.",
            "Studies",
            how=("anonymous",),
        ),
    )


async def ask(world: World, asked: Asked) -> None:
    """Put the question, and have the others do with it what they do."""
    form = await asked.by.slash(world.questions, "ask")
    await _send(
        asked.by,
        form,
        {
            "Your question": asked.title,
            "Details": asked.details,
            "Topic": [asked.topic],
            "Options": list(asked.how),
        },
    )
    card = world.questions.history(viewer=world.organiser)[-2]  # the thread is told of below it
    for person in asked.me_too:
        await person.click(card, custom_id=_button(card, ME_TOO))
    if asked.answered_by is None:
        return
    form = await asked.answered_by.click(card, custom_id=_button(card, ANSWER))
    await _send(asked.answered_by, form, {"Your answer": asked.answer})
    thread = max(world.questions.threads, key=lambda one: one.id)
    answer = thread.history(viewer=world.organiser)[-1]
    for person in asked.voters:
        await person.click(answer, custom_id=_button(answer, UPVOTE))
    await asked.by.click(answer, custom_id=_button(answer, ACCEPT))


async def _send(who: MemberActor, form: InteractionResult, typed: dict[str, Any]) -> None:
    """Send the form that was opened; what is typed goes by the fields' labels."""
    assert form.modal is not None
    fields = {
        label["label"]: label["component"]["custom_id"]
        for label in form.modal["components"]
        if "label" in label  # or it is a text to read
    }
    await who.submit_modal(form, {fields[label]: value for label, value in typed.items() if value})


def _button(message: discord.Message, action: str) -> str:
    return next(one for one in custom_ids(message) if one.startswith(f"pc:{action}:"))
