"""Names of what happens to channels and tax classes. These events come from the images of the rows; nothing emits them.

What only this module can know is declared here by `event()`, with its payload in `contracts.py`.
"""

from __future__ import annotations

CHANNEL_CREATED = "sales.channel.created"
CHANNEL_UPDATED = "sales.channel.updated"
CHANNEL_DELETED = "sales.channel.deleted"
CHANNEL_RESTORED = "sales.channel.restored"
TAX_CLASS_CREATED = "sales.tax_class.created"
TAX_CLASS_UPDATED = "sales.tax_class.updated"
TAX_CLASS_DELETED = "sales.tax_class.deleted"
TAX_CLASS_RESTORED = "sales.tax_class.restored"
