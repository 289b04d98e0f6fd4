"""Names of what happens to customers. These events come from the images of the rows; nothing emits them."""

from __future__ import annotations

PERSON_CREATED = "customers.person.created"
PERSON_UPDATED = "customers.person.updated"
PERSON_DELETED = "customers.person.deleted"
PERSON_RESTORED = "customers.person.restored"
COMPANY_CREATED = "customers.company.created"
COMPANY_UPDATED = "customers.company.updated"
COMPANY_DELETED = "customers.company.deleted"
COMPANY_RESTORED = "customers.company.restored"
TAG_CREATED = "customers.tag.created"
TAG_UPDATED = "customers.tag.updated"
TAG_DELETED = "customers.tag.deleted"
COMMENT_CREATED = "customers.comment.created"
COMMENT_UPDATED = "customers.comment.updated"
COMMENT_DELETED = "customers.comment.deleted"
COMMENT_RESTORED = "customers.comment.restored"
