"""Asks the catalogue first, then the real sources, who may be out of reach."""

import asyncio
import time
from collections.abc import Sequence
from contextvars import Context

from bot.demo.catalogue import CATALOGUE
from bot.papers.library import PaperResolver
from bot.papers.references.identifiers import Kind, Reference
from bot.papers.rules import normalised_title
from bot.papers.sources.record import Answer, NotFound, PaperRecord, Unavailable

PATIENCE = 8.0  # seconds; the page waits as long
_DISCOURAGED = 60.0  # seconds in which a network that hung is not tried again
# Time is skipped here, so that "I'll look it up later" would promise what never comes.
_UNKNOWN = (
    "This demo can't look that paper up: it knows some famous papers, and can't reach the others. "
    "Try https://arxiv.org/abs/1810.04805, or type the title in."
)


class DemoResolver:
    """A `PaperResolver` that answers soon, whether there is a network or not."""

    def __init__(self, real: PaperResolver | None = None, *, patience: float = PATIENCE) -> None:
        self._real = real
        self._patience = patience
        self._try_again_at = 0.0
        self._by_id = {ref: paper for paper in CATALOGUE for ref in paper.references}
        self._by_title = {normalised_title(paper.title): paper for paper in CATALOGUE}

    async def resolve(self, references: Sequence[Reference]) -> Answer:
        for reference in references:
            found = self._well_known(reference)
            if found is not None:
                return found
        answer = await self._ask(references)
        return NotFound(_UNKNOWN) if isinstance(answer, Unavailable) else answer

    def _well_known(self, reference: Reference) -> PaperRecord | None:
        if reference.kind is Kind.TITLE:
            return self._by_title.get(normalised_title(reference.value))
        return self._by_id.get(reference)

    async def _ask(self, references: Sequence[Reference]) -> Answer:
        real, away = self._real, Unavailable("The network is away.")
        if real is None or time.time() < self._try_again_at:
            return away

        async def ask() -> Answer:
            try:
                return await asyncio.wait_for(real.resolve(references), self._patience)
            except TimeoutError:
                self._try_again_at = time.time() + _DISCOURAGED
                return away

        # In a context of its own: inside the bot's, the simulation would count the network's
        # timers as the bot's, and wait for whatever hangs there.
        return await Context().run(asyncio.get_running_loop().create_task, ask())
