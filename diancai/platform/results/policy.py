"""Who may draw, count, sign, publish and finish. All from the one table."""

from diancai.platform.core.permissions import permitted

may_see_count_desk = permitted("see_count_desk")
may_type_draw = permitted("type_draw")
may_count = permitted("count_round")
may_see_result = permitted("see_result")
may_sign = permitted("sign_result")
may_certify = permitted("certify_result")
may_submit = permitted("submit_result")
may_review = permitted("review_result")
may_return = permitted("return_result")
may_publish = permitted("publish_result")
may_answer_objection = permitted("answer_objection")
may_grant_fund = permitted("grant_fund")
may_finish = permitted("finish_round")
may_import = permitted("import_round")
