"""Cards about feeds, for organisers."""

from bot.core.post import Button, Job, Post, Style, moment
from bot.core.text import plural
from bot.experiences.cards import told_link
from bot.experiences.keys import PAUSE, RETRY
from bot.experiences.views import FeedView

FEED_TITLE = 150


def feed_link(feed: FeedView) -> str:
    return told_link(feed.title, feed.url, FEED_TITLE)


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
