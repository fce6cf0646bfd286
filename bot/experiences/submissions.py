"""Members submit experiences, which wait for the organisers."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.communities.authors import Author
from bot.communities.blocks import is_blocked
from bot.communities.pseudonyms import Pseudonyms
from bot.communities.service import Actor, Communities
from bot.core.database import Database
from bot.core.errors import UserError
from bot.core.requests import once
from bot.core.text import has_words, one_line, plain, web_address
from bot.core.time.clock import Clock
from bot.experiences.identity.keys import Keys, keys_of
from bot.experiences.keys import review_name
from bot.experiences.model import Experience, ExperienceState, Origin
from bot.experiences.review_cards import review_card
from bot.experiences.sources.content import clean
from bot.experiences.views import ExperienceView

LONGEST_TITLE = 200
LONGEST_STORY = 3000  # with what its markup takes it has to fit into a card
LONGEST_LINK = 500
SHORTEST_STORY = 100
MOST_WAITING = 5  # of one member's


class Submissions:
    """What members submit."""

    def __init__(
        self,
        database: Database,
        communities: Communities,
        pseudonyms: Pseudonyms,
        clock: Clock,
    ) -> None:
        self._database = database
        self._communities = communities
        self._pseudonyms = pseudonyms
        self._clock = clock

    async def submit(
        self, actor: Actor, *, title: str, story: str, link: str, anonymous: bool
    ) -> ExperienceView:
        """Submit an experience; the organisers look at it first.

        `story` may have Markdown. Nobody in the chat learns who wrote one that is `anonymous`. A
        blocked author isn't told: what they submit seems to wait.
        """
        contents = contents_of(title, story, link)
        now = self._clock.now()
        async with self._database.transaction() as session:
            await once(session, actor.request, "submissions.submit", now)
            community = await self._communities.require(session, actor)
            author = Author.of(actor, community.id, self._pseudonyms, anonymous=anonymous)
            await _require_room(session, community.id, author)
            blocked = await is_blocked(session, community.id, author.pseudonym)
            experience = Experience(
                **contents,
                community_id=community.id,
                feed_id=None,
                origin=Origin.MEMBER,
                state=ExperienceState.WITHHELD if blocked else ExperienceState.SUBMITTED,
                author="",
                blog="",
                image_url=None,
                image_text="",
                published_at=now,
                dated_at=now,
                tags=[],
                facts={},
                corrections={},
                member_ref=author.member_ref,
                pseudonym=author.pseudonym,
                anonymous=anonymous,
                searchable=False,
                review=1,
                version=1,
            )
            session.add(experience)
            await session.flush()
            shown = ExperienceView.of(experience)
            if not blocked:
                card = review_card(shown, actor.community_ref)
                name = review_name(experience.id, experience.review)
                await self._communities.notices.post(session, community.id, name, card)
            return shown


def contents_of(title: str, story: str, link: str) -> dict[str, Any]:
    """What people write, as the columns of an experience. Raises UserError."""
    title, story, link = one_line(title), plain(story).strip(), link.strip()
    if not has_words(title):
        raise UserError("The title is missing. Say where you were, such as “A summer at CERN”.")
    if len(title) > LONGEST_TITLE:
        raise UserError(f"Please keep the title to {LONGEST_TITLE} characters.")
    if not SHORTEST_STORY <= len(story) <= LONGEST_STORY:
        raise UserError(
            f"Please write {SHORTEST_STORY:,} to {LONGEST_STORY:,} characters; you wrote "
            f"{len(story):,}."
        )
    if link and web_address(link) is None:
        raise UserError("I can't show that link. Please give one that begins with `https://`.")
    # Imported here: the parser takes a moment to load, and few experiences come by the form.
    from markdown_it import MarkdownIt

    content = clean(MarkdownIt().render(story), base_url=None, title=title)
    keys: Keys = keys_of([(None, link or None, title)], ())[0]
    return {
        "title": title,
        "link": link or None,
        "address_key": keys.address,
        "title_key": keys.title,
        "slug_key": keys.slug,
        "lead": content.lead,
        "text": content.text,
        "story": story,
    }


async def _require_room(session: AsyncSession, community_id: int, author: Author) -> None:
    waiting = await session.execute(
        select(func.count())
        .select_from(Experience)
        .where(
            Experience.community_id == community_id,
            author.wrote(Experience),
            Experience.state.in_((ExperienceState.SUBMITTED, ExperienceState.WITHHELD)),
        )
    )
    if waiting.scalar_one() >= MOST_WAITING:
        raise UserError(
            f"{MOST_WAITING} of your experiences are already waiting for the organisers. Please "
            "let them decide first."
        )
