"""Names for people who want to stay unnamed: of no use without the host's key.

    member's id ── of() ──> pseudonym ── private_address() ──> outbox ── reveal() ──> `user:<id>`

A pseudonym is the member's id, encrypted with AES-SIV (RFC 5297) under the host's key, for one
community: the same person has the same pseudonym there, so that a block holds, and another one
elsewhere. It stands where the id would; only the courier turns it back, at the moment of sending.
"""

import base64
import hashlib
import os
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING

from bot.core.errors import PaperclubError
from bot.core.files import FILE_MODE, make_private_folder, tighten
from bot.core.outbox import PRIVATE

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESSIV

_LENGTH = 24  # of an id, so that its length tells nothing
_KEY_BYTES = 32


class UnusableKeyError(PaperclubError):
    """The key can't be read or kept."""


class Pseudonyms:
    """`key` is the host's secret; any text will do, if nobody can guess it."""

    def __init__(self, key: str) -> None:
        self._key = hashlib.sha512(key.encode()).digest()

    @cached_property
    def _cipher(self) -> "AESSIV":
        # Imported here: the library is some megabytes that a start doesn't need.
        from cryptography.hazmat.primitives.ciphers.aead import AESSIV

        return AESSIV(self._key)

    def of(self, community_id: int, member_ref: str) -> str:
        """The pseudonym of a member in the community with this id of ours."""
        sealed = self._cipher.encrypt(member_ref.ljust(_LENGTH).encode(), [_context(community_id)])
        return base64.urlsafe_b64encode(sealed).decode()

    def reveal(self, community_id: int, destination: str) -> str | None:
        """Where a private destination leads; None if it was made with another key."""
        from cryptography.exceptions import InvalidTag

        try:
            sealed = base64.urlsafe_b64decode(destination.removeprefix(PRIVATE))
            opened = self._cipher.decrypt(sealed, [_context(community_id)])
        except (InvalidTag, ValueError):
            return None
        return f"user:{opened.decode().rstrip()}"


def private_address(pseudonym: str) -> str:
    """The destination of a direct message to whoever has this pseudonym."""
    return f"{PRIVATE}{pseudonym}"


def read_or_make_key(file: Path) -> str:
    """The key in this file, which is made, for its owner alone, if it is not there.

    It is there as a whole or not at all, also for a process that starts at the same time. Raises
    UnusableKeyError.
    """
    if not file.exists():
        try:
            _make(file)
        except OSError as error:
            raise UnusableKeyError(f"I can't keep a key in {file}: {error}.") from error
    return _read(file)


def _make(file: Path) -> None:
    make_private_folder(file.parent)
    with NamedTemporaryFile("w", dir=file.parent, prefix=f"{file.name}.") as made:  # mode 0600
        made.write(f"{base64.urlsafe_b64encode(os.urandom(_KEY_BYTES)).decode()}\n")
        made.flush()
        os.fchmod(made.fileno(), FILE_MODE)  # a umask can also take too much
        os.fsync(made.fileno())
        with suppress(FileExistsError):  # somebody was quicker
            os.link(made.name, file)


def _read(file: Path) -> str:
    try:
        tighten(file)
        key = file.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UnusableKeyError(f"I can't read the key in {file}: {error}.") from error
    if not key:
        raise UnusableKeyError(f"The key in {file} is empty. Restore it, or delete the file.")
    return key


def _context(community_id: int) -> bytes:
    return f"community {community_id}".encode()
