"""Inputs that nobody here wrote lie beside the checkout, in `shared/` (or PAPERCLUB_SHARED)."""

import os
from pathlib import Path

import pytest

BESIDE = Path(__file__).resolve().parents[2].parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder. Without it a test is skipped at a contributor's desk, but fails in CI."""
    folder = Path(os.environ.get("PAPERCLUB_SHARED") or BESIDE)
    if not folder.is_dir():
        missing = f"there are no recordings at {folder}"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    return folder
