"""The errors that Paperclub raises on purpose.

    PaperclubError
    ├── UserError            the sentence in it is shown to the member
    │   ├── NotSavedError    the database is busy or can't be written; nothing was done
    │   └── FetchRefused     an address that must not be asked (private, malformed, wrong scheme)
    ├── Repeated             it was asked for twice, and is done
    ├── FetchFailed          an outside service did not give a usable answer; try again later
    └── DeliveryError        a post did not go out
        ├── DeliveryDelayed  perhaps later (outage, rate limit, lost answer)
        └── DeliveryRefused  not until somebody changes something (permission, deleted channel)

Whatever else escapes is a bug: the person gets a generic sentence with a reference, and the
traceback stands in the log under it.
"""

from datetime import timedelta

BUSY = (
    "I couldn't save that: another program is using my database. Nothing was changed; try again "
    "in a minute."
)
UNWRITABLE = (
    "I couldn't save that: my disk is full or broken. Nothing was changed; tell the person who "
    "hosts me, and try again later."
)


class PaperclubError(Exception):
    """Base of all errors that are raised on purpose."""


class UserError(PaperclubError):
    """Something the person can mend. `str(error)` is a whole sentence, safe to show as it is.

    Text from people inside the sentence must have gone through `core.text.escape`.
    """


class NotSavedError(UserError):
    """The database took nothing, so that nothing was done. `busy`: another program is using it.

    `reason` is for hosts.
    """

    def __init__(self, reason: str, *, busy: bool) -> None:
        super().__init__(BUSY if busy else UNWRITABLE)
        self.reason = reason
        self.busy = busy


class Repeated(PaperclubError):
    """The request came before, and was done then. The first answer is given again."""


class FetchRefused(UserError):
    """The address must not be asked; the sentence says why."""


class FetchFailed(PaperclubError):
    """An outside service gave no usable answer. `retry_after` is what it asked for, if it did."""

    def __init__(self, reason: str, *, retry_after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class DeliveryError(PaperclubError):
    """A post did not go out; `str(error)` is the reason, in words for organisers.

    `uncertain`: it may have arrived all the same.
    """

    def __init__(self, reason: str, *, uncertain: bool) -> None:
        super().__init__(reason)
        self.uncertain = uncertain


class DeliveryDelayed(DeliveryError):
    """It may work later."""

    def __init__(
        self, reason: str, *, uncertain: bool = True, retry_after: timedelta | None = None
    ) -> None:
        super().__init__(reason, uncertain=uncertain)
        self.retry_after = retry_after


class DeliveryRefused(DeliveryError):
    """It will not work until a person changes something.

    `thread_ref` is the thread that takes no messages where the channel that it belongs to may;
    `gone`, if somebody has deleted it.
    """

    def __init__(
        self,
        reason: str,
        *,
        uncertain: bool = False,
        thread_ref: str | None = None,
        gone: bool = False,
    ) -> None:
        super().__init__(reason, uncertain=uncertain)
        self.thread_ref = thread_ref
        self.gone = gone
