"""What customers adds elsewhere: how rows of files become people, companies and consents."""

from __future__ import annotations

from apps.customers.models import Company, Person
from apps.customers.services.importing import CompanyTarget, ConsentTarget, PersonTarget
from apps.kernel.imports.resources.targets import tailored_target
from apps.kernel.imports.targets import import_target

tailored_target(Person.entity_id, PersonTarget)
tailored_target(Company.entity_id, CompanyTarget)
import_target(ConsentTarget())
