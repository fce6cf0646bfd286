"""Files and folders for their owner's eyes alone, whatever the umask."""

import os
from contextlib import suppress
from pathlib import Path

FILE_MODE, FOLDER_MODE = 0o600, 0o700
_OTHERS = 0o077


def make_private_folder(folder: Path) -> None:
    """Make the folder and what is missing above it. A folder that is there stays as it is."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    for one in reversed(missing):
        with suppress(FileExistsError):  # somebody was quicker
            one.mkdir(mode=FOLDER_MODE)
            one.chmod(FOLDER_MODE)


def make_private_file(file: Path) -> None:
    """Make an empty file, unless there is one."""
    with suppress(FileExistsError):
        made = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, FILE_MODE)
        try:
            os.fchmod(made, FILE_MODE)
        finally:
            os.close(made)


def tighten(file: Path) -> None:
    """Take from others what they may do with a file of ours; leave others' files alone."""
    with suppress(FileNotFoundError):
        found = file.stat()
        if found.st_uid == os.geteuid() and found.st_mode & _OTHERS:
            file.chmod(found.st_mode & 0o7777 & ~_OTHERS)
