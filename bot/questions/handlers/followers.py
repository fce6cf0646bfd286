"""The buttons with which members say that they want to know, too, or follow a question."""

from collections.abc import Mapping

from bot.communities.calls import Call, FormHandler, Handler
from bot.core.ids import chosen
from bot.core.reply import Reply
from bot.questions import replies
from bot.questions.answers.followers import Followers
from bot.questions.keys import FOLLOW, ME_TOO, NOT_ME, UNFOLLOW


class FollowerHandlers:
    def __init__(self, followers: Followers) -> None:
        self._followers = followers
        self.actions: Mapping[str, Handler] = {
            ME_TOO: self._me_too,
            NOT_ME: self._not_me,
            FOLLOW: self._follow,
            UNFOLLOW: self._unfollow,
        }
        self.forms: Mapping[str, FormHandler] = {}

    async def _me_too(self, call: Call, number: str) -> Reply:
        question = await self._followers.me_too(call.actor, chosen(number), wanted=True)
        return replies.me_too(question)

    async def _not_me(self, call: Call, number: str) -> Reply:
        question = await self._followers.me_too(call.actor, chosen(number), wanted=False)
        return replies.me_too_taken_back(question)

    async def _follow(self, call: Call, number: str) -> Reply:
        question = await self._followers.follow(call.actor, chosen(number), wanted=True)
        return replies.followed(question)

    async def _unfollow(self, call: Call, number: str) -> Reply:
        question = await self._followers.follow(call.actor, chosen(number), wanted=False)
        return replies.unfollowed(question)
