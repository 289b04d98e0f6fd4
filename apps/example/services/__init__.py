from apps.example.services.reminders import create_reminder, delete_reminder, remind_of_currency, update_reminder
from apps.example.services.stances import save_stance

__all__ = ["create_reminder", "delete_reminder", "remind_of_currency", "save_stance", "update_reminder"]
