"""People, and one's own profile."""

from chat.api import answers, bodies
from chat.api.operation import Resource, operation
from chat.api.paging import link
from chat.api.request import Request
from chat.domain import shapes
from chat.domain.errors import RateLimited
from chat.queries import people
from chat.queries.shapes import people_shapes, person_shape
from chat.services.accounts import change_profile
from chat.services.limits import spend


class PeopleList(Resource):
    @operation("list_people", refusals=(RateLimited,))
    def get(self, request: Request, query: bodies.PeopleQuery) -> answers.People:
        """The people of this chat, by username."""
        spend("SEARCHES_PER_PERSON", request.user.pk)
        found = people.find(request.user, text=query.q, after=query.after, limit=query.limit + 1)
        shown = found[: query.limit]
        more = link(request, after=shown[-1].username) if len(found) > len(shown) else None
        return answers.People(results=shown, next=more)


class OwnProfile(Resource):
    @operation("show_me", roomless=True)
    def get(self, request: Request) -> shapes.Person:
        """Oneself, as everyone sees one."""
        return person_shape(request.user)

    @operation("change_me", refusals=(RateLimited,))
    def patch(self, request: Request, body: bodies.ProfileChange) -> shapes.Person:
        """Change the name that is shown."""
        change_profile(actor=request.user, display_name=body.display_name)
        return people_shapes([request.user.pk])[request.user.pk]
