from apps.customers.services.importing.consents import ConsentTarget
from apps.customers.services.importing.targets import CompanyTarget, PersonTarget

__all__ = ["CompanyTarget", "ConsentTarget", "PersonTarget"]
