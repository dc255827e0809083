"""Every table, imported once so that migrations, capture and the store know all of them.

Not in the package itself: windows and documents import `models.vocab` and must not pull the database layer in.
"""

from sqlalchemy.orm import configure_mappers

from app.models import (
    agency,
    attachments,
    audit,
    crisis,
    form_library,
    lifesaver,
    lifesaver_search,
    people,
    published,
    registry,
    retention,
    safety,
    tracking,
    work_items,
)
from app.models.base import Base
from app.models.local import tables as local_tables

configure_mappers()
# Now, beside the entrance, and not at the first question after the passphrase.

__all__ = [
    "Base",
    "agency",
    "attachments",
    "audit",
    "crisis",
    "form_library",
    "lifesaver",
    "lifesaver_search",
    "local_tables",
    "people",
    "published",
    "registry",
    "retention",
    "safety",
    "tracking",
    "work_items",
]
