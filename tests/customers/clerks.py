"""What clerks hold who see, or change, all that is not restricted."""

from __future__ import annotations

READS = (
    "customers.people.view",
    "customers.companies.view",
    "customers.deals.view",
    "customers.export",
    "audit_logs.view_tenant",
    "audit_logs.undo_tenant",
    "audit_logs.undo_self",
    "search.view",
    "dashboards.view",
    "events.view",
    "dictionaries.view",
)
WRITES = (*READS, "customers.people.manage", "customers.companies.manage", "customers.deals.manage", "customers.erase")
