"""`N_` marks a source text for the translators and returns it as it is."""


def N_(text: str) -> str:  # noqa: N802  the name that message extraction looks for
    return text
