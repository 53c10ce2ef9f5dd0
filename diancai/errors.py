"""What can go wrong by the rules. A code and facts; the words live in the catalogue of texts."""


class DomainError(Exception):
    """A refusal that a person can understand. `code` is stable English, `facts` fill the sentence."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.code!r}, {self.facts!r})"


class NotFound(DomainError):
    """There is no such thing, or the person may not know that there is."""


class NotAllowed(DomainError):
    """The person may not do this."""


class InvalidInput(DomainError):
    """What was sent cannot be accepted."""


class WrongState(DomainError):
    """The thing is not in a state that allows this."""


class Conflict(DomainError):
    """Somebody else was faster, or the page was stale."""


class LimitReached(DomainError):
    """A cap, a fund or a count would be exceeded."""
