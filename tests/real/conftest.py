"""Real blogs, followed by a group on a platform and a web in memory."""

from tests.experiences.conftest import blog, group

__all__ = ["blog", "group"]
