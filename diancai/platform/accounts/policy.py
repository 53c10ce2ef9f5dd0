"""Who may see and change accounts."""

from diancai.platform.core.permissions import anyone, permitted, signed_in

may_manage_staff = permitted("manage_staff")

__all__ = ["anyone", "may_manage_staff", "signed_in"]
