"""The wording of every post about internship experiences, as values."""

from collections.abc import Sequence

from bot.communities.subjects import ASK, EXPERIENCE
from bot.core.post import (
    Button,
    Job,
    LinkButton,
    Picture,
    Post,
    Style,
    Thread,
    Topic,
    member,
    moment,
)
from bot.core.text import (
    cut,
    harmless,
    link,
    one_line,
    safe_address,
    shown,
    web_address,
)
from bot.experiences.facts import KINDS
from bot.experiences.keys import CORRECT, READ
from bot.experiences.views import ExperienceView, FeedView

TITLE = 250
NAME = 80
EXCERPT = 500
FACT = 60
TAG = 40
TAGS_SHOWN = 5
THREAD_NAME = 100
WHOLE = 3400  # characters of an experience
DELETED = "Deleted by its author"
TAKEN_DOWN = "Taken down by an organiser"
ROWS_IN_A_DIGEST = 10
DIGEST = 3500  # characters of a digest's rows, which leaves room for its title


def told(text: str, limit: int) -> str:
    """Text from a blog as one line that neither formats, mentions nor invites."""
    return harmless(shown(text, limit))


def told_link(label: str, url: str | None, limit: int) -> str:
    """A link whose label and address are a blog's."""
    return harmless(link(label, safe_address(url), limit))


def experience_link(experience: ExperienceView, longest: int = TITLE) -> str:
    return told_link(experience.title or "Untitled", experience.link, longest)


def byline(experience: ExperienceView) -> str:
    """Author, blog and date, as far as they are known."""
    author = told(experience.author, NAME)
    if experience.member_ref is not None:
        author = member(experience.member_ref)
    blog = told(experience.blog, NAME)
    when = moment(experience.published_at, "D") if experience.published_at else ""
    return " · ".join(part for part in (author, "" if blog == author else blog, when) if part)


def facts_line(experience: ExperienceView) -> str:
    """What kind of internship it was, in bold, then the blog's own tags."""
    facts = [
        f"**{told(experience.facts[kind], FACT)}**" for kind in KINDS if kind in experience.facts
    ]
    known = {value.casefold() for value in experience.facts.values()}
    tags = [tag for tag in experience.tags if tag.casefold() not in known][:TAGS_SHOWN]
    return " · ".join([*facts, *(f"#{told(tag, TAG)}" for tag in tags)])


def experience_card(experience: ExperienceView, *, with_buttons: bool = True) -> Post:
    """An experience: whose, where, and how it begins."""
    picture = web_address(experience.image_url)
    return Post(
        title=experience_link(experience),
        text=byline(experience),
        details=tuple(
            part
            for part in (
                _beginning(experience, EXCERPT),
                facts_line(experience),
            )
            if part
        ),
        buttons=(*(_for_members(experience) if with_buttons else ()), *_elsewhere(experience)),
        picture=Picture(picture, one_line(experience.image_text)) if picture else None,
        job=Job.EXPERIENCES,
    )


def whole_experience(experience: ExperienceView) -> Post:
    """All of an experience that is nowhere else to be read."""
    return Post(
        title=experience_link(experience),
        text=byline(experience),
        details=(_beginning(experience, WHOLE),),
        job=Job.EXPERIENCES,
    )


def _beginning(experience: ExperienceView, limit: int) -> str:
    # Imported here: with its parser it costs a tenth of a second that a start has no use for.
    from bot.experiences.excerpts import excerpt

    return excerpt(experience.lead, title=experience.title, limit=limit)


def ask_thread(experience: ExperienceView) -> Thread:
    return Thread(cut(f"Ask about: {one_line(experience.title)}", THREAD_NAME))


def experience_topic(experience: ExperienceView) -> Topic:
    return Topic(
        name=cut(one_line(experience.title) or "Untitled", THREAD_NAME),
        post=experience_card(experience),
        tags=(*experience.facts.values(), *experience.tags),
    )


def in_digests(experiences: Sequence[ExperienceView]) -> list[list[ExperienceView]]:
    """As many experiences together as one digest can hold."""
    parts: list[list[ExperienceView]] = []
    room = 0
    for experience in experiences:
        size = len(_digest_row(experience))
        if not parts or len(parts[-1]) == ROWS_IN_A_DIGEST or size > room:
            parts.append([])
            room = DIGEST
        parts[-1].append(experience)
        room -= size
    return parts


def digest(feed: FeedView, experiences: Sequence[ExperienceView], *, part: str = "") -> Post:
    """A week's experiences of one feed, the oldest first."""
    return Post(
        title=f"This week: {told(feed.title, TITLE)}{part}",
        details=tuple(_digest_row(experience) for experience in experiences),
        job=Job.EXPERIENCES,
    )


def digest_topic(feed: FeedView, post: Post, *, part: str = "") -> Topic:
    return Topic(cut(f"This week: {one_line(feed.title)}", THREAD_NAME - len(part)) + part, post)


def _digest_row(experience: ExperienceView) -> str:
    lines = (experience_link(experience, 150), byline(experience), facts_line(experience))
    return "\n".join(line for line in lines if line)


def withdrawn_card(why: str = DELETED) -> Post:
    """In place of what its author has deleted, or an organiser has taken down."""
    return Post(title=why, job=Job.EXPERIENCES)


def _for_members(experience: ExperienceView) -> tuple[Button, ...]:
    """What members can do with an experience."""
    number = str(experience.id)
    ask = Button(ASK, f"{EXPERIENCE}.{number}", "Ask about this", Style.PRIMARY)
    correct = Button(CORRECT, number, "Correct")
    linked = _elsewhere(experience) and not experience.story
    if linked or len(experience.text) <= EXCERPT:
        return ask, correct
    return ask, correct, Button(READ, number, "Read it all")


def _elsewhere(experience: ExperienceView) -> tuple[LinkButton, ...]:
    """The page of an experience; what a member wrote stands here, and a page may tell more."""
    address = safe_address(experience.link)
    return (LinkButton(address, "More" if experience.story else "Read it all"),) if address else ()
