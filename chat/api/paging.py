"""Where the neighbours of a page are."""

from chat.api.request import Request

CURSORS = ("before", "after", "around")


def link(request: Request, **cursor: int | str) -> str:
    """The address of this list at another cursor."""
    query = request.query_params.copy()
    for name in CURSORS:
        query.pop(name, None)
    for name, value in cursor.items():
        query[name] = str(value)
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
