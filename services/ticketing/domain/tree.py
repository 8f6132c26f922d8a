"""The tree of org units: where each one stands below the organisation, from its parents alone."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID


class Cycle(ValueError):
    """Org units that stand above themselves; ``members`` are those on the circle or below it."""

    def __init__(self, members: frozenset[UUID]) -> None:
        super().__init__("org units form a circle")
        self.members = members


def paths(parents: Mapping[UUID, UUID | None]) -> dict[UUID, tuple[UUID, ...]]:
    """The path of every node: its ancestors from the root down, itself last.

    ``parents`` maps each node to its parent, roots to None; every parent is a node.

    Raises:
        Cycle: some nodes never reach a root. Scopes are compared with paths, so a tree with a circle would let
            somebody see rows that belong to nobody.
        KeyError: a parent that is no node.
    """
    known: dict[UUID, tuple[UUID, ...]] = {}
    lost: set[UUID] = set()
    for start in parents:
        chain: list[UUID] = []
        seen: set[UUID] = set()
        node: UUID | None = start
        while node is not None and node not in known and node not in seen and node not in lost:
            seen.add(node)
            chain.append(node)
            node = parents[node]
        if node is not None and node not in known:
            lost.update(chain)
            continue
        base = () if node is None else known[node]
        for member in reversed(chain):
            base = (*base, member)
            known[member] = base
    if lost:
        raise Cycle(frozenset(lost))
    return known
