"""Custom fields that every tenant finds on channels and tax classes, and may adapt or hide: none so far.

Tenants add fields of their own in the back office. What all of them should have is declared here, by
`custom_field("sales.channel", key, label, kind)` of `apps/entities/contracts.py`.
"""
