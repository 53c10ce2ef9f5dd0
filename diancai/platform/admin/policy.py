"""Who may see the screens that join features. The rows stand in core/permissions."""

from diancai.platform.core.actor import Actor
from diancai.platform.core.confirmations import ConfirmationRequest
from diancai.platform.core.permissions import permitted

may_see_staff_home = permitted("see_staff_home")
may_manage_staff = permitted("manage_staff")
may_manage_settings = permitted("manage_settings")
may_read_log = permitted("read_log")


def may_see_request(actor: Actor, request: ConfirmationRequest | None) -> bool:
    """Everybody in office in its street."""
    return request is not None and may_see_staff_home(actor, request)


may_see_request.action = "see_staff_home"  # type: ignore[attr-defined]
