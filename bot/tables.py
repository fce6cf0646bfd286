"""Makes all tables known to SQLAlchemy: those of one feature may refer to those of another."""

import bot.communities.model
import bot.core.outbox
import bot.core.requests
import bot.experiences.model
import bot.papers.model
import bot.questions.model  # noqa: F401 - importing a model makes its tables known
