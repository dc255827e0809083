"""The tree of hashes over an agency's feed, as RFC 6962 and RFC 9162 describe it: pure functions for both ends.

A tree over `size` leaves is known by its complete subtrees. One of them is named by `(level, position)`: it stands
over the 2^level leaves from `position * 2^level` on. Whoever holds all of them can tell the root at any earlier size
too, and prove that a later tree begins with an earlier one; whoever checks such a proof needs nothing but two roots.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce

Name = tuple[int, int]
"""Level and position of a complete subtree."""
Nodes = Mapping[Name, bytes]

EMPTY = hashlib.sha256().digest()
"""The root of a tree without leaves."""


def leaf(content: bytes) -> bytes:
    """The hash of a leaf."""
    return hashlib.sha256(b"\x00" + content).digest()


def parent(left: bytes, right: bytes) -> bytes:
    """The hash over two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def subtrees(start: int, end: int) -> list[Name]:
    """The complete subtrees over the leaves from `start` to before `end`, the largest first.

    `start` is where a tree, or a part that RFC 6962 takes from one, may begin: a multiple of the largest of them.
    """
    found: list[Name] = []
    while start < end:
        level = (end - start).bit_length() - 1
        found.append((level, start >> level))
        start += 1 << level
    return found


def root(hashes: Sequence[bytes]) -> bytes:
    """The hash over neighbouring complete subtrees, the largest first, as `subtrees` names them."""
    return reduce(lambda right, left: parent(left, right), reversed(hashes)) if hashes else EMPTY


def grown(size: int, edge: Nodes, leaves: Iterable[bytes]) -> dict[Name, bytes]:
    """The complete subtrees that come to be when leaves follow the first `size`.

    `edge` holds those that `subtrees(0, size)` names. What stands over one that is missing there is left out.
    """
    new: dict[Name, bytes] = {}
    for place, one in enumerate(leaves, size):
        level, position, over = 0, place, one
        new[level, position] = over
        while position & 1:
            left = new.get((level, position - 1)) or edge.get((level, position - 1))
            if left is None:
                break
            level, position, over = level + 1, position >> 1, parent(left, over)
            new[level, position] = over
    return new


def consistency(first: int, size: int) -> list[list[Name]]:
    """What proves that the tree of `size` begins with the tree of `first`: a hash each, `root` over the subtrees named.

    RFC 6962, 2.1.2. Empty when there is nothing to prove: from the empty tree, or from the same.
    """
    if not 0 < first < size:
        return []
    found: list[list[Name]] = []
    start, end, known = 0, size, True
    while first != end:
        middle = start + (1 << ((end - start - 1).bit_length() - 1))
        if first <= middle:
            found.append(subtrees(middle, end))
            end = middle
        else:
            found.append(subtrees(start, middle))
            start, known = middle, False
    if not known:
        found.append(subtrees(start, end))
    return found[::-1]


def begins_with(first: int, first_root: bytes, size: int, whole_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether a proof shows that the tree of `size` begins with the tree of `first` (RFC 9162, 2.1.4.2)."""
    if first == size:
        return first_root == whole_root and not proof
    if first == 0:
        return first_root == EMPTY and not proof
    if not first < size or not proof:
        return False
    path = list(proof)
    if first & (first - 1) == 0:
        path.insert(0, first_root)
    place, last = first - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = path[0]
    for hash_ in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old, new = parent(hash_, old), parent(hash_, new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new = parent(new, hash_)
        place, last = place >> 1, last >> 1
    return (old, new, last) == (first_root, whole_root, 0)
