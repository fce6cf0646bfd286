"""Buttons and menus believe nothing that they carry, and obey those whom they may."""

from collections.abc import Iterator

import discord
import pytest
from discord import ui
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from simcord import interactions
from simcord.actors import MemberActor
from simcord.enums import ComponentType, InteractionType
from simcord.results import InteractionResult

from bot.adapters.discord.actions import ActionButton, ActionMenu
from tests.asking import UNNAMED, answer, ask
from tests.cogs.twice import rows_of
from tests.people import Club, buttons_of, reply, text_of

GONE = "This button does nothing any more. `/help` shows what I can do."
LEFT = "You're not in that server any more."
ORGANISERS_ONLY = "Only organisers can do that: people with *Manage Server* or the organiser role."
# Arguments that some button has even in a group that has nothing yet.
MEANT = {"on", "off", "0", "1", ".", ".."}


async def press(
    club: Club, member: MemberActor, action: str, argument: str, *, menu: bool, direct: bool
) -> InteractionResult:
    """Press or choose what carries this argument, in the group's channel or in a message to you."""
    client, backend = club.env.bot, club.env.backend
    custom_id = f"pm:{action}:" if menu else f"pc:{action}:{argument}"
    kind = ComponentType.STRING_SELECT if menu else ComponentType.BUTTON
    record, payload = interactions.base_payload(
        backend,
        type=InteractionType.MESSAGE_COMPONENT,
        channel_id=club.papers.id,
        guild_id=None if direct else club.guild.id,
        user_id=member.id,
        data={"custom_id": custom_id, "component_type": kind, "values": [argument]},
    )
    source = [{"type": ComponentType.TEXT_DISPLAY, "content": "…"}]
    message = backend.create_message(
        club.papers.id, client.user.id, "", components=source, flags=1 << 15
    )
    record.source_message_id = message.id
    interaction = discord.Interaction(data=payload, state=client._connection)
    if menu:
        select = ui.Select(custom_id=custom_id)
        select._values = [argument]
        await ActionMenu(select, action).callback(interaction)
    else:
        await ActionButton(ui.Button(custom_id=custom_id), action, argument).callback(interaction)
    return InteractionResult(club.env, record)


def answers(result: InteractionResult) -> Iterator[str]:
    if result.response is not None:
        yield text_of(result.response)
    yield from (text_of(message) for message in result.followups)


WORDS = st.sampled_from(
    ("question", "answer", "experience", "0", "1", "open", "", " ", "-1", "٣", "²", ".")
)
ARGUMENTS = st.one_of(st.text(max_size=40), st.lists(WORDS, max_size=4).map(".".join))


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(argument=ARGUMENTS)
@example("9" * 30)
@example("1'; DROP TABLE question; --")
@example("0.:.")
@example("0.x OR labels.y")
@example("question.1.2-x")
@example("\x00\ud800")
async def test_any_argument_of_any_action_gets_a_sentence_and_changes_nothing(
    ready: Club, argument: str
) -> None:
    assume(argument not in MEANT)
    club, client = ready, ready.application.client
    before = rows_of(club.application)
    for action in (*client.actions, *client.handlers):
        for menu in (False, True):
            for direct in (False, True):
                which = f"{action} {argument!r} {menu=} {direct=}"
                result = await press(club, club.olga, action, argument, menu=menu, direct=direct)
                assert result.acknowledged, which
                assert not any("Something went wrong" in said for said in answers(result)), which
    assert rows_of(club.application) == before


@pytest.fixture
async def refused(club: Club) -> str:
    """The custom id of *Try again* below the notice of a card that could not be posted."""
    club.env.inject_error("POST", f"/channels/{club.papers.id}/messages", status=403, code=50013)
    await club.alice.slash(club.papers, "paper nominate", link="arXiv:1706.03762")
    assert not club.cards()
    (notice,) = club.olga.user.dm_channel.history()
    return buttons_of(notice)["Try again"]


async def test_only_organisers_of_the_community_try_again(club: Club, refused: str) -> None:
    others = await club.neighbours()
    await others.set_up()
    for who, where, direct, said in (
        (club.alice, club, False, ORGANISERS_ONLY),
        (club.alice, club, True, ORGANISERS_ONLY),
        (others.olga, others, False, GONE),
        (others.olga, others, True, LEFT),
    ):
        result = await press(where, who, "retry", str(club.guild.id), menu=False, direct=direct)
        assert reply(result) == said, (where.guild.name, direct)
    club.guild.remove_member(club.olga)
    result = await press(club, club.olga, "retry", str(club.guild.id), menu=False, direct=True)
    assert reply(result) == LEFT
    await club.application.tick()
    assert not any("1706.03762" in text_of(card) for card in club.cards())
    oscar = club.add_member("oscar", club.organisers)
    assert await club.press(oscar, refused) == "I'm trying again to send 1 message."
    assert club.card("1706.03762")


async def test_who_has_left_does_nothing_by_a_direct_message(ready: Club, questions) -> None:
    """Not even the author of what the button is about, whom nobody may know."""
    club, here = ready, ready.guild.id
    await ask(club, club.alice, Options=UNNAMED)
    await answer(club, club.bob, "Write to the professors.", questions)
    await club.alice.click(club.cards(questions)[0], label="Me too")
    club.guild.remove_member(club.alice)
    await club.application.tick()
    before = rows_of(club.application)
    client = club.application.client
    for action in (*client.actions, *client.handlers):
        for argument in (f"{here}.1", f"{here}.0", f"{here}.1-0", str(here), f"{here}.question.1"):
            for menu in (False, True):
                result = await press(club, club.alice, action, argument, menu=menu, direct=True)
                assert result.acknowledged, (action, argument)
                assert not any("went wrong" in said for said in answers(result)), (action, argument)
        assert rows_of(club.application) == before, action
    accept = await press(club, club.alice, "answer_accept", f"{here}.1", menu=False, direct=True)
    assert reply(accept) == LEFT


@pytest.mark.parametrize("custom_id", ["pc", "pc:", "pc:Vote:1", "pc:vote", "pm:", "7a0b" * 8, "é"])
async def test_a_button_that_is_none_of_ours_is_answered(club: Club, custom_id: str) -> None:
    assert await club.press(club.alice, custom_id) == GONE


async def test_any_message_under_a_menu_gets_a_sentence_or_a_form(ready: Club, questions) -> None:
    club = ready
    await ask(club, club.bob)
    (thread,) = questions.threads
    for text in ("\u202e@everyone", "pc:vote:1", "9" * 30, "10.1000/", "[](x)"):
        message = await club.alice.send(thread, text)
        for menu in ("Nominate this paper", "Ask about this", "Hide this"):
            result = await club.olga.context_menu(thread, menu, message)
            assert result.modal or "Something went wrong" not in reply(result), (menu, text)
    club.env.errors.clear()
