"""What somebody who takes part in an interaction says to it themselves."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.customers.errors import NotInvited
from apps.customers.features import VIEW_INTERACTIONS
from apps.customers.models import Answer, Interaction, Participant
from apps.kernel.access.visible import person_of
from apps.kernel.commands.declarations import command
from apps.kernel.commands.loading import load_living
from apps.kernel.errors import FieldError, InvalidInput
from apps.kernel.tenancy.scope import current_scope


@command(
    "customers.interaction.answer",
    feature=VIEW_INTERACTIONS,
    undoable=False,
    undo_reason=gettext_lazy("an answer is taken back by another answer."),
)
def answer_interaction(interaction_id: UUID, *, answer: str) -> Interaction:
    """Say whether one comes. Raises RowNotFound, InvalidInput, NotInvited for whoever does not take part."""
    if answer not in Answer.values:
        text = _("Choose one of: {answers}.").format(answers=", ".join(Answer.values))
        raise InvalidInput(errors=(FieldError("answer", "invalid_choice", text),))
    row = load_living(Interaction, interaction_id)
    own = Participant.objects.select_for_update(no_key=True, of=("self",)).filter(
        interaction=row, user_id=person_of(current_scope().actor), user_id__isnull=False
    )
    mine = own.first()
    if mine is None:
        raise NotInvited
    if mine.answer != answer:
        mine.answer = answer
        mine.save(update_fields=["answer"])
    return row
