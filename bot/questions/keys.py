"""Names that are stored for ever: actions of buttons, outbox keys, lanes."""

from datetime import date

from bot.questions.model import Question

# Actions of buttons and lists
POST_ANYWAY = "ask_post"
ANSWER, ME_TOO, NOT_ME = "question_answer", "question_me_too", "question_not_me"
FOLLOW, UNFOLLOW = "question_follow", "question_unfollow"
UPVOTE, TAKE_BACK, ACCEPT = "answer_upvote", "answer_take_back", "answer_accept"
POINT = "question_point"
FOLLOW_UP = "question_follow_up"
STILL_OPEN, CLOSE = "question_still_open", "question_close"
HIDE = "moderate_hide"
APPROVE, MERGE, DECLINE = "question_approve", "question_merge", "question_decline"
LIST, SEARCH = "question_list", "question_search"
EDIT, DELETE, DELETE_NOW = "question_edit", "question_delete", "question_delete_now"
UNDO_CLOSE, UNDO_ACCEPT, UNDO_DECISION = "undo_close", "undo_accept", "undo_decision"
AGREE, DISAGREE = "publish_yes", "publish_no"
LOCK = "moderate_lock"
AMA_ASK, AMA_NEXT = "ama_ask", "ama_next"


def card_key(question_id: int | str) -> str:
    """`%` stands for any question where keys are looked for."""
    return f"question:{question_id}:card"


def addressed_key(question_id: int) -> str:
    return f"question:{question_id}:addressed"


def pointed_key(question_id: int) -> str:
    return f"question:{question_id}:pointed"


def offer_key(question_id: int | str) -> str:
    return f"question:{question_id}:offer"


def nudge_key(question_id: int, number: int) -> str:
    return f"question:{question_id}:nudge:{number}"


def thread_key(question_id: int) -> str:
    return f"question:{question_id}:thread"


def answer_key(answer_id: int) -> str:
    return f"answer:{answer_id}:card"


def digest_key(community_id: int, day: date) -> str:
    return f"questions:{community_id}:digest:{day.isoformat()}"


def review_key(question_id: int) -> str:
    return f"question:{question_id}"


def ama_thread_key(ama_id: int) -> str:
    return f"ama:{ama_id}:thread"


def ama_card_key(ama_id: int) -> str:
    return f"ama:{ama_id}:card"


def channel_lane(channel_ref: str) -> str:
    """Questions have a lane of their own in their channel: a new one for papers leaves them."""
    return f"questions:{channel_ref}"


def lane_of(question: Question) -> str:
    """What stands in a question's thread has a lane of its own: a lost thread holds up no other."""
    return f"question:{question.id}"
