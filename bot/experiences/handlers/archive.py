"""Read, find and ask about experiences."""

from collections.abc import Mapping, Sequence

from bot.communities.calls import Call, FormHandler, Handler
from bot.communities.service import Actor
from bot.communities.subjects import EXPERIENCE
from bot.core.errors import UserError
from bot.core.ids import GONE, Target, chosen
from bot.core.paging import target_of
from bot.core.reply import Reply, instead, show
from bot.core.text import one_line
from bot.experiences import keys, replies
from bot.experiences.archive import LONGEST_FACT, LONGEST_SEARCH, MOST_LABELS, Archive, Wanted
from bot.experiences.cards import whole_experience
from bot.experiences.labels import label_of, labels_in

Filters = Mapping[str, str | None]  # values by the kind of fact, or by "tag"


class ArchiveHandlers:
    """`open_question` opens the form for a question about the thing with this `Subject.ref`."""

    def __init__(self, archive: Archive, open_question: Handler) -> None:
        self._archive = archive
        self._open_question = open_question
        self.actions: Mapping[str, Handler] = {
            keys.TURN: self._turn,
            keys.READ: self._read,
            keys.ASK_ONCE: self.ask,
        }
        self.forms: Mapping[str, FormHandler] = {}

    async def latest(self, call: Call, filters: Filters) -> Reply:
        """Experiences, the latest first."""
        return await self._page(call, Wanted("", _labels(filters)), 0)

    async def search(self, call: Call, text: str, filters: Filters) -> Reply:
        """Experiences by what they say; all words must occur."""
        text = one_line(text)[:LONGEST_SEARCH]  # it may have grown
        return await self._page(call, Wanted(text, _labels(filters)), 0)

    async def ask(self, call: Call, experience: str) -> Reply:
        """Ask about an experience."""
        return await self._open_question(call, str(Target(EXPERIENCE, chosen(experience))))

    async def experiences_like(self, actor: Actor, typed: str) -> Sequence[tuple[str, str]]:
        """Experiences whose text has what is typed, as titles and ids."""
        return replies.choices(await self._archive.like(actor, typed))

    async def values_like(self, kind: str, actor: Actor, typed: str) -> Sequence[tuple[str, str]]:
        """The values that experiences have for a kind of fact, or as tags."""
        found = await self._archive.values(actor, kind, typed)
        return [(value, value) for value in found if len(value) <= LONGEST_FACT]

    async def _page(self, call: Call, wanted: Wanted, number: int) -> Reply:
        page = await self._archive.page(call.actor, wanted, number)
        return show(replies.page_card(page, wanted))

    async def _turn(self, call: Call, target: str) -> Reply:
        number, rest = target_of(target)
        joined, _, text = rest.partition(".")
        labels = labels_in(joined)
        if labels is None:
            raise UserError(GONE)
        return instead(await self._page(call, Wanted(text, labels), number))

    async def _read(self, call: Call, number: str) -> Reply:
        return show(whole_experience(await self._archive.show(call.actor, chosen(number))))


def _labels(filters: Filters) -> tuple[str, ...]:
    given = tuple(label_of(kind, value) for kind, value in filters.items() if value)
    if len(given) > MOST_LABELS:
        raise UserError(f"Please use at most {MOST_LABELS} filters at once.")
    return given
