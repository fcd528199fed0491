"""Which requests does an administrator make to set a tenant up, to check it and to put it back as it was?

Permissions are delegated ones here, and application permissions where the product's own check makes the call too.
"""

from dataclasses import replace

from sandbox.tenants.call import API, BOTH, Call, Caller, options

_ADMINISTRATOR = frozenset({Caller.ADMINISTRATOR})
_READ_POLICIES = ("Policy.Read.All",)
_WRITE_PARTNERS = ("Policy.ReadWrite.CrossTenantAccess",)
_READ_APPLICATIONS = ("Application.Read.All", "Application.ReadWrite.All", "Directory.Read.All")
_WRITE_APPLICATIONS = ("Application.ReadWrite.All",)
_ASSIGN = ("AppRoleAssignment.ReadWrite.All",)
_FIND_TENANTS = ("CrossTenantInformation.ReadBasic.All",)
_PARTNERS = "policies/crossTenantAccessPolicy/partners"
_PARTNER_PAGE = API + "crosstenantaccesspolicyconfigurationpartner-"
_SYNCHRONIZATION_PAGE = API + "crosstenantidentitysyncpolicypartner-"
_APPLICATION = frozenset({"displayName", "signInAudience", "appRoles"})
_ASSIGNMENT = frozenset({"principalId", "resourceId", "appRoleId"})


def _read(name: str, path: str, page: str, permissions: tuple[str, ...], *selected: str) -> Call:
    return Call(name=name, method="GET", path=path, page=page, permissions=permissions, options=options(*selected))


def _written(name: str, way: str, page: str, permissions: tuple[str, ...], *properties: str) -> Call:
    method, path = way.split(" ")
    return Call(
        name=name,
        method=method,
        path=path,
        page=page,
        permissions=permissions,
        properties=frozenset(properties),
        writes=1,
        by=_ADMINISTRATOR,
    )


_READS = (
    _read(
        "find_tenant_by_id",
        "tenantRelationships/findTenantInformationByTenantId(tenantId='{tenantId}')",
        API + "tenantrelationship-findtenantinformationbytenantid",
        _FIND_TENANTS,
    ),
    _read(
        "find_tenant_by_domain",
        "tenantRelationships/findTenantInformationByDomainName(domainName='{domainName}')",
        API + "tenantrelationship-findtenantinformationbydomainname",
        _FIND_TENANTS,
    ),
    _read("get_partner", f"{_PARTNERS}/{{id}}", _PARTNER_PAGE + "get", _READ_POLICIES, "select"),
    _read(
        "get_default_policy",
        "policies/crossTenantAccessPolicy/default",
        API + "crosstenantaccesspolicyconfigurationdefault-get",
        _READ_POLICIES,
        "select",
    ),
    _read(
        "get_authorization_policy",
        "policies/authorizationPolicy",
        API + "authorizationpolicy-get",
        _READ_POLICIES,
        "select",
    ),
    _read(
        "list_subscribed_skus",
        "subscribedSkus",
        API + "subscribedsku-list",
        ("LicenseAssignment.Read.All", "Organization.Read.All", "Directory.Read.All"),
        "select",
    ),
    _read(
        "get_application_by_name",
        "applications(uniqueName='{uniqueName}')",
        API + "application-get",
        _READ_APPLICATIONS,
        "select",
    ),
    _read(
        "get_application_by_app_id",
        "applications(appId='{appId}')",
        API + "application-get",
        _READ_APPLICATIONS,
        "select",
    ),
    _read(
        "list_federated_credentials",
        "applications/{id}/federatedIdentityCredentials",
        API + "application-list-federatedidentitycredentials",
        _READ_APPLICATIONS,
    ),
    _read(
        "get_service_principal",
        "servicePrincipals/{id}",
        API + "serviceprincipal-get",
        _READ_APPLICATIONS,
        "select",
    ),
    _read(
        "get_service_principal_by_app_id",
        "servicePrincipals(appId='{appId}')",
        API + "serviceprincipal-get",
        _READ_APPLICATIONS,
        "select",
    ),
    _read(
        "list_consents",
        "servicePrincipals/{id}/appRoleAssignments",
        API + "serviceprincipal-list-approleassignments",
        _READ_APPLICATIONS,
        "select",
        "top",
        "skiptoken",
    ),
)

_BY_BOTH = frozenset(
    {"get_partner", "get_default_policy", "get_authorization_policy", "list_subscribed_skus", "get_service_principal"}
)

