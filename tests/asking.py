"""How people ask and answer, in the tests of commands."""

from simcord.actors import MemberActor
from simcord.builders import ChannelHandle
from simcord.results import InteractionResult

from tests.people import Club, Message, fill_in

QUESTION = "How do I find a lab in Berlin?"
UNNAMED = ["anonymous"]


async def ask(
    club: Club, who: MemberActor, title: str = QUESTION, **typed: object
) -> InteractionResult:
    """`/ask`, with the form filled in and sent."""
    form = await who.slash(club.papers, "ask")
    return await fill_in(who, form, **({"Your question": title} | typed))


async def open_answer(who: MemberActor, card: Message) -> InteractionResult:
    return await who.click(card, label="Answer")


async def answer(
    club: Club,
    who: MemberActor,
    text: str,
    channel: ChannelHandle,
    number: int = 0,
    **typed: object,
) -> InteractionResult:
    """Answer one of the questions in the channel, by their order."""
    form = await open_answer(who, club.cards(channel)[number])
    return await fill_in(who, form, **({"Your answer": text} | typed))
