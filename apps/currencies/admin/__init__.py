"""Back office pages of currencies, their rates, and the fetching of rates."""

from apps.currencies.admin.chart import chart_view
from apps.currencies.admin.configs import FetchConfigPage
from apps.currencies.admin.converter import converter_view
from apps.currencies.admin.currencies import CurrencyPage
from apps.currencies.admin.rates import RatePage
from apps.currencies.admin.runs import FetchRunPage

__all__ = ["CurrencyPage", "FetchConfigPage", "FetchRunPage", "RatePage", "chart_view", "converter_view"]
