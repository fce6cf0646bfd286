"""A web in memory, with blogs that change and fail."""

from dataclasses import dataclass, field

from bot.core.errors import UserError
from bot.core.time.clock import Clock
from bot.experiences.sources.documents import NotAFeed
from bot.experiences.sources.fetching import Asked, Failed, FetchResult, Found, Read, Unchanged
from bot.experiences.sources.reading import read


@dataclass
class Web:
    """What is at which address: a document, or the failure that asking meets."""

    clock: Clock
    pages: dict[str, bytes | Failed] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    async def ask(self, asked: Asked) -> FetchResult:
        self.asked.append(asked)
        page = self.pages.get(asked.url, Failed("There is nothing at that address.", 404))
        if isinstance(page, Failed):
            return page
        name = str(hash(page))
        if asked.body_hash == name:
            return Unchanged()
        try:
            document = read(page, url=asked.url, charset=None, now=self.clock.now())
        except NotAFeed as error:
            return Failed(str(error))
        return Read(document, None, None, name)

    async def find(self, address: str) -> Found:
        answer = await self.ask(Asked(address))
        if isinstance(answer, Read):
            return Found(address, answer)
        raise UserError("I found no feed there.")
