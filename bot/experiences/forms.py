"""What members and organisers are asked about experiences."""

from bot.core.form import Form, TextField
from bot.experiences.archive import LONGEST_FACT
from bot.experiences.submissions import LONGEST_LINK, LONGEST_STORY, LONGEST_TITLE
from bot.experiences.views import ExperienceView

SUBMIT, REVISE, EDIT = "submit_experience", "revise_experience", "edit_experience"
CORRECT = "correct_experience"
BY_NAME, ANONYMOUS = "by_name", "anonymous"


def submission_form(*, anonymous: bool) -> Form:
    """For an internship that a member writes about."""
    title = "Your internship, anonymously" if anonymous else "Your internship"
    return Form(SUBMIT, title, _fields(), ANONYMOUS if anonymous else BY_NAME)


def revision_form(written: ExperienceView) -> Form:
    """For its author, filled in with what they wrote."""
    return Form(REVISE, "Edit your experience", _fields(written), str(written.id))


def edit_form(written: ExperienceView, argument: str) -> Form:
    """For an organiser, before it is decided."""
    return Form(EDIT, "Edit this experience", _fields(written), argument)


def correction_form(experience: ExperienceView, kind: str) -> Form:
    """For one fact, filled in with what is shown."""
    value = experience.facts.get(kind, "")[:LONGEST_FACT]
    hint = "Leave it empty to remove it"
    field = TextField("value", kind.capitalize(), hint, value, LONGEST_FACT, required=False)
    return Form(CORRECT, f"Correct: {kind}", (field,), f"{experience.id}.{kind}")


def _fields(written: ExperienceView | None = None) -> tuple[TextField, ...]:
    title, story, link = ("", "", "")
    if written is not None:
        title, story, link = written.title, written.story, written.link or ""
    return (
        TextField("title", "Title", "A summer at …", title, LONGEST_TITLE),
        TextField(
            "story",
            "Your experience",
            "How you found it, what you did, what you'd tell others. Markdown works.",
            story,
            LONGEST_STORY,
            long=True,
        ),
        TextField("link", "Link to more", "https://…", link, LONGEST_LINK, required=False),
    )
