"""Long lists, a page at a time."""

from collections.abc import Sequence

from bot.core.ids import pressed
from bot.core.post import Button, Job, Post

ROOM = 3600  # characters of a list's title and rows, which every platform shows in one message
ROWS_A_PAGE = 10


def page_of(
    title: str,
    rows: Sequence[str],
    number: int,
    action: str,
    *,
    empty: str,
    argument: str = "",
    job: Job = Job.PAPERS,
    room: int = ROOM,
) -> Post:
    """One page of a long list, with Previous and Next where they lead somewhere.

    The buttons' argument is the number of the page they lead to, then `argument`. A message has
    `room` characters for the title and the rows.
    """
    if not rows:
        return Post(title=title, text=empty, job=job)
    pages = _in_pages(rows, room - len(title))
    number = min(max(number, 0), len(pages) - 1)
    turns = [("Previous", number - 1)] if number > 0 else []
    turns += [("Next", number + 1)] if number < len(pages) - 1 else []
    return Post(
        title=title,
        details=tuple(pages[number]),
        footnote=f"{number + 1} of {len(pages)}" if len(pages) > 1 else "",
        buttons=tuple(Button(action, f"{target}.{argument}", label) for label, target in turns),
        job=job,
    )


def target_of(argument: str) -> tuple[int, str]:
    """The page and the argument that `page_of` has put into a button."""
    number, _, rest = argument.partition(".")
    return pressed(number), rest


def _in_pages(rows: Sequence[str], room: int) -> list[list[str]]:
    """Ten rows a page; fewer where they are so long that a message could not hold them."""
    pages: list[list[str]] = [[]]
    for row in rows:
        full = len(pages[-1]) == ROWS_A_PAGE
        if full or sum(map(len, pages[-1])) + len(row) > room:
            pages.append([])
        pages[-1].append(row)
    return pages
