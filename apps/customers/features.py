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
VIEW_DEALS = feature("customers.deals.view", _("See deals"))
MANAGE_DEALS = feature(
    "customers.deals.manage", _("Add, change, move and close deals"), implies=("customers.deals.view",)
)
VIEW_PIPELINES = feature("customers.pipelines.view", _("See pipelines and their stages"))
MANAGE_PIPELINES = feature(
    "customers.pipelines.manage", _("Set up pipelines and their stages"), implies=("customers.pipelines.view",)
)
VIEW_INTERACTIONS = feature("customers.interactions.view", _("See interactions with customers"))
MANAGE_INTERACTIONS = feature(
    "customers.interactions.manage",
    _("Plan, change and delete interactions with customers"),
    implies=("customers.interactions.view",),
)
MERGE = feature(
    "customers.merge",
    _("Merge people and companies"),
    implies=("customers.people.manage", "customers.companies.manage"),
)
VIEW_ALL_PEOPLE = feature("customers.people.view_all", _("See restricted people too, whoever they were granted to"))
VIEW_ALL_COMPANIES = feature(
    "customers.companies.view_all", _("See restricted companies too, whoever they were granted to")
)
VIEW_ALL_DEALS = feature("customers.deals.view_all", _("See restricted deals too, whoever they were granted to"))
EXPORT_SUBJECTS = feature(
    "customers.subjects.export",
    _("Hand out everything that is known about a person"),
    implies=("customers.people.view",),
)
ERASE = feature(
    "customers.erase", _("Erase people, and delete for good what was deleted"), implies=("customers.people.manage",)
)
VIEW_COMMENTS = feature("customers.comments.view", _("Read what is said about customers that one sees"))
WRITE_COMMENTS = feature(
    "customers.comments.write", _("Comment on customers that one sees"), implies=("customers.comments.view",)
)
MANAGE_COMMENTS = feature(
    "customers.comments.manage", _("Change and delete the comments of others"), implies=("customers.comments.write",)
)
USE_LABELS = feature("customers.labels.use", _("Mark customers with labels of one's own"))
FOLLOW = feature("customers.followers.use", _("Follow customers that one sees"))
IMPORT = feature("customers.import", _("Import people, companies and consents from files"))
EXPORT = feature("customers.export", _("Export people, companies and consents into files"))
