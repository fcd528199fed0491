"""Which requests do we make of Graph? This is all of them; each path is the SDK's own request builder's."""

import warnings
from collections.abc import Mapping, Sequence
from typing import ClassVar
from urllib.parse import quote

import msgspec
from kiota_abstractions.base_request_builder import BaseRequestBuilder
from kiota_abstractions.method import Method
from kiota_abstractions.request_information import RequestInformation
from msgraph.graph_service_client import GraphServiceClient

from shared.adapters.graph.filters import beginning_filter, ids_filter, name_ending_filter, quoted, words_search

# https://learn.microsoft.com/graph/query-parameters#top: the most that directory collections give
_LARGEST_PAGE = 999
# the SDK's template does not know it
_DELTA_TOKEN = "%24deltatoken"  # noqa: S105  no secret: the name of an option


class GraphCalls:
    """Describes requests; a description is sent by itself or as an item of a batch."""

    _loaded: ClassVar[bool] = False

    def __init__(self, graph: GraphServiceClient) -> None:
        self._graph = graph
        if not GraphCalls._loaded:
            self._load_builders()
            GraphCalls._loaded = True

    def _load_builders(self) -> None:
        # builders load when they are first used, and the SDK's warn of classes of their own then: once, here
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            self._use_each()

    def _use_each(self) -> None:
        self.users_delta(())
        self.groups_delta(())
        self.assigned_to("")
        self.assignments_of("")
        self.memberships_of("")
        self.all_memberships_of("")
        self.memberships_of_group("")
        self.organization()
        self.extension_properties(synced=False)
        self.partner_policy("")
        self.partner("")
        self.default_policy()
        self.authorization_policy()
        self.subscribed_skus()
        self.deleted_users_where("", ())
        self.role_assignments_of("")
        self.invite({})
        self.remove_manager("")
        self.restore("")
        self.send_mail("", {})

    def users_delta(self, select: Sequence[str]) -> RequestInformation:
        # not `Prefer: return=minimal`, which sends the changed properties only: we need whole people
        return _read(self._graph.users.delta, select=list(select))

    def users_delta_from_now(self, select: Sequence[str]) -> RequestInformation:
        # https://learn.microsoft.com/graph/delta-query-overview: `latest` gives the link alone
        call = self.users_delta(select)
        call.url_template = f"{call.url_template}".replace("{?", f"{{?{_DELTA_TOKEN},")
        call.query_parameters[_DELTA_TOKEN] = "latest"
        return call

    def groups_delta(self, group_ids: Sequence[str]) -> RequestInformation:
        # the relation is asked for by $select; $expand is not supported
        select = ["id", "displayName", "members"]
        return _read(self._graph.groups.delta, select=select, filter=ids_filter(tuple(group_ids)))

    def assigned_to(self, service_principal_id: str) -> RequestInformation:
        builder = self._graph.service_principals.by_service_principal_id(service_principal_id)
        return _read(builder.app_role_assigned_to, top=_LARGEST_PAGE)

    def user(self, user_id: str, select: Sequence[str], *, manager: bool = False) -> RequestInformation:
        # the relation cannot be selected here, and expanded it costs a unit and no request
        expand = ["manager($select=id)"] if manager else []
        return _read(self._graph.users.by_user_id(user_id), select=list(select), expand=expand)

    def assignments_of(self, user_id: str) -> RequestInformation:
        # with this header the answer includes what the person's direct groups were assigned:
        # https://learn.microsoft.com/graph/api/user-list-approleassignments
        return _eventual(_read(self._graph.users.by_user_id(user_id).app_role_assignments, top=_LARGEST_PAGE))

    def memberships_of(self, user_id: str) -> RequestInformation:
        # without a cast to groups, which would need the index that lags behind: other ids do no harm
        return _read(self._graph.users.by_user_id(user_id).member_of, select=["id"], top=_LARGEST_PAGE)

    def all_memberships_of(self, user_id: str) -> RequestInformation:
        # https://learn.microsoft.com/graph/api/user-list-transitivememberof, without a cast as above
        return _read(self._graph.users.by_user_id(user_id).transitive_member_of, select=["id"], top=_LARGEST_PAGE)

    def memberships_of_group(self, group_id: str) -> RequestInformation:
        return _read(self._graph.groups.by_group_id(group_id).member_of, select=["id"], top=_LARGEST_PAGE)

    def organization(self) -> RequestInformation:
        return _read(self._graph.organization, select=["id", "verifiedDomains"])

    def extension_properties(self, *, synced: bool) -> RequestInformation:
        builder = self._graph.directory_objects.get_available_extension_properties
        return _write(Method.POST, builder, {"isSyncedFromOnPremises": synced})

    def partner_policy(self, source_tenant_id: str) -> RequestInformation:
        partners = self._graph.policies.cross_tenant_access_policy.partners
        partner = partners.by_cross_tenant_access_policy_configuration_partner_tenant_id(source_tenant_id)
        return _read(partner.identity_synchronization)

    def partner(self, tenant_id: str) -> RequestInformation:
        partners = self._graph.policies.cross_tenant_access_policy.partners
        return _read(partners.by_cross_tenant_access_policy_configuration_partner_tenant_id(tenant_id))

    def default_policy(self) -> RequestInformation:
        return _read(self._graph.policies.cross_tenant_access_policy.default)

    def authorization_policy(self) -> RequestInformation:
        return _read(self._graph.policies.authorization_policy, select=["id", "allowInvitesFrom"])

    def subscribed_skus(self) -> RequestInformation:
        return _read(self._graph.subscribed_skus, select=["capabilityStatus", "servicePlans"])

    def service_principal(self, service_principal_id: str) -> RequestInformation:
        builder = self._graph.service_principals.by_service_principal_id(service_principal_id)
        return _read(builder, select=["id", "accountEnabled"])

    def users_where(self, condition: str, select: Sequence[str]) -> RequestInformation:
        return _read(self._graph.users, filter=condition, select=list(select))

    def any_user(self) -> RequestInformation:
        return _read(self._graph.users, select=["id"], top=1)

    def any_deleted_user(self) -> RequestInformation:
        return _read(self._graph.directory.deleted_items.graph_user, select=["id"], top=1)

    def deleted_user(self, user_id: str, select: Sequence[str]) -> RequestInformation:
        return _read(self._graph.directory.deleted_items.by_directory_object_id(user_id), select=list(select))

    def deleted_users_where(self, condition: str, select: Sequence[str]) -> RequestInformation:
        return _read(self._graph.directory.deleted_items.graph_user, filter=condition, select=list(select))

    def users_beginning(self, text: str, select: Sequence[str], top: int) -> RequestInformation:
        condition = beginning_filter(text, ("displayName", "givenName", "surname", "mail", "userPrincipalName"))
        return _read(self._graph.users, filter=condition, select=list(select), top=top)

    def users_with_words(self, text: str, select: Sequence[str], top: int) -> RequestInformation:
        return _eventual(_read(self._graph.users, search=words_search(text), select=list(select), top=top))

    def deleted_users_beginning(self, text: str, select: Sequence[str], top: int) -> RequestInformation:
        condition = beginning_filter(text, ("displayName", "givenName", "surname", "mail"))
        return _read(self._graph.directory.deleted_items.graph_user, filter=condition, select=list(select), top=top)

    def deleted_users_named(self, name: str, select: Sequence[str], top: int) -> RequestInformation:
        options = {"filter": name_ending_filter(name), "count": "true"}
        call = _read(self._graph.directory.deleted_items.graph_user, **options, select=list(select), top=top)
        return _eventual(call)

    def role_assignments_of(self, principal_id: str) -> RequestInformation:
        builder = self._graph.role_management.directory.role_assignments
        return _read(builder, filter=f"principalId eq {quoted(principal_id)}", top=1)

    def invite(self, body: Mapping[str, object]) -> RequestInformation:
        return _write(Method.POST, self._graph.invitations, body)

    def update(self, user_id: str, body: Mapping[str, object]) -> RequestInformation:
        return _write(Method.PATCH, self._graph.users.by_user_id(user_id), body)

    def delete(self, user_id: str) -> RequestInformation:
        return _write(Method.DELETE, self._graph.users.by_user_id(user_id))

    def assign_manager(self, user_id: str, manager_id: str) -> RequestInformation:
        base = self._graph.request_adapter.base_url.rstrip("/")
        reference = {"@odata.id": f"{base}/users/{quote(manager_id, safe='')}"}
        return _write(Method.PUT, self._graph.users.by_user_id(user_id).manager.ref, reference)

    def remove_manager(self, user_id: str) -> RequestInformation:
        return _write(Method.DELETE, self._graph.users.by_user_id(user_id).manager.ref)

    def send_mail(self, user_id: str, body: Mapping[str, object]) -> RequestInformation:
        return _write(Method.POST, self._graph.users.by_user_id(user_id).send_mail, body)

    def restore(self, user_id: str) -> RequestInformation:
        return _write(Method.POST, self._graph.directory.deleted_items.by_directory_object_id(user_id).restore)


