"""The other members, who come along: an announcement that nobody answers looks sad."""

from bot.demo.reading import custom_ids
from bot.demo.world import World
from bot.papers.keys import RSVP

_ANSWERS = ("going", "going", "maybe")  # of the others, in their order


class People:
    """Lets the others answer each new announcement once, by pressing its buttons."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._answered: set[int] = set()

    async def respond(self) -> None:
        for message in self._world.channel.history(viewer=self._world.organiser):
            buttons = {
                custom_id.rpartition(".")[2]: custom_id
                for custom_id in custom_ids(message)
                if custom_id.startswith(f"pc:{RSVP}:")
            }
            if not buttons or message.id in self._answered:
                continue
            self._answered.add(message.id)
            for person, answer in zip(self._world.others, _ANSWERS, strict=True):
                await person.click(message, custom_id=buttons[answer])
