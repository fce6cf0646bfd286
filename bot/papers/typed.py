"""What members type about a paper, checked."""

from bot.core.errors import UserError
from bot.core.text import one_line, plain
from bot.papers.outcomes import PaperDraft
from bot.papers.references.text import Kind, Reference, no_paper_in, parse

LONGEST_TITLE = 250
LONGEST_REASON = 500
LONGEST_LINK = 500


def parse_draft(
    title: str, authors: str, link: str, reason: str | None
) -> tuple[PaperDraft, list[Reference]]:
    """The paper as a member describes it, and the references by which it is known."""
    title, reason = one_line(title), parse_reason(reason)
    if not any(character.isalnum() for character in title):
        raise UserError("The title is missing. Please type it as it appears on the paper.")
    if len(title) > LONGEST_TITLE:
        raise UserError(
            f"Please write up to {LONGEST_TITLE:,} characters; that title has {len(title):,}."
        )
    references = parse(link)[:1] if link.strip() else []
    if link.strip() and not references:
        raise UserError(
            no_paper_in(link) or "I can't read that link. A link begins with `https://`."
        )
    names = tuple(name for part in authors.split(",") if (name := one_line(part)))
    url = (references[0].url or "") if references else ""
    # Two works may have one title: it counts only where there is nothing better.
    references = references or [Reference(Kind.TITLE, title)]
    return PaperDraft(title, names, url, reason), references


def parse_reason(reason: str | None) -> str | None:
    """Why the group should read it; None for nothing."""
    if reason is None or not plain(reason).strip():
        return None
    if len(reason) > LONGEST_REASON:
        raise UserError(
            f"Please write up to {LONGEST_REASON:,} characters; your reason has {len(reason):,}."
        )
    return plain(reason).strip()
