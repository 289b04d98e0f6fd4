from apps.translations.services.locales import choose_locales
from apps.translations.services.texts import delete_translations, set_translations

__all__ = ["choose_locales", "delete_translations", "set_translations"]
