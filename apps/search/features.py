"""What may be allowed with the search. Which records somebody finds is up to the features of their kinds."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.registry.features import feature

VIEW = feature("search.view", _("Search all records"))
MANAGE = feature("search.manage", _("Configure the search, see how its index stands and rebuild it"), implies=(VIEW,))
