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
VIEW_COMMENTS = feature("customers.comments.view", _("Read what is said about customers that one sees"))
WRITE_COMMENTS = feature(
    "customers.comments.write", _("Comment on customers that one sees"), implies=("customers.comments.view",)
)
MANAGE_COMMENTS = feature(
    "customers.comments.manage", _("Change and delete the comments of others"), implies=("customers.comments.write",)
)
USE_LABELS = feature("customers.labels.use", _("Mark customers with labels of one's own"))
FOLLOW = feature("customers.followers.use", _("Follow customers that one sees"))
