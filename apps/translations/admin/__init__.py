"""Back office pages of translations."""

from apps.translations.admin.languages import languages_view
from apps.translations.admin.record import record_view
from apps.translations.admin.report import report_view

__all__ = ["languages_view", "record_view", "report_view"]
