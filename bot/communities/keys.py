"""Outbox keys and the actions of buttons and forms. They are stored: never change one."""

SET_UP = "set_up"  # opens the form, and is the form's
RETRY = "retry"
HELP = "help"  # turns the pages

NOTICE = "notice:"  # begins the keys of everything that organisers are notified of
WAITING_COUNT = "waiting:"  # begins the key of the message that counts undeliverable notices


def greeting_key(community_id: int) -> str:
    return f"greeting:{community_id}"


def notices_lane(destination: str) -> str:
    """The outbox lane in which notices wait for each other."""
    return f"notices:{destination}"
