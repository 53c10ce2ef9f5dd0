"""Official papers that join several features: 明白纸 and 投票通知单 for residents, 征求民意情况报告 for the finance bureau."""
