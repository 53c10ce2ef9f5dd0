"""Who supervises, and who answers."""

from diancai.platform.core.permissions import permitted

may_see_supervision = permitted("see_supervision")
may_write_supervision = permitted("write_supervision")
may_answer_supervision = permitted("answer_supervision")
