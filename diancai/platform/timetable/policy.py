"""Who reads timetables."""

from diancai.platform.core.permissions import permitted

may_see_timetable = permitted("see_timetable")
