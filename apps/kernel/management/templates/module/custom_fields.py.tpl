"""Custom fields that every tenant finds on {{ plan.things }}, and may adapt or hide: none so far.

Tenants add fields of their own in the back office. What all of them should have is declared here, by
`custom_field("{{ plan.entities[0].id }}", key, label, kind)` of `apps/entities/contracts.py`.
"""
