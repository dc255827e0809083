"""The tree of hashes: the published values of RFC 6962, and every size against a tree that is made plainly."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sync import tree

# The eight leaves of the reference implementation of certificate transparency, and what it publishes over them.
LEAVES = [
    bytes.fromhex(one)
    for one in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
PROOFS = {
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}


def made_plainly(leaves: list[bytes]) -> bytes:
    """The root as RFC 6962 defines it, word by word."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return hashlib.sha256(b"\1" + made_plainly(leaves[:half]) + made_plainly(leaves[half:])).digest()


def nodes_of(leaves: list[bytes], steps: int = 1) -> dict[tree.Name, bytes]:
    """Every complete subtree, made in steps of so many leaves."""
    nodes: dict[tree.Name, bytes] = {}
    for size in range(0, len(leaves), steps):
        edge = {name: nodes[name] for name in tree.subtrees(0, size)}
        nodes |= tree.grown(size, edge, [tree.leaf(one) for one in leaves[size : size + steps]])
    return nodes


def root_at(nodes: dict[tree.Name, bytes], size: int) -> bytes:
    return tree.root([nodes[name] for name in tree.subtrees(0, size)])


def proof_of(nodes: dict[tree.Name, bytes], first: int, size: int) -> list[bytes]:
    return [tree.root([nodes[name] for name in part]) for part in tree.consistency(first, size)]


def test_the_published_roots() -> None:
    nodes = nodes_of(LEAVES)
    assert [root_at(nodes, size).hex() for size in range(1, 9)] == ROOTS
    assert root_at(nodes, 0) == tree.EMPTY == made_plainly([])


@pytest.mark.parametrize(("first", "size"), PROOFS)
def test_the_published_proofs(first: int, size: int) -> None:
    proof = [bytes.fromhex(one) for one in PROOFS[first, size]]
    assert proof_of(nodes_of(LEAVES), first, size) == proof
    assert tree.begins_with(first, bytes.fromhex(ROOTS[first - 1]), size, bytes.fromhex(ROOTS[size - 1]), proof)


def leaves_of(count: int) -> list[bytes]:
    return [str(number).encode() for number in range(count)]


@given(st.integers(1, 70), st.integers(1, 70))
def test_a_tree_grows_alike_in_any_steps(count: int, steps: int) -> None:
    nodes = nodes_of(leaves_of(count), steps)
    assert nodes == nodes_of(leaves_of(count))
    for size in range(count + 1):
        assert root_at(nodes, size) == made_plainly(leaves_of(size))


@given(st.integers(0, 70), st.integers(0, 70))
def test_every_growth_is_proved(one: int, other: int) -> None:
    first, size = sorted((one, other))
    nodes = nodes_of(leaves_of(size))
    assert tree.begins_with(first, root_at(nodes, first), size, root_at(nodes, size), proof_of(nodes, first, size))


@given(st.integers(1, 70), st.integers(1, 70), st.data())
def test_no_proof_fits_anything_else(one: int, other: int, data: st.DataObject) -> None:
    """A place of before was changed, or a hash of the proof was, or one came or went."""
    first, size = sorted((one, other))
    honest, leaves = nodes_of(leaves_of(size)), leaves_of(size)
    leaves[data.draw(st.integers(0, first - 1))] = b"changed"
    forged, known = nodes_of(leaves), root_at(honest, first)
    assert not tree.begins_with(first, known, size, root_at(forged, size), proof_of(forged, first, size))
    proof, now = proof_of(honest, first, size), root_at(honest, size)
    assert not tree.begins_with(first, known, size, now, [*proof, bytes(32)])
    if proof:
        place = data.draw(st.integers(0, len(proof) - 1))
        assert not tree.begins_with(first, known, size, now, [*proof[:place], bytes(32), *proof[place + 1 :]])
        assert not tree.begins_with(first, known, size, now, proof[:place] + proof[place + 1 :])


def test_a_smaller_tree_begins_with_nothing_larger() -> None:
    nodes = nodes_of(LEAVES)
    assert not tree.begins_with(8, root_at(nodes, 8), 5, root_at(nodes, 5), [])
    assert not tree.begins_with(0, tree.EMPTY, 5, root_at(nodes, 5), [bytes(32)])
    assert not tree.begins_with(8, root_at(nodes, 8), 8, root_at(nodes, 7), [])


def test_what_stands_over_a_lost_subtree_is_left_out() -> None:
    assert tree.grown(2, {}, [tree.leaf(b"x"), tree.leaf(b"y")]).keys() == {(0, 2), (0, 3), (1, 1)}
