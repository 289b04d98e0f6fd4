from apps.kernel.outbound.answers import Answer
from apps.kernel.outbound.client import Outbound
from apps.kernel.outbound.errors import OutboundFailed, OutboundRefused, Reason

__all__ = ["Answer", "Outbound", "OutboundFailed", "OutboundRefused", "Reason"]
