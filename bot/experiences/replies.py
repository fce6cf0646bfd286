"""What commands about feeds and accounts answer, in words."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import accumulate

from bot.communities.authors import WHAT_THE_HOST_KNOWS
from bot.core.post import Button, Job, Post, channel, moment
from bot.core.text import escape, plural, shown
from bot.experiences.archive import LONGEST_FACT, Page, Wanted
from bot.experiences.cards import experience_card, experience_link, feed_link, told, told_link
from bot.experiences.corrections import Corrected
from bot.experiences.decisions import Decision
from bot.experiences.feeds import Added, Imported, Look
from bot.experiences.model import CorrectionState, Delivery, ExperienceState, FeedState
from bot.experiences.rules import Verdict
from bot.experiences.sources.fetching import Answer, Failed, Read
from bot.experiences.views import ExperienceView, FeedView

TITLE = 150
WORDS = 3  # of a filter's
LISTED = 1400  # characters of the feeds that a list had
TURN = "experience_page"

_PAUSED = "It is paused; `/feed resume` goes on"
_VERDICTS = {
    None: "**Known**",
    Verdict.POST: "**Post**",
    Verdict.EARLIER: "**Archive**",
    Verdict.OLD: "**Archive**",
    Verdict.FILTERED: "**Left out**",
    Verdict.DUPLICATE: "**Same experience**",
}


def added_sentence(added: Added) -> str:
    """What following a feed has led to."""
    feed = added.feed
    where = channel(feed.channel_ref)
    if added.known:
        how = f"; from now on as you said, in {where}" if added.changed else ", and nothing changed"
        paused = f" {_PAUSED}." if feed.state is FeedState.PAUSED else ""
        return f"I follow {feed_link(feed)} already{how}.{paused}"
    how = (
        "New experiences go to"
        if feed.delivery is Delivery.AT_ONCE
        else "A digest goes each Monday to"
    )
    now = (
        f"I post {plural(added.posted, 'experience')} now" if added.posted else "I post nothing now"
    )
    more = " more" if added.posted else ""
    later = f"; {plural(added.waiting, 'experience')}{more} will follow" if added.waiting else ""
    kept = f"; {plural(added.kept, 'earlier one')} can be searched" if added.kept else ""
    notes = "".join(f" {note}" for note in added.notes)
    return f"I follow {feed_link(feed)}. {how} {where}. {now}{later}{kept}.{notes}"


def wanted_sentence(feed: FeedView) -> str:
    """How a feed is followed from now on."""
    return f"From now on:\n{feed_row(feed)}"


def checked_sentence(feed: FeedView, answer: Answer) -> str:
    if isinstance(answer, Failed):
        return f"I can't read {feed_link(feed)}: {answer.reason}"
    if feed.next_poll_at is None:
        next_time = f"{_PAUSED}."
    else:
        next_time = f"I ask again {moment(feed.next_poll_at, 'R')}."
    if isinstance(answer, Read) and feed.state is FeedState.PAUSED and feed.last_error:
        return f"I've read {feed_link(feed)}, and post nothing of it. {feed.last_error} {next_time}"
    if isinstance(answer, Read):
        news = "comes with the next digest" if feed.delivery is Delivery.WEEKLY else "is posted"
        return f"I've read {feed_link(feed)}. What is new {news}. {next_time}"
    return f"There is nothing new in {feed_link(feed)}. {next_time}"


def paused_sentence(feed: FeedView) -> str:
    return f"{feed_link(feed)} is paused. `/feed resume` goes on with it."


def resumed_sentence(feed: FeedView) -> str:
    return f"I'm asking {feed_link(feed)} again."


def feed_row(feed: FeedView) -> str:
    """A feed, where it goes and how it fares."""
    wanted = _some("#{}", feed.categories) + _some("“{}”", feed.keywords)
    first = [feed_link(feed), channel(feed.channel_ref), *wanted]
    first += _some("not “{}”", feed.excluded)
    if feed.delivery is Delivery.WEEKLY:
        first.append("weekly digest")
    return "\n".join((" · ".join(first), f"-# {_state_of(feed)}"))


def _some(pattern: str, words: Sequence[str]) -> list[str]:
    """The first of a filter's words, and how many more there are."""
    first = [pattern.format(shown(word, 40)) for word in words[:WORDS]]
    return [*first, f"{len(words) - WORDS} more"] if len(words) > WORDS else first


def _state_of(feed: FeedView) -> str:
    if feed.failing_since is not None:
        since = moment(feed.failing_since, "R")
        paused = f" {_PAUSED}." if feed.state is FeedState.PAUSED else ""
        return f"Can't be read since {since}: {feed.last_error}{paused}"
    if feed.state is FeedState.PAUSED:
        return f"{feed.last_error} {_PAUSED}." if feed.last_error else f"{_PAUSED}."
    if feed.read_at is None:
        return "Not read yet."
    newest = f"; something new {moment(feed.newest_at, 'R')}" if feed.newest_at else ""
    return f"Read {moment(feed.read_at, 'R')}{newest}"


