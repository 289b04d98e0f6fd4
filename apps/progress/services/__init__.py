from apps.progress.services.cancelling import cancel_job
from apps.progress.services.stored import StoredProgress
from apps.progress.services.sweeping import look_after

__all__ = ["StoredProgress", "cancel_job", "look_after"]
