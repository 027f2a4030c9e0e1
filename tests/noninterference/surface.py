"""Which declared properties the members of a schema show, by label or relationship type."""

from collections import defaultdict
from collections.abc import Mapping

from graphql import GraphQLInputObjectType, GraphQLObjectType, GraphQLSchema

from api.binding import BINDINGS, Binding

COMPUTED = {"ageDays": "dataTime", "components": "barrierShares", "band": "value", "lineage": "lineage"}
"""Members that show a property under another name."""


def shown_properties(schema: GraphQLSchema) -> Mapping[str, frozenset[str]]:
    """Properties that a member of the schema shows, filters or sorts by."""
    found: dict[str, set[str]] = defaultdict(set)
    for name, kind in schema.type_map.items():
        binding: Binding | None = BINDINGS.get(name)
        if binding is None or not isinstance(kind, GraphQLObjectType | GraphQLInputObjectType):
            continue
        for member in kind.fields:
            declared = binding.members.get(member)
            shown = declared.property if declared is not None and declared.property else COMPUTED.get(member)
            if shown is not None:
                found[binding.label].add(shown)
    return {label: frozenset(names) for label, names in found.items()}
