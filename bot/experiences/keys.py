"""What buttons, outbox rows and lanes of this feature are called. All of it is stored for ever."""

from datetime import datetime

# Actions of buttons below experiences
TURN = "experience_page"
READ, CORRECT, CORRECT_FACT = "experience_read", "experience_correct", "experience_fact"
ASK_ONCE = "experience_ask"  # of cards from before anything else could be asked about
REVISE, DELETE = "experience_revise", "experience_delete"

# Actions of organisers' buttons, and of named authors'
APPROVE, EDIT, DECLINE = "experience_approve", "experience_edit", "experience_decline"
REOPEN = "undo_experience_decline"
TAKE_DOWN, PUT_BACK = "experience_hide", "undo_experience_hide"
REVERT = "undo_correction"
ACCEPT_CORRECTION, DECLINE_CORRECTION = "correction_accept", "correction_decline"
RECONSIDER = "undo_correction_decline"

# Actions of buttons about feeds
FEEDS_PAGE, WHY_PAGE = "feeds", "why"
RETRY, PAUSE = "feed_retry", "feed_pause"
UNDO_PAUSE, UNDO_RESUME, UNDO_REMOVE = "undo_feed_pause", "undo_feed_resume", "undo_feed_remove"


def card_key(experience_id: int) -> str:
    return f"experience:{experience_id}:card"


def thread_key(experience_id: int) -> str:
    return f"experience:{experience_id}:thread"


def digest_key(feed_id: int, first_id: int) -> str:
    """The digest that begins with this experience, which is in no other one."""
    return f"digest:{feed_id}:{first_id}"


def author_key(experience_id: int, version: int, event: str) -> str:
    """What its author is sent when an organiser has decided, such as `declined`."""
    later = "" if version == 1 else f":{version}"
    return f"experience:{experience_id}:{event}{later}"


def keys_about(experience_id: int) -> str:
    """A pattern for the keys of all messages about an experience."""
    return f"experience:{experience_id}:%"


def review_name(experience_id: int, review: int) -> str:
    """The notice that organisers decide by; each revision of a posted experience has its own."""
    later = "" if review == 1 else f":{review}"
    return f"review:{experience_id}{later}"


def review_key(experience_id: int, review: int) -> str:
    return f"notice:{review_name(experience_id, review)}"


def correction_name(correction_id: int) -> str:
    """The notice about a correction; also the key of the message to the experience's author."""
    return f"correction:{correction_id}"


def correction_keys(correction_id: int) -> tuple[str, str]:
    """The messages about a correction: to the organisers, and to the experience's author."""
    name = correction_name(correction_id)
    return f"notice:{name}", name


def feed_notice_name(feed_id: int, event: str, at: datetime) -> str:
    """The notice that a feed fails (`trouble`), can be read again (`back`) or is `stopped`."""
    return f"feed:{feed_id}:{event}:{int(at.timestamp())}"


def lane_of(channel_ref: str) -> str:
    """Experiences have a lane of their own: they stay where their feed posts to."""
    return f"experiences:{channel_ref}"
