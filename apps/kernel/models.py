"""Models of the kernel's rooms, gathered for Django."""

from apps.kernel.bases.former import FormerRow
from apps.kernel.commands.models import Action, ActionUndo, Erasure, IdempotencyRecord, RowImage, TableShape
from apps.kernel.crypto.models import TenantKey
from apps.kernel.eventbus.models import Delivery, OutboxEvent
from apps.kernel.imports.models import ImportProblem, ImportRun
from apps.kernel.limits.models import RateCounter
from apps.kernel.tenancy.models import CredentialIndex, HandleIndex, PlatformAdmin, TenantStanding
from apps.kernel.work.models import Schedule, ScheduleState, Work, WorkerHeartbeat

__all__ = [
    "Action",
    "ActionUndo",
    "CredentialIndex",
    "Delivery",
    "Erasure",
    "FormerRow",
    "HandleIndex",
    "IdempotencyRecord",
    "ImportProblem",
    "ImportRun",
    "OutboxEvent",
    "PlatformAdmin",
    "RateCounter",
    "RowImage",
    "Schedule",
    "ScheduleState",
    "TableShape",
    "TenantKey",
    "TenantStanding",
    "Work",
    "WorkerHeartbeat",
]
