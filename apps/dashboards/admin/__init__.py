from apps.dashboards.admin import arranging, boards, dashboards, sharing, widgets

__all__ = ["arranging", "boards", "dashboards", "sharing", "widgets"]
