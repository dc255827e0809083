"""What a server is told when it is built."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """`data` holds the server's identity and the embedded store with its key; times are in seconds."""

    data: Path
    store: str | None = None
    """The address of a PostgreSQL database, without a password; None for what the folder itself says."""
    page_limit: int | None = None
    """Most 4 KiB pages that the store may grow to; None for as much as the disk holds."""
    session_seconds: int = 15 * 60
    code_seconds: int = 7 * 24 * 3600
    body_seconds: float = 60.0
    """How long a request's body may take to arrive."""
    enrol_per_minute: int = 10
    """Enrolment tries from one address."""
    sign_in_per_minute: int = 30
    """Challenges and sign-ins of one device; an address may make ten times as many."""
    flags_per_minute: int = 10
    """Flags and notes of them from one device."""
    chunk_bytes_per_day: int = 4 * 1024 * 1024 * 1024
    """Bytes of attachments that one device may give in a day: more than the photographs of 40,000 people."""
    most_listeners: int = 4000
    """Streams of pokes that one process holds open."""
    heartbeat_seconds: float = 25.0
    """How often a silent stream says that it is there, and looks at its token."""
