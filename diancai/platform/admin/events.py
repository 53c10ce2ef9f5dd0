"""What administrators do with the platform itself."""

from dataclasses import dataclass

from diancai.platform.core.audit import Event


@dataclass(frozen=True)
class JobRetried(Event):
    job_id: int
    job_name: str
    attempts: int
