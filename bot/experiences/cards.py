"""The wording of every post about internship experiences, as values."""

from collections.abc import Sequence
from dataclasses import replace

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
    escape,
    harmless,
    link,
    one_line,
    plural,
    safe_address,
    shown,
    web_address,
)
from bot.experiences.facts import KINDS
from bot.experiences.keys import (
    ACCEPT_CORRECTION,
    APPROVE,
    CORRECT,
    CORRECT_FACT,
    DECLINE,
    DECLINE_CORRECTION,
    EDIT,
    PAUSE,
    READ,
    RETRY,
    REVERT,
)
from bot.experiences.model import CorrectionState
from bot.experiences.views import CorrectionView, ExperienceView, FeedView

TITLE = 250
FEED_TITLE = 150
NAME = 80
EXCERPT = 500
FACT = 60
TAG = 40
TAGS_SHOWN = 5
THREAD_NAME = 100
WHOLE = 3400  # characters of an experience
ANONYMOUS = "From a member, anonymously"
SUBMITTED = "A member submitted this. Post it?"
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


def feed_link(feed: FeedView) -> str:
    return told_link(feed.title, feed.url, FEED_TITLE)


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


def review_card(
    experience: ExperienceView, community_ref: str, *, outcome: str = "", by: str = ""
) -> Post:
    """What a member has handed in, for the organisers; or what they have decided."""
    card = experience_card(experience, with_buttons=False)
    argument = f"{community_ref}.{experience.id}"
    if experience.version > 1:  # what is approved is what was looked at
        argument = f"{argument}.{experience.version}"
    what = "Its author edited it. Post this version?" if experience.edits else SUBMITTED
    buttons = (
        Button(APPROVE, argument, "Approve", Style.SUCCESS),
        Button(EDIT, argument, "Edit"),
        Button(DECLINE, argument, "Decline", Style.DANGER),
    )
    return replace(
        card,
        text=byline(experience) if experience.member_ref else f"{ANONYMOUS} · {byline(experience)}",
        footnote=(f"{outcome} by {member(by)}" if by else outcome) or what,
        buttons=card.buttons if outcome else (*buttons, *card.buttons),
    )


def facts_to_correct(experience: ExperienceView) -> Post:
    """Which fact to correct, each with what is shown now."""
    return Post(
        title="What should be corrected?",
        text=experience_link(experience),
        buttons=tuple(
            Button(CORRECT_FACT, f"{experience.id}.{kind}", cut(named_fact(kind, experience), 80))
            for kind in KINDS
        ),
        job=Job.EXPERIENCES,
    )


def named_fact(kind: str, experience: ExperienceView) -> str:
    value = experience.facts.get(kind)
    return f"{kind.capitalize()}: {one_line(value)}" if value else kind.capitalize()


def correction_card(
    experience: ExperienceView, correction: CorrectionView, community_ref: str
) -> Post:
    """What somebody has corrected, or would like to: for organisers, and for a named author."""
    what, argument = correction.kind.capitalize(), f"{community_ref}.{correction.id}"
    before = f"Before: **{told(correction.shown, FACT)}**." if correction.shown else "New."
    by = f"{before} By {member(correction.by_ref)}."
    title = f"{what}: {told(correction.value, FACT) or 'removed'}"
    decided_by = member(correction.decided_by_ref) if correction.decided_by_ref else ""
    buttons: tuple[Button, ...] = ()
    match correction.state:
        case CorrectionState.WAITING:
            footnote = "Waiting for the author or an organiser to decide."
            buttons = (
                Button(ACCEPT_CORRECTION, argument, "Accept", Style.SUCCESS),
                Button(DECLINE_CORRECTION, argument, "Decline"),
            )
        case CorrectionState.APPLIED:
            footnote = f"Corrected. Accepted by {decided_by}." if decided_by else "Corrected."
            buttons = (Button(REVERT, argument, "Revert"),)
        case CorrectionState.DECLINED:
            footnote = f"Declined by {decided_by}"
        case CorrectionState.REVERTED:
            footnote = f"Reverted by {decided_by}"
    return Post(
        title=title,
        text=f"{experience_link(experience)}. {by}",
        footnote=footnote,
        buttons=buttons,
        job=Job.EXPERIENCES,
    )


def withdrawn_card(why: str = DELETED) -> Post:
    """In place of what its author has deleted, or an organiser has taken down."""
    return Post(title=why, job=Job.EXPERIENCES)


def reopened(experience: ExperienceView) -> Post:
    return Post(
        title="Your edit is waiting again"
        if experience.edits
        else "Your experience is waiting again",
        text=f"The organisers are looking at {experience_link(experience)} again.",
        job=Job.EXPERIENCES,
    )


def declined(experience: ExperienceView) -> Post:
    link = experience_link(experience)
    if experience.edits:
        title, what = (
            "Your edit was not posted",
            f"your edit of {link}; the old version stays posted",
        )
    else:
        title, what = "Your experience was not posted", link
    return Post(
        title=title,
        text=f"The organisers decided not to post {what}. You can ask them why, and submit "
        "it again. This is what you wrote:",
        details=(harmless(escape(experience.story)),),
        job=Job.EXPERIENCES,
    )


def feed_failing(feed: FeedView, reason: str, community_ref: str, *, paused: bool) -> Post:
    """For the organisers. What is in the feed when it is back is still posted."""
    since = f" I've been trying since {moment(feed.failing_since)}." if feed.failing_since else ""
    goes_on = (
        "I've stopped checking it."
        if paused
        else "I'll keep trying; once it's back, I'll post what's still in it."
    )
    return Post(
        title=f"I can't read {feed_link(feed)}",
        text=f"{reason}{since} {goes_on}",
        buttons=(
            Button(RETRY, f"{community_ref}.{feed.id}", "Retry", Style.PRIMARY),
            Button(PAUSE, f"{community_ref}.{feed.id}", "Pause"),
        ),
        job=Job.NOTICE,
    )


def feed_stopped(feed: FeedView) -> Post:
    """For the organisers: the same experiences would be posted again and again."""
    return Post(
        title=f"I've stopped posting from {feed_link(feed)}",
        text=f"{feed.last_error} I post nothing more from it. `/feed why` shows its entries; "
        "once the site is fixed, `/feed resume` tries again.",
        job=Job.NOTICE,
    )


def feed_recovered(feed: FeedView, waiting: int) -> Post:
    news = f" {plural(waiting, 'new experience')} will be posted." if waiting else ""
    return Post(
        title=f"{feed_link(feed)} can be read again",
        text=f"It had been failing since {moment(feed.failing_since)}.{news}"
        if feed.failing_since
        else news,
        job=Job.NOTICE,
    )


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
