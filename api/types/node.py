"""What every entity has in common."""

import strawberry


@strawberry.interface(description="Something with an id of its own, the same in every answer and to every caller.")
class Node:
    id: strawberry.ID
