"""Who may see and change divisions, offices and the calendar."""

from diancai.platform.core.permissions import anyone, permitted

may_manage_divisions = permitted("manage_divisions")
may_manage_settings = permitted("manage_settings")
may_manage_calendar = permitted("manage_calendar")
may_see_staff_home = permitted("see_staff_home")

__all__ = ["anyone", "may_manage_calendar", "may_manage_divisions", "may_manage_settings", "may_see_staff_home"]
