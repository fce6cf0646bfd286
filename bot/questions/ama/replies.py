"""What commands and buttons of AMAs answer."""

from bot.core.post import Button, Style, channel, when
from bot.core.reply import File, Reply, say
from bot.core.text import plural
from bot.questions.ama.cards import ama_outcome
from bot.questions.ama.documents import Exported
from bot.questions.keys import (
    AGREE,
    DISAGREE,
)
from bot.questions.views import AmaView


def ask_consent(community_ref: str, *, anonymous: bool) -> Reply:
    """May it be published? Asked once of each author."""
    argument = f"{community_ref}.{int(anonymous)}"
    return say(
        f"May the organisers publish what you write {_by(anonymous)} in AMAs, as part of an "
        "interview? It isn't published unless you agree. Change your mind with `/ama consent`.",
        Button(AGREE, argument, "Yes, publish it", Style.SUCCESS),
        Button(DISAGREE, argument, "No"),
    )


def consent_noted(*, agreed: bool, anonymous: bool) -> Reply:
    if agreed:
        said = f"Agreed: what you write {_by(anonymous)} in AMAs may be published."
    else:
        said = f"Noted: what you write {_by(anonymous)} in AMAs won't be published."
    return say(f"{said} Change it with `/ama consent`.")


def _by(anonymous: bool) -> str:
    return "anonymously" if anonymous else "under your name"


def all_answered() -> Reply:
    return say("All questions are answered. New ones appear in the thread.")


def note_added() -> Reply:
    return say("Note added. It's in the document that `/ama export` makes.")


def ama_opened(ama: AmaView, channel_ref: str | None) -> Reply:
    where = channel(channel_ref) if channel_ref else "the questions channel"
    end = f"It ends {when(ama.until)}, or earlier with" if ama.until else "End it with"
    return say(f"Opened: “{ama.shown_title}” in {where}. {end} `/ama close`.")


def ama_closed(ama: AmaView) -> Reply:
    return say(
        f"Closed: “{ama.shown_title}”. {ama_outcome(ama)} Get it as a document with `/ama export`."
    )


def exported(exported: Exported) -> Reply:
    """The document, and how much it holds, so that nobody takes it for all that was said."""
    if exported.questions:
        holds = plural(
            exported.questions, "question with its answers", "questions with their answers"
        )
        said = f"The document has {holds}."
    else:
        said = "The document is empty: no question with an answer may be published yet."
    if exported.held_back:
        left_out = plural(
            exported.held_back,
            "question or answer is left out, as its author hasn't",
            "questions and answers are left out, as their authors haven't",
        )
        said += f" {left_out} agreed to publish it. They can with `/ama consent`."
    return say(said, file=File(exported.file_name, exported.text))
