"""What members are asked about papers."""

from bot.communities.keys import SET_UP
from bot.core.form import ChannelField, ChoiceField, Form, TextField
from bot.core.text import cut
from bot.core.time.parsing import WEEKDAYS
from bot.papers.keys import NOMINATE
from bot.papers.typed import (
    LONGEST_LINK,
    LONGEST_REASON,
    LONGEST_TITLE,
)

LONGEST_AUTHORS = 500


def nomination_form(title: str, link: str, why: str, authors: str = "") -> Form:
    """For a paper that no source knows, filled in as far as its fields have room."""
    return Form(
        NOMINATE,
        "Nominate a paper",
        (
            TextField(
                "title",
                "Title",
                "as it stands on the paper",
                cut(title, LONGEST_TITLE),
                LONGEST_TITLE,
            ),
            TextField(
                "authors",
                "Authors",
                "Ada Lovelace, Alan Turing",
                cut(authors, LONGEST_AUTHORS),
                LONGEST_AUTHORS,
                required=False,
            ),
            TextField(
                "link",
                "Link",
                "https://…",
                link if len(link) <= LONGEST_LINK else "",
                LONGEST_LINK,
                required=False,
            ),
            TextField("why", "Why this paper?", "", why, LONGEST_REASON, required=False),
        ),
    )


def set_up_form() -> Form:
    """Everything that a new group needs to begin."""
    days = tuple((str(number), name) for number, name in enumerate(WEEKDAYS))
    return Form(
        SET_UP,
        "Set up Paperclub",
        (
            TextField("zone", "Time zone", "Your city, such as Seoul or New York"),
            ChannelField("papers", "Papers", "Where papers are posted"),
            ChoiceField("weekday", "You meet on", days, "4"),
            TextField("time", "At", "The local time, such as 17:00 or 5pm", "17:00"),
            ChannelField(
                "organisers",
                "Organisers",
                "Where I report problems; I message you if left out",
                required=False,
            ),
        ),
    )
