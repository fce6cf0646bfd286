"""Outbox keys and the actions of buttons, menus and forms. They are stored: never change one."""

# Buttons and menus on cards that everybody sees
VOTE, RSVP = "vote", "rsvp"

# Buttons and menus of replies
POST_DRAFT, FIX_DRAFT, DROP_DRAFT = "nominate_post", "nominate_fix", "nominate_cancel"
DETAILS, SAME = "details", "same"
QUEUE, QUEUE_VOTE, HISTORY, SEARCH = "queue", "queue_vote", "history", "search"
SHOW_PAPER, REMINDERS = "show_paper", "reminders"
CALL_OFF, KEEP = "call_off", "keep_meeting"
UNDO_SKIP, UNDO_PAUSE, UNDO_PICK = "undo_skip", "undo_pause", "undo_pick"
UNDO_CHANGE, UNDO_WITHDRAW = "undo_change", "undo_withdraw"

# Forms
NOMINATE = "nominate"


def card_key(nomination_id: int) -> str:
    """The outbox key of a nomination's card."""
    return nomination_key(nomination_id, "card")


def nomination_key(nomination_id: int, name: str) -> str:
    """The outbox key of what is posted about a nomination."""
    return f"nomination:{nomination_id}:{name}"


def round_key(round_id: int, name: str) -> str:
    """The outbox key of what is posted or done for a round."""
    return f"round:{round_id}:{name}"


def announce_key(round_id: int) -> str:
    return round_key(round_id, "announce")


def thread_key(round_id: int) -> str:
    return round_key(round_id, "thread")


def event_key(round_id: int, number: int = 0) -> str:
    """The outbox key of a round's calendar entry; a new entry has the next number."""
    return round_key(round_id, numbered("event", number))


def numbered(name: str, number: int) -> str:
    """The name of a step that happens again; the first time it is the name itself."""
    return f"{name}.{number}" if number else name
