"""What members are asked about questions and answers."""

from collections.abc import Sequence
from dataclasses import replace

from pydantic import TypeAdapter

from bot.core.form import (
    ChecksField,
    ChoiceField,
    Field,
    Form,
    MemberField,
    Note,
    TextField,
    Values,
)
from bot.core.markup import rich
from bot.core.text import cut, one_line, shown
from bot.questions.rules import LONGEST_REASON, LONGEST_TITLE
from bot.questions.settings import QuestionSettingsView
from bot.questions.submissions import Draft
from bot.questions.views import QuestionView

# What takes the forms
QUESTION, EDIT_QUESTION, CLOSE_QUESTION = "question", "edit_question", "close_question"
MERGE_QUESTION = "merge_question"
ANSWER, EDIT_ANSWER = "answer", "edit_answer"
PAPER = "question_paper"
LONGEST_TYPED = 4000  # as far as every platform has room; what is too long is handed back, not cut
LONGEST_LINK = 500
LONGEST_OPTION = 100
SHOWN_DETAILS = 1000

ANONYMOUS, RESEARCH = "anonymous", "research"
_ANONYMOUSLY = (
    ANONYMOUS,
    "Anonymous",
    "Members and organisers won't see who it's from. /about says what a host could find out.",
)
_AS_RESEARCH = (
    RESEARCH,
    "Open research question",
    "I won't remind anyone to answer; it also collects papers.",
)
_DRAFT = TypeAdapter(Draft)


def question_form(title: str, draft: Draft, settings: QuestionSettingsView) -> Form:
    """A question as its author types it; in an AMA it has no topic and is for the guest."""
    in_ama = draft.ama_id is not None
    fields: list[Field] = [
        TextField(
            "title", "Your question", "What do you want to know?", draft.title, LONGEST_TYPED
        ),
        TextField(
            "details",
            "Details",
            "What you know already, what you've tried (optional)",
            draft.details,
            LONGEST_TYPED,
            required=False,
            long=True,
        ),
    ]
    if not in_ama:
        topics = tuple((topic, topic) for topic in settings.topics)
        fields.append(ChoiceField("topic", "Topic", topics, draft.topic or settings.topics[0]))
    boxes = [_ANONYMOUSLY] if settings.anonymous_questions else []
    boxes += [] if in_ama else [_AS_RESEARCH]
    if boxes:
        fields.append(ChecksField("how", "Options", tuple(boxes)))
    if not in_ama:
        fields.append(
            MemberField(
                "to", "Ask someone in particular", "I'll ping only them, once", draft.to or ""
            )
        )
    return Form(QUESTION, title, tuple(fields), argument=_DRAFT.dump_json(draft).decode())


def draft_of(argument: str, values: Values) -> Draft:
    """The question that came back in its form."""
    return replace(
        _DRAFT.validate_json(argument),
        title=values.text("title"),
        details=values.text("details"),
        topic=values.text("topic"),
        anonymous=values.has("how", ANONYMOUS),
        research=values.has("how", RESEARCH),
        to=values.text("to") or None,
    )


def edit_question_form(question_id: int, title: str, details: str) -> Form:
    """A question as it is, for its author to change."""
    fields = (
        TextField("title", "Your question", "", title, LONGEST_TYPED),
        TextField("details", "Details", "", details, LONGEST_TYPED, required=False, long=True),
    )
    return Form(EDIT_QUESTION, "Edit your question", fields, argument=str(question_id))


def close_form(target: str) -> Form:
    """Why a question is closed; `target` is the argument of the button that asks."""
    why = TextField(
        "reason",
        "Reason",
        "Shown with the question (optional)",
        longest=LONGEST_REASON,
        required=False,
    )
    return Form(CLOSE_QUESTION, "Close the question", (why,), argument=target)


def merge_form(target: str, others: Sequence[QuestionView]) -> Form:
    """Which of the others asks the same; `target` is the argument of the button that asks."""
    options = tuple(
        (str(one.id), cut(f"{one.number} · {one_line(one.title)}", LONGEST_OPTION))
        for one in others
    )
    other = ChoiceField("other", "Same question as", options)
    return Form(MERGE_QUESTION, "Merge into a question", (other,), argument=target)


def answer_form(question: QuestionView, argument: str, *, anonymous_allowed: bool) -> Form:
    """An answer; the question stands above it."""
    fields: list[Field | Note] = [
        Note(_question_text(question)),
        TextField(
            "text",
            "Your answer",
            "Everyone sees it in the question's thread.",
            longest=LONGEST_TYPED,
            long=True,
        ),
    ]
    if anonymous_allowed:
        fields.append(ChecksField("how", "Options", (_ANONYMOUSLY,)))
    title = f"Answer to question {question.number}"
    return Form(ANSWER, title, tuple(fields), argument=argument)


def edit_answer_form(answer_id: int, text: str) -> Form:
    """An answer as it is, for its author to change."""
    field = TextField("text", "Your answer", "", text, LONGEST_TYPED, long=True)
    return Form(EDIT_ANSWER, "Edit your answer", (field,), argument=str(answer_id))


def paper_form(question: QuestionView) -> Form:
    """A paper that may help with an open research question."""
    fields = (
        TextField(
            "link", "The paper", "A link, an arXiv id, a DOI or the title", longest=LONGEST_LINK
        ),
        TextField("note", "Why it helps", longest=LONGEST_TYPED, required=False, long=True),
    )
    title = f"A paper for question {question.number}"
    return Form(PAPER, title, fields, argument=str(question.id))


def _question_text(question: QuestionView) -> str:
    title = f"**{shown(question.title, LONGEST_TITLE + 50)}**"
    details = rich(question.details, SHOWN_DETAILS)
    return f"{title}\n{details}" if details else title
