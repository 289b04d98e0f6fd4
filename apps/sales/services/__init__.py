from apps.sales.services.channels import create_channel, delete_channel, update_channel
from apps.sales.services.tax_classes import create_tax_class, delete_tax_class, update_tax_class

__all__ = [
    "create_channel",
    "create_tax_class",
    "delete_channel",
    "delete_tax_class",
    "update_channel",
    "update_tax_class",
]
