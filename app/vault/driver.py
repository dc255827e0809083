"""The database driver: the one import of it in the vault, so that nothing reaches for the interpreter's own."""

from sqlcipher3 import dbapi2 as driver

__all__ = ["driver"]
