"""The words that a role may know, and all there are."""

import re

from api.permissions import PermissionSet
from graph.governance import load_policy
from graph.schema.catalogue import NODES, RELS


def words_of(role: str) -> set[str]:
    """Every word of a role's schema."""
    policy = load_policy()
    return set(re.findall(r"\w+", PermissionSet(policy, role, policy.roles[role].purposes[0]).sdl))


def all_words() -> set[str]:
    """The complete word list: all names of all schemas and of the graph itself."""
    words = set().union(*(words_of(role) for role in load_policy().roles))
    for node in NODES.values():
        words |= {node.label, *node.props}
    for relationship in RELS.values():
        words |= {relationship.type, *relationship.props}
    # Words of the language itself are known to everybody.
    return {word for word in words if re.fullmatch(r"[A-Za-z_]\w*", word)} - {"true", "false", "null"}
