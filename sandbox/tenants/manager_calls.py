"""What do the calls of the relation from a user to the manager answer?"""

from sandbox.tenants import errors
from sandbox.tenants.context import Context
from sandbox.tenants.exchange import Answer
from sandbox.tenants.managers import manager_of
from sandbox.tenants.people import Person
from sandbox.tenants.user_calls import existing, replicated

_COLLECTIONS = ("users", "directoryObjects")


def assign_manager(context: Context) -> Answer:
    """Both have to exist; a manager whom a replica does not have yet is refused in words of its own (observed:
    https://github.com/microsoftgraph/msgraph-sdk-dotnet/issues/2508)."""
    person, manager = existing(context), _referenced(context)
    if replicated(context, person) is None:
        raise errors.not_replicated()
    if replicated(context, manager) is None:
        raise errors.bad_request("Not a valid reference update.")
    context.tenant.people.update(person, {"manager": {"id": manager.id}}, context.now)
    return Answer(status=204)


def remove_manager(context: Context) -> Answer:
    person = existing(context)
    if replicated(context, person) is None:
        raise errors.not_replicated()
    if not manager_of(person.document):
        raise errors.not_found(context.id)
    context.tenant.people.update(person, {"manager": None}, context.now)
    return Answer(status=204)


def _referenced(context: Context) -> Person:
    """The user whom the body names by a URL of this Graph."""
    reference = context.request.document["@odata.id"]
    base, _, rest = str(reference).rpartition("/v1.0/")
    collection, _, object_id = rest.partition("/")
    if f"{base}/v1.0" != context.request.base or collection not in _COLLECTIONS or not object_id or "/" in object_id:
        raise errors.bad_request("Invalid URL in the payload: @odata.id does not name an entity.", "@odata.id")
    manager = context.tenant.people.find(object_id)
    if manager is None:
        raise errors.not_found(object_id)
    return manager
