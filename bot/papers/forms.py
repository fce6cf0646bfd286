"""What members are asked about papers."""

from bot.core.form import Form, TextField
from bot.core.text import cut
from bot.papers.nominations import LONGEST_LINK, LONGEST_REASON, LONGEST_TITLE

NOMINATE = "nominate"
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
