"""What an organiser does to meetings and feeds on the demo's page, and takes back."""

from tests.demo.newcomer import Newcomer

MINA, JONAS = "Mina", "Jonas (organiser)"


def organising(me: Newcomer) -> None:
    """Set a place and reminders; pick, change, call off, and undo each; edit a feed."""
    me.choose("demo look", place="#papers")
    me.skip_to("is completed now")
    me.become(JONAS)
    me.slash("schedule place", place="https://meet.example.org/papers")
    me.sees("Place set for")
    me.slash("schedule set", reminders="2 days, 30 minutes")
    me.photograph("place-and-reminders")
    _decisions(me)
    _feeds(me)


def _decisions(me: Newcomer) -> None:
    me.slash("paper queue")
    me.photograph("queue")
    me.slash("schedule pick")
    me.sees("Paper of the week")
    me.press("Undo")
    me.photograph("pick-undone")
    me.slash("schedule pick")
    me.become(MINA)
    me.press("Going")
    me.photograph("going")
    me.become(JONAS)
    me.choose("schedule change", paper="e")  # the first that is offered
    me.photograph("changed")
    me.choose("schedule skip", date="20")
    me.sees("Call it off")
    me.photograph("skip-asks")
    me.press("Call it off")
    me.sees("Called off: the meeting on")
    me.press("Undo")
    me.photograph("skip-undone")


def _feeds(me: Newcomer) -> None:
    me.choose("demo look", place="#experiences")
    me.choose("feed edit", "keywords", feed="Summers", keywords="robot, tram")
    me.photograph("feed-edited")
    me.choose("feed pause", feed="Summers")
    me.press("Undo")
    me.slash("experience search", text="lab")
    me.photograph("search")
    me.slash("moderate queue")
    me.slash("help")
    me.photograph("help")
    me.choose("demo look", place="#papers")
    me.become(MINA)
