"""Who prepares a hall server, and who takes back what it brings."""

from diancai.platform.core.permissions import permitted

may_see_hall_server = permitted("see_hall_server")
may_prepare_hall_server = permitted("prepare_hall_server")
may_take_hall_back = permitted("take_hall_back")
may_hand_hall_back = permitted("hand_hall_back")
