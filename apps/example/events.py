"""The module's own hook, and the names of what happens to reminders, which comes from the images of their rows."""

from __future__ import annotations

from apps.example.contracts import Stance
from apps.kernel.eventbus.hooks import hook

REMINDER_CREATED = "example.reminder.created"
REMINDER_UPDATED = "example.reminder.updated"
REMINDER_DELETED = "example.reminder.deleted"
REMINDER_RESTORED = "example.reminder.restored"

# Other modules may see a stance otherwise: `example.stance.judge.before` and `.after`.
STANCE_JUDGE = hook("example.stance.judge", given=Stance, answer=Stance)