def look_title(look: Look) -> str:
    return told_link(look.title, look.url, TITLE)


def look_card(look: Look) -> Post:
    """How the newest account of a feed would look."""
    if not look.decisions:
        return Post(
            title=look_title(look), text="There is nothing in that feed.", job=Job.EXPERIENCES
        )
    first = next((d for d in look.decisions if d.verdict is Verdict.POST), look.decisions[0])
    count = plural(len(look.decisions), "entry", "entries")
    card = experience_card(ExperienceView.of_entry(first.entry, look.title), with_buttons=False)
    footnote = f"{count} in this feed. {escape(first.reason)} /feed why tells about each."
    return replace(card, footnote=footnote)


def why_row(decision: Decision) -> str:
    entry = decision.entry
    when = f" · {moment(entry.published_at, 'D')}" if entry.published_at else " · no date"
    title = told_link(entry.title or "Untitled", entry.link, TITLE)
    return f"{_VERDICTS[decision.verdict]} {title}{when}\n-# {escape(decision.reason)}"


def imported_card(imported: Imported) -> Post:
    left_out = []
    if imported.known:
        left_out.append(f"{plural(imported.known, 'feed')} I followed already.")
    if imported.too_many:
        left_out.append(f"{plural(imported.too_many, 'feed')} left out: there are too many.")
    refused = _listed(escape(name) for name in imported.left_out)
    return Post(
        title=f"I follow {plural(len(imported.added), 'new feed')}",
        text=_listed(feed_link(feed) for feed in imported.added),
        details=(f"**I can't follow these addresses:**\n{refused}",) if refused else (),
        footnote=" ".join(left_out),
        job=Job.EXPERIENCES,
    )


def _listed(names: Iterable[str]) -> str:
    """A line each, as far as a card has room."""
    lines = [f"- {name}" for name in names]
    sizes = accumulate(len(line) + 1 for line in lines)
    fitting = sum(size <= LISTED for size in sizes)
    if fitting < len(lines):
        lines[fitting:] = [f"- and {plural(len(lines) - fitting, 'other')}"]
    return "\n".join(lines)


def page_card(page: Page, wanted: Wanted) -> Post:
    """One of the accounts that were found, with ways to the others."""
    if page.experience is None:
        return Post(title="No experiences", text=_nothing(wanted), job=Job.EXPERIENCES)
    argument = ".".join(("".join(wanted.labels), wanted.text))
    turns = [("Previous", page.number - 1)] if page.number else []
    turns += [("Next", page.number + 1)] if page.number < page.count - 1 else []
    card = experience_card(page.experience)
    buttons = tuple(Button(TURN, f"{number}.{argument}", name) for name, number in turns)
    return replace(
        card, footnote=f"{page.number + 1} of {page.count}", buttons=(*buttons, *card.buttons)
    )


def _nothing(wanted: Wanted) -> str:
    if wanted.text or wanted.labels:
        return "Nothing here has all of that. Try fewer words."
    return (
        "There are no experiences yet. An organiser follows blogs with `/feed add`; you can write "
        "your own with `/experience submit`."
    )


def corrected_sentence(corrected: Corrected) -> str:
    correction = corrected.correction
    kind = correction.kind.capitalize()
    if correction.state is CorrectionState.WAITING:
        return (
            f"Thanks. {experience_link(corrected.experience)} was handed in by a member: they or "
            "an organiser look at your correction first."
        )
    if not correction.value:
        return f"Thanks, corrected: {kind} is removed."
    return f'Thanks, corrected: {kind} is now "{told(correction.value, LONGEST_FACT)}".'


def reverted_sentence(corrected: Corrected) -> str:
    kind, now = corrected.correction.kind, corrected.experience.facts
    value = told(now[kind], LONGEST_FACT) if kind in now else ""
    shown = f'{kind.capitalize()} is "{value}" again' if value else f"{kind.capitalize()} is empty"
    return f"Undone: {shown}."


def edited_sentence(experience: ExperienceView) -> str:
    if experience.state is ExperienceState.POSTED:
        return "Thanks. The organisers look at your edit; until then the old version stays posted."
    return "Edited. It still waits for the organisers."


def taken_down_sentence(experience: ExperienceView) -> str:
    return f"{experience_link(experience)} is taken down. `/moderate show` shows it again."


def submitted_sentence(experience: ExperienceView, *, anonymous: bool) -> str:
    thanks = f"Thanks. The organisers look at {experience_link(experience)} before it is posted."
    if not anonymous:
        return thanks
    return f"{thanks} Members and organisers won't see who wrote it; {WHAT_THE_HOST_KNOWS}"
