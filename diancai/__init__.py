"""Diancai (点菜): participatory budgeting and deliberation for street offices."""

__version__ = "0.1.0"
