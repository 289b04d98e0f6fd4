"""Custom fields that every tenant finds on products, variants, categories and offers, and may adapt: none so far.

Tenants add fields of their own in the back office. What all of them should have is declared here, by
`custom_field("catalog.product", key, label, kind)` of `apps/entities/contracts.py`.
"""
