"""The forms of `/ask`, `/ama` and of the buttons below questions."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import discord
from discord import ui

from bot.adapters.discord.fields import (
    checked,
    checks_field,
    choice_field,
    member_field,
    person_of,
    text_field,
    value_of,
)
from bot.adapters.discord.forms import Form
from bot.adapters.discord.replies import Interaction
from bot.core.errors import UserError
from bot.core.markup import rich
from bot.core.text import cut, one_line, shown
from bot.questions.rules import LONGEST_REASON, LONGEST_TITLE
from bot.questions.submissions import Draft
from bot.questions.views import QuestionView

LONGEST_NAME = 45  # Discord's limit for a form's title
LONGEST_TYPED = 4000  # Discord's limit; what is too long for us is handed back, not cut off
LONGEST_LINK = 500
SHOWN_DETAILS = 1000
ANONYMOUS, RESEARCH = "anonymous", "research"
UNNAMED = (
    ANONYMOUS,
    "Without my name",
    "Members and organisers won't see who it's from. /about: what a host could find out.",
)
IS_RESEARCH = (
    RESEARCH,
    "An open research question",
    "Nobody has to answer; it collects papers as well.",
)

SendDraft = Callable[[Interaction, Draft], Awaitable[None]]
SendAnswer = Callable[[Interaction, str, bool], Awaitable[None]]
SendText = Callable[[Interaction, str], Awaitable[None]]
SendPaper = Callable[[Interaction, str, str], Awaitable[None]]


@dataclass(frozen=True)
class Allowed:
    """What the form offers: topics (none in a session), and asking without a name."""

    topics: Sequence[str]
    anonymous: bool
    in_session: bool = False


class AskForm(Form):
    """A question as its author types it."""

    def __init__(self, name: str, allowed: Allowed, send: SendDraft, draft: Draft) -> None:
        super().__init__(title=cut(one_line(name), LONGEST_NAME))
        self._allowed = allowed
        self._send = send
        self._draft = draft
        hint = "What do you want to know?"
        self.question_title = text_field("Your question", hint, draft.title, LONGEST_TYPED)
        self.details = text_field(
            "Details",
            "What you know already, what you tried. It may be empty.",
            draft.details,
            LONGEST_TYPED,
            required=False,
            long=True,
        )
        self.topic = self.to = self.how = None
        if not allowed.in_session:
            topics = [(topic, topic) for topic in allowed.topics]
            self.topic = choice_field("Topic", topics, draft.topic or allowed.topics[0])
        boxes = [UNNAMED] if allowed.anonymous else []
        boxes += [] if allowed.in_session else [IS_RESEARCH]
        if boxes:
            ticked = {ANONYMOUS} if draft.anonymous else set()
            ticked |= {RESEARCH} if draft.research else set()
            self.how = checks_field("How", boxes, ticked)
        if not allowed.in_session:
            self.to = member_field("For somebody", "Only they are pinged, once", draft.to)
        for field in (self.question_title, self.details, self.topic, self.how, self.to):
            if field is not None:
                self.add_item(field)

    async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
        draft = self._typed()
        person = person_of(self.to) if self.to else None
        if person is not None and person.bot:
            raise UserError("That one is a bot, which doesn't answer. Choose a person, or nobody.")
        if person is not None and not isinstance(person, discord.Member):
            raise UserError("That person isn't in this server any more. Choose somebody else.")
        await self._send(interaction, draft)

    def again(self) -> "AskForm":
        return AskForm(self.title, self._allowed, self._send, self._typed())

    def _typed(self) -> Draft:
        how = checked(self.how)
        person = person_of(self.to) if self.to else None
        return replace(
            self._draft,
            title=value_of(self.question_title),
            details=value_of(self.details),
            topic=value_of(self.topic) if self.topic else "",
            anonymous=ANONYMOUS in how,
            research=RESEARCH in how,
            to=str(person.id) if person else None,
        )


class AnswerForm(Form):
    """An answer; the question stands above it."""

    def __init__(
        self,
        question: QuestionView,
        send: SendAnswer,
        *,
        may_be_unnamed: bool,
        text: str = "",
        anonymous: bool = False,
    ) -> None:
        super().__init__(title=cut(f"Answer to question {question.number}", LONGEST_NAME))
        self._question = question
        self._send = send
        self._may_be_unnamed = may_be_unnamed
        self.add_item(ui.TextDisplay[Any](_said(question)))
        hint = "Everybody sees it in the question's thread."
        self.text = text_field("Your answer", hint, text, LONGEST_TYPED, long=True)
        self.add_item(self.text)
        self.how = None
        if may_be_unnamed:
            self.how = checks_field("How", [UNNAMED], {ANONYMOUS} if anonymous else ())
            self.add_item(self.how)

    async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
        await self._send(interaction, value_of(self.text), ANONYMOUS in checked(self.how))

    def again(self) -> "AnswerForm":
        return AnswerForm(
            self._question,
            self._send,
            may_be_unnamed=self._may_be_unnamed,
            text=value_of(self.text),
            anonymous=ANONYMOUS in checked(self.how),
        )


class EditQuestionForm(Form):
    """A question as it is, for its author to change."""

    def __init__(self, title: str, details: str, send: SendPaper) -> None:
        super().__init__(title="Edit your question")
        self._send = send
        self.question_title = text_field("Your question", "", title, LONGEST_TYPED)
        self.details = text_field("Details", "", details, LONGEST_TYPED, required=False, long=True)
        self.add_item(self.question_title)
        self.add_item(self.details)

    async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
        await self._send(interaction, value_of(self.question_title), value_of(self.details))

    def again(self) -> "EditQuestionForm":
        title, details = value_of(self.question_title), value_of(self.details)
        return EditQuestionForm(title, details, self._send)


class EditAnswerForm(Form):
    """An answer as it is, for its author to change."""

    def __init__(self, text: str, send: SendText) -> None:
        super().__init__(title="Edit your answer")
        self._send = send
        self.text = text_field("Your answer", "", text, LONGEST_TYPED, long=True)
        self.add_item(self.text)

    async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
        await self._send(interaction, value_of(self.text))

    def again(self) -> "EditAnswerForm":
        return EditAnswerForm(value_of(self.text), self._send)


class PointerForm(Form):
    """A paper that may help."""

    def __init__(
        self, question: QuestionView, send: SendPaper, link: str = "", note: str = ""
    ) -> None:
        super().__init__(title=cut(f"A paper for question {question.number}", LONGEST_NAME))
        self._question = question
        self._send = send
        self.link = text_field(
            "The paper", "A link, an arXiv id, a DOI or the title", link, LONGEST_LINK
        )
        self.note = text_field("Why it helps", "", note, LONGEST_TYPED, required=False, long=True)
        for field in (self.link, self.note):
            self.add_item(field)

    async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
        await self._send(interaction, value_of(self.link), value_of(self.note))

    def again(self) -> "PointerForm":
        return PointerForm(self._question, self._send, value_of(self.link), value_of(self.note))


class ReasonForm(Form):
    """Why a question is closed."""

    def __init__(self, send: SendText, reason: str = "") -> None:
        super().__init__(title="Close the question")
        self._send = send
        self.reason = text_field(
            "Why",
            "Shown with the question; it may be empty",
            reason,
            LONGEST_REASON,
            required=False,
        )
        self.add_item(self.reason)

    async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
        await self._send(interaction, value_of(self.reason))

    def again(self) -> "ReasonForm":
        return ReasonForm(self._send, value_of(self.reason))


class MergeForm(Form):
    """Which question is the same."""

    def __init__(self, others: Sequence[QuestionView], send: SendText, chosen: str = "") -> None:
        super().__init__(title="Merge into a question")
        self._others = others
        self._send = send
        options = [
            (str(one.id), cut(f"{one.number} · {one_line(one.title)}", 100)) for one in others
        ]
        self.other = choice_field("The same as", options, chosen)
        self.add_item(self.other)

    async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
        await self._send(interaction, value_of(self.other))

    def again(self) -> "MergeForm":
        return MergeForm(self._others, self._send, value_of(self.other))


def _said(question: QuestionView) -> str:
    title = f"**{shown(question.title, LONGEST_TITLE + 50)}**"
    details = rich(question.details, SHOWN_DETAILS)
    return f"{title}\n{details}" if details else title