_WRITES = (
    _written(
        "create_partner",
        f"POST {_PARTNERS}",
        API + "crosstenantaccesspolicy-post-partners",
        _WRITE_PARTNERS,
        "tenantId",
        "automaticUserConsentSettings",
    ),
    _written(
        "update_partner",
        f"PATCH {_PARTNERS}/{{id}}",
        _PARTNER_PAGE + "update",
        _WRITE_PARTNERS,
        "automaticUserConsentSettings",
    ),
    _written("delete_partner", f"DELETE {_PARTNERS}/{{id}}", _PARTNER_PAGE + "delete", _WRITE_PARTNERS),
    _written(
        "put_identity_synchronization",
        f"PUT {_PARTNERS}/{{id}}/identitySynchronization",
        _PARTNER_PAGE + "put-identitysynchronization",
        _WRITE_PARTNERS,
        "displayName",
        "userSyncInbound",
    ),
    _written(
        "update_identity_synchronization",
        f"PATCH {_PARTNERS}/{{id}}/identitySynchronization",
        _SYNCHRONIZATION_PAGE + "update",
        _WRITE_PARTNERS,
        "userSyncInbound",
    ),
    _written(
        "delete_identity_synchronization",
        f"DELETE {_PARTNERS}/{{id}}/identitySynchronization",
        _SYNCHRONIZATION_PAGE + "delete",
        _WRITE_PARTNERS,
    ),
    _written(
        "upsert_application",
        "PATCH applications(uniqueName='{uniqueName}')",
        API + "application-upsert",
        _WRITE_APPLICATIONS,
        *_APPLICATION,
    ),
    _written("delete_application", "DELETE applications/{id}", API + "application-delete", _WRITE_APPLICATIONS),
    _written(
        "create_federated_credential",
        "POST applications/{id}/federatedIdentityCredentials",
        API + "application-post-federatedidentitycredentials",
        _WRITE_APPLICATIONS,
        *("name", "issuer", "subject", "audiences", "description"),
    ),
    _written(
        "update_federated_credential",
        "PATCH applications/{id}/federatedIdentityCredentials/{credential}",
        API + "federatedidentitycredential-update",
        _WRITE_APPLICATIONS,
        *("issuer", "subject", "audiences"),
    ),
    _written(
        "delete_federated_credential",
        "DELETE applications/{id}/federatedIdentityCredentials/{credential}",
        API + "federatedidentitycredential-delete",
        _WRITE_APPLICATIONS,
    ),
    _written(
        "create_service_principal",
        "POST servicePrincipals",
        API + "serviceprincipal-post-serviceprincipals",
        _WRITE_APPLICATIONS,
        *("appId", "tags"),
    ),
    _written(
        "update_service_principal",
        "PATCH servicePrincipals/{id}",
        API + "serviceprincipal-update",
        _WRITE_APPLICATIONS,
        "accountEnabled",
    ),
    _written(
        "delete_service_principal",
        "DELETE servicePrincipals/{id}",
        API + "serviceprincipal-delete",
        _WRITE_APPLICATIONS,
    ),
    _written(
        "grant_consent",
        "POST servicePrincipals/{id}/appRoleAssignments",
        API + "serviceprincipal-post-approleassignments",
        _ASSIGN,
        *_ASSIGNMENT,
    ),
    _written(
        "revoke_consent",
        "DELETE servicePrincipals/{id}/appRoleAssignments/{assignment}",
        API + "serviceprincipal-delete-approleassignments",
        _ASSIGN,
    ),
    _written(
        "assign",
        "POST servicePrincipals/{id}/appRoleAssignedTo",
        API + "serviceprincipal-post-approleassignedto",
        _ASSIGN,
        *_ASSIGNMENT,
    ),
    _written(
        "unassign",
        "DELETE servicePrincipals/{id}/appRoleAssignedTo/{assignment}",
        API + "serviceprincipal-delete-approleassignedto",
        _ASSIGN,
    ),
    _written(
        "create_user",
        "POST users",
        API + "user-post-users",
        ("User.ReadWrite.All", "Directory.ReadWrite.All"),
        *("accountEnabled", "displayName", "mail", "mailNickname", "userPrincipalName", "passwordProfile"),
        *("givenName", "surname", "department", "jobTitle", "usageLocation"),
    ),
    _written(
        "change_user",
        "PATCH users/{id}",
        API + "user-update",
        ("User.ReadWrite.All", "Directory.ReadWrite.All"),
        *("accountEnabled", "department", "mail"),
    ),
    _written(
        "purge_user",
        "DELETE directory/deletedItems/{id}",
        API + "directory-deleteditems-delete",
        ("User.DeleteRestore.All", "User.ReadWrite.All"),
    ),
)

ADMINISTRATION: tuple[Call, ...] = (
    *(replace(each, by=BOTH if each.name in _BY_BOTH else _ADMINISTRATOR) for each in _READS),
    *_WRITES,
)
