from apps.customers.services.importing.targets import CompanyTarget, PersonTarget

__all__ = ["CompanyTarget", "PersonTarget"]
