"""Real blogs, followed by a group on a platform and a web in memory."""

from tests.experiences.conftest import blog, bot, group

__all__ = ["blog", "bot", "group"]
