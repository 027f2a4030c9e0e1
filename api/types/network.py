"""Provider networks of plans."""

import strawberry

from api.binding import exposes
from api.types.node import Node
from graph.schema.coverage import PROVIDER_NETWORK


@exposes(PROVIDER_NETWORK)
@strawberry.type(description=PROVIDER_NETWORK.doc)
class ProviderNetwork(Node):
    id: strawberry.ID
    name: str | None
