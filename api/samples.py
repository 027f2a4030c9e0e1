"""Variables to try an operation with: values that find nothing, in the shapes that clients send most."""

from collections.abc import Iterator
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    get_named_type,
    is_list_type,
    is_non_null_type,
    is_required_input_field,
    type_from_ast,
)

SCALARS: dict[str, Any] = {
    "Int": 1,
    "Float": 0.0,
    "Boolean": True,
    "Date": "2000-01-01",
    "DateTime": "2000-01-01T00:00:00Z",
}


SAMPLE_CODE = "00"
"""As long as a code, an NPI or a short name: 2 to 10 characters."""
SAMPLE_ID = "none_000000000000000000000000"
"""As long as the ids of this twin."""


def sample_variables(schema: GraphQLSchema, operation: OperationDefinitionNode) -> Iterator[dict[str, Any]]:
    """Only what the operation requires, then everything that it declares; with codes for ids, then with ids."""
    found: list[dict[str, Any]] = []
    for sample in (SAMPLE_CODE, SAMPLE_ID):
        found += [one for one in _shapes(schema, operation, sample) if one not in found]
    yield from found


def _shapes(schema: GraphQLSchema, operation: OperationDefinitionNode, sample_id: str) -> Iterator[dict[str, Any]]:
    required: dict[str, Any] = {}
    declared: dict[str, Any] = {}
    for definition in operation.variable_definitions or ():
        kind = type_from_ast(schema, definition.type)
        name = definition.variable.name.value
        declared[name] = _sample(kind, sample_id)
        if is_non_null_type(kind) and definition.default_value is None:
            required[name] = declared[name]
    yield required
    yield declared


def _sample(kind: Any, sample_id: str) -> Any:
    if is_non_null_type(kind):
        return _sample(kind.of_type, sample_id)
    if is_list_type(kind):
        return [_sample(kind.of_type, sample_id)]
    named: Any = get_named_type(kind)
    if isinstance(named, GraphQLEnumType):
        return next(iter(named.values))
    if isinstance(named, GraphQLInputObjectType):
        return {
            name: _sample(field.type, sample_id)
            for name, field in named.fields.items()
            if is_required_input_field(field)
        }
    return sample_id if named.name == "ID" else SCALARS.get(named.name, SAMPLE_CODE)
