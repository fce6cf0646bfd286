"""How `/help` and `/about` read."""

from collections.abc import Iterator, Sequence
from importlib.metadata import version

from bot.communities.calls import Command
from bot.communities.keys import HELP
from bot.core.paging import page_of
from bot.core.post import Post

# What I do, how it begins, and the commands for it; what is in none of them stands last.
JOBS = (
    (
        "Paper of the week",
        "Nominate what you want to read and vote with *Upvote*. When a paper is announced, press "
        "*Going*.",
        ("paper", "schedule"),
    ),
    (
        "Internship experiences",
        "I post new ones from the blogs that this group follows. Read, search, or share yours.",
        ("experience", "feed"),
    ),
    (
        "Questions and answers",
        "Ask the group, by name or anonymously. I'll ping you when someone answers.",
        ("ask", "question", "ama", "moderate"),
    ),
)
THE_REST = "Setup and help"


def help_page(commands: Sequence[Command], number: int, *, organiser: bool) -> Post:
    """A page of the commands that this reader may use, sorted by what they are for."""
    usable = [one for one in commands if organiser or not one.for_organisers]
    return page_of("Paperclub", list(_sections(usable)), number, HELP, empty="")


def about_card() -> Post:
    return Post(
        title=f"Paperclub {version('paperclub')}",
        text="I run this group's paper of the week: nominations, votes, the pick, the "
        "announcement, the discussion and the reminders. I follow blogs about internships and "
        "post each new experience. I post your questions and help them find answers. I'm free "
        "software (MIT).",
        details=(
            "I keep what you nominate, vote and answer, and the experiences and questions you "
            "write, with your Discord id, in the database of the person who hosts me. What you "
            "ask, answer or share anonymously has a pseudonym there: members and organisers can't "
            "see whose it is; the host, who has the database and the key, could find out, and "
            "Discord knows.",
            "I read no messages except those you use a command of their menu on. When a question "
            "has no answer after a day, I check who has written in its thread.",
        ),
    )


def _sections(usable: Sequence[Command]) -> Iterator[str]:
    """The commands of each job, one text a job, and those of messages' menus."""
    slash = [one for one in usable if one.mention]
    rest = {_group(one) for one in slash}.difference(*(groups for _, _, groups in JOBS))
    for title, beginning, groups in (*JOBS, (THE_REST, "", rest)):
        rows = [f"{one.mention} {one.description}" for one in slash if _group(one) in groups]
        if rows:
            yield "\n".join(filter(None, [f"**{title}**", beginning, *rows]))
    menus = [f"*{one.name}*" for one in usable if not one.mention]
    if menus:
        yield f"**On a message**, under *Apps*: {', '.join(menus)}"


def _group(command: Command) -> str:
    return command.name.partition(" ")[0]
