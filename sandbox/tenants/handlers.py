"""Which function answers which row of the table of calls?"""

from collections.abc import Mapping

from sandbox.tenants import directory_calls, group_calls, invitations, user_calls, user_delta
from sandbox.tenants.context import Handler

HANDLERS: Mapping[str, Handler] = {
    "users_delta": user_delta.users_delta,
    "list_users": user_calls.list_users,
    "get_user": user_calls.get_user,
    "update_user": user_calls.update_user,
    "delete_user": user_calls.delete_user,
    "list_groups_of_user": user_calls.list_groups_of_user,
    "list_assignments_of_user": user_calls.list_assignments_of_user,
    "groups_delta": group_calls.groups_delta,
    "list_assigned_to": directory_calls.list_assigned_to,
    "available_extension_properties": directory_calls.available_extension_properties,
    "get_organization": directory_calls.get_organization,
    "invite": invitations.invite,
    "list_deleted_users": directory_calls.list_deleted_users,
    "get_deleted_user": directory_calls.get_deleted_user,
    "restore_user": directory_calls.restore_user,
    "get_identity_synchronization": directory_calls.get_identity_synchronization,
    "list_role_assignments": directory_calls.list_role_assignments,
}
