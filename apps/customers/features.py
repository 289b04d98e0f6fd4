"""What may be allowed with customers."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.registry.features import feature

VIEW_PEOPLE = feature("customers.people.view", _("See people"))
MANAGE_PEOPLE = feature(
    "customers.people.manage", _("Add, change and delete people"), implies=("customers.people.view",)
)
VIEW_COMPANIES = feature("customers.companies.view", _("See companies"))
MANAGE_COMPANIES = feature(
    "customers.companies.manage", _("Add, change and delete companies"), implies=("customers.companies.view",)
)
MANAGE_SETTINGS = feature("customers.settings.manage", _("Set up tags, groups and lists of values of customers"))
IMPORT = feature("customers.import", _("Import people and companies from files"))
EXPORT = feature("customers.export", _("Export people and companies into files"))
