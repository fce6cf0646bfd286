"""Write, edit and delete one's own experience."""

from collections.abc import Mapping, Sequence

from bot.communities.calls import Call, FormHandler, Handler
from bot.communities.service import Actor
from bot.core.form import Values
from bot.core.ids import chosen
from bot.core.reply import Reply, ask
from bot.experiences import forms, keys, replies
from bot.experiences.own import OwnExperiences
from bot.experiences.submissions import Submissions


class SubmissionHandlers:
    def __init__(self, submissions: Submissions, own: OwnExperiences) -> None:
        self._submissions = submissions
        self._own = own
        self.actions: Mapping[str, Handler] = {keys.REVISE: self.edit, keys.DELETE: self._delete}
        self.forms: Mapping[str, FormHandler] = {
            forms.SUBMIT: self._submit,
            forms.REVISE: self._revise,
        }

    async def submit(self, call: Call, anonymous: bool) -> Reply:
        """Write about an internship; organisers look at it first."""
        return ask(forms.submission_form(anonymous=anonymous))

    async def edit(self, call: Call, experience: str) -> Reply:
        """Edit what one has submitted."""
        return ask(forms.revision_form(await self._own.read(call.actor, chosen(experience))))

    async def delete(self, call: Call, experience: str) -> Reply:
        """Ask first, since it can't be undone."""
        return replies.delete_first(chosen(experience))

    async def editable_like(self, actor: Actor, typed: str) -> Sequence[tuple[str, str]]:
        """What the member may edit, as titles and ids."""
        return replies.choices(await self._own.listed(actor, editable=True), typed)

    async def deletable_like(self, actor: Actor, typed: str) -> Sequence[tuple[str, str]]:
        """What the member may delete, as titles and ids."""
        return replies.choices(await self._own.listed(actor, editable=False), typed)

    async def _submit(self, call: Call, authorship: str, values: Values) -> Reply:
        anonymous = authorship == forms.ANONYMOUS
        submitted = await self._submissions.submit(
            call.actor, **typed_in(values), anonymous=anonymous
        )
        return replies.submitted(submitted, anonymous=anonymous)

    async def _revise(self, call: Call, number: str, values: Values) -> Reply:
        edited = await self._own.edit(call.actor, chosen(number), **typed_in(values))
        return replies.revised(edited)

    async def _delete(self, call: Call, number: str) -> Reply:
        await self._own.delete(call.actor, chosen(number))
        return replies.deleted()


def typed_in(values: Values) -> dict[str, str]:
    """What somebody typed into the form for an experience, as services take it."""
    return {name: values.text(name) for name in ("title", "story", "link")}
