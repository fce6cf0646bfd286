"""Answers kept on disk, so that the same paper is not asked for twice a minute by twenty members.

One file an answer: a line of JSON, then the body. Files are replaced as a whole, and whatever
cannot be read back is a miss: the cache may be deleted at any time, also while the bot runs.
"""

import hashlib
import json
import logging
import os
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bot.core.files import make_private_folder

log = logging.getLogger(__name__)

_PRUNE_EVERY = 64  # writes


@dataclass(frozen=True)
class Kept:
    """An answer as it was kept."""

    url: str
    headers: dict[str, str]
    body: bytes


class DiskCache:
    """Keeps at most about `max_files` answers of `max_bytes` together; the oldest go first.

    The methods block; call them in a thread.
    """

    def __init__(
        self, directory: Path, *, max_files: int = 5_000, max_bytes: int = 100_000_000
    ) -> None:
        self._directory = directory
        self._max_files = max_files
        self._max_bytes = max_bytes
        self._writes = 0

    def read(self, key: str, now: datetime, cache_for: timedelta) -> Kept | None:
        """What was kept under `key` within the last `cache_for`."""
        try:
            head, _, body = self._path(key).read_bytes().partition(b"\n")
            meta = json.loads(head)
            kept_at = datetime.fromisoformat(meta["kept_at"])
            # A time in the future means that the clock was put back; then nobody knows the age.
            if not timedelta(0) <= now - kept_at < cache_for:
                return None
            if meta["key"] != key or meta["digest"] != hashlib.sha256(body).hexdigest():
                return None
            headers = {str(name): str(value) for name, value in meta["headers"].items()}
            return Kept(str(meta["url"]), headers, body)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def write(self, key: str, now: datetime, kept: Kept) -> None:
        """Keep an answer. A full disk costs the cache, not the request."""
        meta = {
            "key": key,
            "kept_at": now.isoformat(),
            "url": kept.url,
            "headers": kept.headers,
            "digest": hashlib.sha256(kept.body).hexdigest(),
        }
        try:
            make_private_folder(self._directory)
            self._replace(self._path(key), json.dumps(meta).encode() + b"\n" + kept.body)
            if self._writes % _PRUNE_EVERY == 0:
                self._prune()
            self._writes += 1
        except OSError as error:
            log.warning("Could not keep an answer in %s: %s", self._directory, error)

    def _path(self, key: str) -> Path:
        return self._directory / (hashlib.sha256(key.encode()).hexdigest() + ".answer")

    def _replace(self, path: Path, content: bytes) -> None:
        handle, name = tempfile.mkstemp(dir=self._directory, suffix=".part")
        part = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise

    def _prune(self) -> None:
        """Delete the oldest files, half-written ones included, until the limits are kept."""
        files = sorted(
            ((stat.st_mtime, stat.st_size, path) for path, stat in self._files()), reverse=True
        )
        total = 0
        for count, (_, size, path) in enumerate(files, start=1):
            total += size
            if count > self._max_files or total > self._max_bytes:
                path.unlink(missing_ok=True)

    def _files(self) -> list[tuple[Path, os.stat_result]]:
        found = []
        for path in self._directory.iterdir():
            if path.suffix in (".answer", ".part"):
                try:
                    found.append((path, path.stat()))
                except FileNotFoundError:
                    continue
        return found
