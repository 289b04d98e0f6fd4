"""What customers adds elsewhere: how rows of files become people and companies."""

from __future__ import annotations

from apps.customers.models import Company, Person
from apps.customers.services.importing import CompanyTarget, PersonTarget
from apps.kernel.imports.resources.targets import tailored_target

tailored_target(Person.entity_id, PersonTarget)
tailored_target(Company.entity_id, CompanyTarget)
