"""What commands and buttons about feeds answer."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import accumulate

from bot.core.paging import page_of
from bot.core.post import Button, Job, Post, channel, moment
from bot.core.reply import File, Reply, say
from bot.core.text import escape, one_line, plural, shown
from bot.experiences.cards import experience_card, told_link
from bot.experiences.feeds.cards import feed_link
from bot.experiences.feeds.decisions import Decision
from bot.experiences.feeds.inspection import Look
from bot.experiences.feeds.lists import Imported
from bot.experiences.feeds.records import MOST_FEEDS
from bot.experiences.feeds.rules import Verdict
from bot.experiences.feeds.service import Added
from bot.experiences.keys import FEEDS_PAGE, UNDO_PAUSE, UNDO_REMOVE, UNDO_RESUME, WHY_PAGE
from bot.experiences.model import Delivery, FeedState
from bot.experiences.sources.fetching import Failed, FetchResult, Read
from bot.experiences.views import ExperienceView, FeedView

TITLE = 150
WORDS = 3  # of a filter's
LISTED = 1400  # characters of the feeds that a list had
LONGEST_TURNED = 80  # characters of an address in a button

CHANNEL_GONE = "**I can't see that channel.** Choose another one with `/feed edit`."
EMPTY = "That feed has no entries."
_PAUSED = "It's paused; `/feed resume` resumes it."
_VERDICTS = {
    None: "**Known**",
    Verdict.POST: "**Post**",
    Verdict.EARLIER: "**Archive**",
    Verdict.OLD: "**Archive**",
    Verdict.FILTERED: "**Left out**",
    Verdict.DUPLICATE: "**Same experience**",
}


def added(added: Added, obstacle: str) -> Reply:
    """What following a feed has led to; `obstacle` keeps its experiences from being posted."""
    sentences = _known(added) if added.known else _new(added)
    return say(" ".join(filter(None, (*sentences, obstacle))))


def _known(added: Added) -> tuple[str, ...]:
    feed = added.feed
    already = f"I already follow {feed_link(feed)}."
    changed = f"Your changes are saved; its experiences go to {channel(feed.channel_ref)}."
    paused = _PAUSED if feed.state is FeedState.PAUSED else ""
    return already, changed if added.changed else "Nothing has changed.", paused


def _new(added: Added) -> tuple[str, ...]:
    feed = added.feed
    what = "New experiences go" if feed.delivery is Delivery.AT_ONCE else "A weekly digest goes"
    return (
        f"Now following {feed_link(feed)}.",
        f"{what} to {channel(feed.channel_ref)}.",
        f"I'm posting {plural(added.posted, 'experience') if added.posted else 'nothing'} now.",
        _later(added),
        f"{plural(added.kept, 'earlier one')} can be searched." if added.kept else "",
        *added.notes,
    )


def _later(added: Added) -> str:
    if not added.waiting:
        return ""
    if added.posted:
        return f"{plural(added.waiting, 'more experience')} will follow."
    return f"{plural(added.waiting, 'experience')} will follow."


def edited(feed: FeedView, obstacle: str) -> Reply:
    """How a feed is followed from now on."""
    return say("\n".join(filter(None, ("Changed:", feed_row(feed), obstacle))))


def cant_post(channel_ref: str, permissions: str) -> str:
    return f"**I can't post in {channel(channel_ref)} yet.** Please give me {permissions}."


def checked(feed: FeedView, result: FetchResult) -> Reply:
    """What checking a feed has found."""
    if isinstance(result, Failed):
        return say(f"I can't read {feed_link(feed)}: {result.reason}")
    next_time = f"Next check {moment(feed.next_poll_at, 'R')}." if feed.next_poll_at else _PAUSED
    if not isinstance(result, Read):
        return say(f"Nothing new in {feed_link(feed)}. {next_time}")
    if feed.state is FeedState.PAUSED and feed.last_error:
        return say(f"Checked {feed_link(feed)}, posted nothing. {feed.last_error} {next_time}")
    weekly = feed.delivery is Delivery.WEEKLY
    news = "What's new comes with the next digest." if weekly else "What's new gets posted."
    return say(f"Checked {feed_link(feed)}. {news} {next_time}")


def paused(feed: FeedView, *, undo_in: str = "") -> Reply:
    """`undo_in` is the community in which it can be undone."""
    sentence = f"Paused: {feed_link(feed)}. `/feed resume` resumes it."
    return say(sentence, *_undo(UNDO_PAUSE, feed, undo_in))


def resumed(feed: FeedView, *, undo_in: str = "") -> Reply:
    """`undo_in` is the community in which it can be undone."""
    sentence = f"Resumed: {feed_link(feed)}. I'm checking it now."
    return say(sentence, *_undo(UNDO_RESUME, feed, undo_in))


def _undo(action: str, feed: FeedView, community_ref: str) -> tuple[Button, ...]:
    return (Button(action, f"{community_ref}.{feed.id}", "Undo"),) if community_ref else ()


def removed(feed: FeedView) -> Reply:
    undo = Button(UNDO_REMOVE, str(feed.id), "Undo")
    return say(f"Unfollowed: {feed_link(feed)}. Its experiences stay in the archive.", undo)


def restored(feed: FeedView) -> Reply:
    return say(f"Following {feed_link(feed)} again, as before.")


def exported(listed: bytes) -> Reply:
    return say("Your feeds, for any feed reader:", file=File("feeds.opml", listed.decode()))


def feeds_page(feeds: Sequence[FeedView], number: int) -> Post:
    rows = [feed_row(feed) for feed in feeds]
    empty = "No feeds yet. `/feed add` follows a blog."
    return page_of("Feeds", rows, number, FEEDS_PAGE, empty=empty, job=Job.EXPERIENCES)


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
        paused = f" {_PAUSED}" if feed.state is FeedState.PAUSED else ""
        return f"Failing since {since}: {feed.last_error}{paused}"
    if feed.state is FeedState.PAUSED:
        return f"{feed.last_error} {_PAUSED}" if feed.last_error else _PAUSED
    if feed.read_at is None:
        return "Not checked yet"
    newest = f", last news {moment(feed.newest_at, 'R')}" if feed.newest_at else ""
    return f"Checked {moment(feed.read_at, 'R')}{newest}"


def preview_card(look: Look) -> Post:
    """How the newest experience of a feed would look."""
    if not look.decisions:
        return Post(title=look_title(look), text=EMPTY, job=Job.EXPERIENCES)
    first = next((d for d in look.decisions if d.verdict is Verdict.POST), look.decisions[0])
    count = plural(len(look.decisions), "entry", "entries")
    card = experience_card(ExperienceView.of_entry(first.entry, look.title), with_buttons=False)
    footnote = f"{count} in this feed. {escape(first.reason)} /feed why explains each."
    return replace(card, footnote=footnote)


def why_page(look: Look, url: str, number: int) -> Post:
    """A page of a feed's entries, with what becomes of each."""
    rows = [f"**Note:** {note}" for note in look.notes]
    rows += [why_row(decision) for decision in look.decisions]
    address = one_line(url)
    page = page_of(
        look_title(look),
        rows,
        number,
        WHY_PAGE,
        empty=EMPTY,
        argument=address,
        job=Job.EXPERIENCES,
    )
    if len(address) <= LONGEST_TURNED or not page.buttons:
        return page
    first = f"The first {len(page.details)} of {len(rows):,}; the address is too long for pages."
    return replace(page, buttons=(), footnote=first)


