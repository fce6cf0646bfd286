"""How people ask and answer, in the tests of commands."""

from simcord.actors import MemberActor
from simcord.builders import ChannelHandle
from simcord.results import InteractionResult

from tests.people import Club, Message, fill_in, reply

QUESTION = "How do I find a lab in Berlin?"
UNNAMED = ["anonymous"]


def read(result: InteractionResult, channel: ChannelHandle) -> str:
    """What the person reads: Discord shows the names of the channel's threads."""
    text = reply(result)
    for thread in channel.threads:
        text = text.replace(f"<#{thread.id}>", str(thread.name))
    return text


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
