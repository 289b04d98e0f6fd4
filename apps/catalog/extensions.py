"""What the catalog adds elsewhere: how rows of files become products, variants and prices."""

from __future__ import annotations

from apps.catalog.services.importing import PriceTarget, ProductTarget, VariantTarget
from apps.kernel.imports.targets import import_target

import_target(ProductTarget())
import_target(VariantTarget())
import_target(PriceTarget())