def look_title(look: Look) -> str:
    return told_link(look.title, look.url, TITLE)


def why_row(decision: Decision) -> str:
    entry = decision.entry
    when = f" · {moment(entry.published_at, 'D')}" if entry.published_at else " · no date"
    title = told_link(entry.title or "Untitled", entry.link, TITLE)
    return f"{_VERDICTS[decision.verdict]} {title}{when}\n-# {escape(decision.reason)}"


def imported_card(imported: Imported) -> Post:
    """Which feeds of a list are followed now, and which are not."""
    new = plural(len(imported.added), "new feed") if imported.added else "no new feeds"
    refused = _listed(escape(name) for name in imported.left_out)
    return Post(
        title=f"Now following {new}" if imported.added else "No new feeds",
        text=_listed(feed_link(feed) for feed in imported.added),
        details=(f"**I can't follow these addresses:**\n{refused}",) if refused else (),
        footnote=" ".join(_left_out(imported)),
        job=Job.EXPERIENCES,
    )


def _left_out(imported: Imported) -> Iterable[str]:
    if imported.known:
        yield f"I already followed {imported.known} of them."
    if imported.too_many:
        yield f"{plural(imported.too_many, 'feed')} left out: I follow at most {MOST_FEEDS}."


def _listed(names: Iterable[str]) -> str:
    """A line each, as far as a card has room."""
    lines = [f"- {name}" for name in names]
    sizes = accumulate(len(line) + 1 for line in lines)
    fitting = sum(size <= LISTED for size in sizes)
    if fitting < len(lines):
        lines[fitting:] = [f"- and {plural(len(lines) - fitting, 'other')}"]
    return "\n".join(lines)
