"""Variables to try an operation with: values that find nothing, in the two shapes that clients send most."""

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


def sample_variables(schema: GraphQLSchema, operation: OperationDefinitionNode) -> Iterator[dict[str, Any]]:
    """Only what the operation requires, then everything that it declares, where that is not the same."""
    required: dict[str, Any] = {}
    declared: dict[str, Any] = {}
    for definition in operation.variable_definitions or ():
        kind = type_from_ast(schema, definition.type)
        name = definition.variable.name.value
        declared[name] = _sample(kind)
        if is_non_null_type(kind) and definition.default_value is None:
            required[name] = declared[name]
    yield required
    if declared != required:
        yield declared


def _sample(kind: Any) -> Any:
    if is_non_null_type(kind):
        return _sample(kind.of_type)
    if is_list_type(kind):
        return [_sample(kind.of_type)]
    named: Any = get_named_type(kind)
    if isinstance(named, GraphQLEnumType):
        return next(iter(named.values))
    if isinstance(named, GraphQLInputObjectType):
        return {name: _sample(field.type) for name, field in named.fields.items() if is_required_input_field(field)}
    return SCALARS.get(named.name, "0")
