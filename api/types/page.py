"""Pages of a connection."""

import strawberry


@strawberry.type(description="Where a page ends.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="There is a page after it.")
    has_previous_page: bool = strawberry.field(description="There is a page before it.")
    start_cursor: str | None = strawberry.field(description="Cursor of its first row; null when it has none.")
    end_cursor: str | None = strawberry.field(
        description="Cursor of its last row: pass it as `after` for the next page; null when it has none."
    )
