"""Keys of every record: time-ordered UUIDs, so that they can't be guessed and data can move between bureaus."""

import uuid

import uuid_utils.compat


def new_key() -> uuid.UUID:
    """A UUID of version 7 (RFC 9562)."""
    return uuid_utils.compat.uuid7()