def following(call: RequestInformation, url: str) -> RequestInformation:
    """Return the request for the next page, at a URL below the base; Graph wants the same headers with each page."""
    following = RequestInformation(call.http_method)
    following.url = url
    following.headers.add_all(call.headers.get_all())
    return following


def batched(requests: Sequence[Mapping[str, object]]) -> RequestInformation:
    """Return the request that carries a batch; the SDK's own batch writes absolute URLs and loses JSON bodies."""
    call = RequestInformation(Method.POST)
    call.url = "/$batch"
    call.set_stream_content(msgspec.json.encode({"requests": requests}), "application/json")
    return call


def relative_url(call: RequestInformation) -> str:
    """Return the request's URL below the base URL.

    Expanded here and not by the SDK, whose library walks through template and values character by character: that was
    a sixth of what a whole cycle costs the processor.
    """
    template = call.url_template
    path, question_mark, query = call.url.partition("?") if template is None else _expanded(call, template)
    # the SDK writes the names of options as %24select, casts as graph.user; Graph's pages write $ and microsoft.graph
    options = "&".join(_plain_name(option) for option in query.split("&"))
    return path.replace("/graph.user", "/microsoft.graph.user") + question_mark + options


def _expanded(call: RequestInformation, template: str) -> tuple[str, str, str]:
    """Return path, question mark and query: https://www.rfc-editor.org/rfc/rfc6570, as far as the builders use it."""
    path, _, names = template.removeprefix("{+baseurl}").partition("{?")
    for name, value in call.path_parameters.items():
        path = path.replace(f"{{{name}}}", quote(str(value), safe=""))
    values = {name: call.query_parameters.get(name) for name in names.removesuffix("}").split(",")}
    options = [f"{name}={_value(value)}" for name, value in values.items() if value is not None and value != []]
    return path, "?" if options else "", "&".join(options)


def _value(value: object) -> str:
    if isinstance(value, list):
        return ",".join(quote(str(each), safe="") for each in value)
    return quote(str(value), safe="")


def _plain_name(option: str) -> str:
    name, equals, value = option.partition("=")
    return name.replace("%24", "$") + equals + value


def _read(builder: BaseRequestBuilder, **options: list[str] | str | int) -> RequestInformation:
    call = _described(Method.GET, builder)
    call.query_parameters.update({quote(f"${name}"): value for name, value in options.items() if value != []})
    return call


def _write(method: Method, builder: BaseRequestBuilder, body: Mapping[str, object] | None = None) -> RequestInformation:
    call = _described(method, builder)
    if body is not None:
        call.set_stream_content(msgspec.json.encode(body), "application/json")
    return call


def _eventual(call: RequestInformation) -> RequestInformation:
    """Allow an answer from the index that lags behind: https://learn.microsoft.com/graph/aad-advanced-queries"""
    call.headers.add("ConsistencyLevel", "eventual")
    return call


def _described(method: Method, builder: BaseRequestBuilder) -> RequestInformation:
    # not the builder's own `get` or `post`: they load the SDK's models, a second and 65 MB
    return RequestInformation(method, builder.url_template, dict(builder.path_parameters))
