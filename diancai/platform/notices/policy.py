"""Who may look after notices and objections."""

from diancai.platform.core.permissions import permitted

may_see_notices = permitted("see_notices")
may_confirm_notice = permitted("confirm_notice")
may_enter_objection = permitted("enter_objection")
may_answer_objection = permitted("answer_objection")
