"""Which requests does the product make? This table is all that the simulated tenants answer.

Each row names its path, the options, headers and body properties that may be sent, who may send it and what it costs:
https://learn.microsoft.com/graph/throttling-limits#identity-and-access-service-limits
"""

from sandbox.tenants.administration_calls import ADMINISTRATION
from sandbox.tenants.call import API as _API
from sandbox.tenants.call import BOTH, Call, Caller
from sandbox.tenants.call import options as _options
from sandbox.tenants.properties import USER_PROPERTIES

_READ_USERS = ("User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All")
_WRITE_USERS = ("User.ReadWrite.All", "Directory.ReadWrite.All")
_READ_GROUPS = ("GroupMember.Read.All", "Group.Read.All", "Directory.Read.All", "Directory.ReadWrite.All")
_READ_APPLICATIONS = ("Application.Read.All", "Application.ReadWrite.All", "Directory.Read.All")
_DELETE_RESTORE = ("User.DeleteRestore.All", "User.ReadWrite.All")
_READ_ROLES = ("RoleManagement.Read.Directory", "RoleManagement.Read.All")

_DIRECTORY: tuple[Call, ...] = (
    Call(
        name="users_delta",
        method="GET",
        path="users/delta",
        page=_API + "user-delta",
        permissions=_READ_USERS,
        options=_options("select", "skiptoken", "deltatoken"),
        by=BOTH,
    ),
    Call(
        name="list_users",
        method="GET",
        path="users",
        page=_API + "user-list",
        permissions=_READ_USERS,
        options=_options("filter", "search", "select", "top", "skiptoken"),
        units=2,
        by=BOTH,
    ),
    Call(
        name="get_user",
        method="GET",
        path="users/{id}",
        page=_API + "user-get",
        permissions=_READ_USERS,
        options=_options("select", "expand"),
        units=2,
        by=BOTH,
    ),
    Call(
        name="update_user",
        method="PATCH",
        path="users/{id}",
        page=_API + "user-update",
        permissions=_WRITE_USERS,
        properties=frozenset(each.name for each in USER_PROPERTIES.values() if each.writable),
        writes=1,
    ),
    Call(
        name="delete_user",
        method="DELETE",
        path="users/{id}",
        page=_API + "user-delete",
        permissions=_DELETE_RESTORE,
        writes=1,
        by=BOTH,
    ),
    Call(
        name="assign_manager",
        method="PUT",
        path="users/{id}/manager/$ref",
        page=_API + "user-post-manager",
        permissions=_WRITE_USERS,
        properties=frozenset({"@odata.id"}),
        writes=1,
    ),
    Call(
        name="remove_manager",
        method="DELETE",
        path="users/{id}/manager/$ref",
        page=_API + "user-delete-manager",
        permissions=_WRITE_USERS,
        writes=1,
    ),
    Call(
        name="list_groups_of_user",
        method="GET",
        path="users/{id}/memberOf",
        page=_API + "user-list-memberof",
        permissions=("Directory.Read.All", "GroupMember.Read.All", "Group.Read.All"),
        options=_options("select", "top", "skiptoken"),
        units=2,
    ),
    Call(
        name="list_all_groups_of_user",
        method="GET",
        path="users/{id}/transitiveMemberOf",
        page=_API + "user-list-transitivememberof",
        permissions=("Directory.Read.All", "GroupMember.Read.All", "Group.Read.All"),
        options=_options("select", "top", "skiptoken"),
        units=2,
    ),
    Call(
        name="list_groups_of_group",
        method="GET",
        path="groups/{id}/memberOf",
        page=_API + "group-list-memberof",
        permissions=("Directory.Read.All", "Directory.ReadWrite.All"),
        options=_options("select", "top", "skiptoken"),
        units=2,
    ),
    Call(
        name="list_assignments_of_user",
        method="GET",
        path="users/{id}/appRoleAssignments",
        page=_API + "user-list-approleassignments",
        permissions=("Directory.Read.All", "AppRoleAssignment.ReadWrite.All"),
        options=_options("filter", "count", "select", "top", "skiptoken"),
        units=2,
    ),
    Call(
        name="groups_delta",
        method="GET",
        path="groups/delta",
        page=_API + "group-delta",
        permissions=_READ_GROUPS,
        options=_options("select", "filter", "skiptoken", "deltatoken"),
    ),
    Call(
        name="list_assigned_to",
        method="GET",
        path="servicePrincipals/{id}/appRoleAssignedTo",
        page=_API + "serviceprincipal-list-approleassignedto",
        permissions=_READ_APPLICATIONS,
        options=_options("select", "top", "skiptoken"),
        by=BOTH,
    ),
    Call(
        name="available_extension_properties",
        method="POST",
        path="directoryObjects/getAvailableExtensionProperties",
        page=_API + "directoryobject-getavailableextensionproperties",
        permissions=("Directory.Read.All", "Directory.ReadWrite.All"),
        properties=frozenset({"isSyncedFromOnPremises"}),
    ),
    Call(
        name="get_organization",
        method="GET",
        path="organization",
        page=_API + "organization-list",
        permissions=("Organization.Read.All", "Directory.Read.All"),
        options=_options("select"),
        by=BOTH,
    ),
    Call(
        name="invite",
        method="POST",
        path="invitations",
        page=_API + "invitation-post",
        permissions=("User.Invite.All", "User.ReadWrite.All", "Directory.ReadWrite.All"),
        properties=frozenset(
            {
                "invitedUserEmailAddress",
                "inviteRedirectUrl",
                "invitedUserDisplayName",
                "invitedUserType",
                "sendInvitationMessage",
                "invitedUserMessageInfo",
            }
        ),
        writes=1,
        by=BOTH,
    ),
    Call(
        name="list_deleted_users",
        method="GET",
        path="directory/deletedItems/microsoft.graph.user",
        page=_API + "directory-deleteditems-list",
        permissions=_READ_USERS,
        options=_options("filter", "count", "select", "top", "skiptoken"),
        by=BOTH,
    ),
    Call(
        name="get_deleted_user",
        method="GET",
        path="directory/deletedItems/{id}",
        page=_API + "directory-deleteditems-get",
        permissions=_READ_USERS,
        options=_options("select"),
        by=BOTH,
    ),
    Call(
        name="restore_user",
        method="POST",
        path="directory/deletedItems/{id}/restore",
        page=_API + "directory-deleteditems-restore",
        permissions=_DELETE_RESTORE,
        writes=1,
    ),
    Call(
        name="get_identity_synchronization",
        method="GET",
        path="policies/crossTenantAccessPolicy/partners/{id}/identitySynchronization",
        page=_API + "crosstenantidentitysyncpolicypartner-get",
        permissions=("Policy.Read.All",),
        options=_options("select"),
        by=BOTH,
    ),
    Call(
        name="list_role_assignments",
        method="GET",
        path="roleManagement/directory/roleAssignments",
        page=_API + "rbacapplication-list-roleassignments",
        permissions=_READ_ROLES,
        options=_options("filter", "select", "top", "skiptoken"),
        required=_options("filter"),
    ),
    Call(
        name="send_mail",
        method="POST",
        path="users/{id}/sendMail",
        page=_API + "user-sendmail",
        permissions=("Mail.Send",),
        properties=frozenset({"message", "saveToSentItems"}),
    ),
    Call(
        name="batch",
        method="POST",
        path="$batch",
        page="https://learn.microsoft.com/graph/json-batching",
        permissions=(),
        properties=frozenset({"requests"}),
        units=0,
    ),
)

CALLS: tuple[Call, ...] = (*_DIRECTORY, *ADMINISTRATION)

_BY_SHAPE: dict[tuple[str, int], tuple[Call, ...]] = {}
for _call in CALLS:
    _shape = (_call.method, len(_call.segments))
    _BY_SHAPE[_shape] = (*_BY_SHAPE.get(_shape, ()), _call)


def find_call(
    method: str, path: tuple[str, ...], caller: Caller = Caller.APPLICATION
) -> tuple[Call, dict[str, str]] | None:
    """The row that answers, with its path parameters. Rows with fixed segments stand before those with parameters."""
    if path and path[-1].endswith("()"):
        # SDKs call functions with parentheses: /users/delta()
        path = (*path[:-1], path[-1][:-2])
    path = tuple("delta" if each == "microsoft.graph.delta" else each for each in path)
    for call in _BY_SHAPE.get((method, len(path)), ()):
        parameters = call.parameters(path) if caller in call.by else None
        if parameters is not None:
            return call, parameters
    return None
