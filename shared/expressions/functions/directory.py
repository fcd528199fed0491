"""Which functions know what a directory holds: assignments to roles, domains?

https://learn.microsoft.com/entra/identity/app-provisioning/customize-application-attributes

An assignment is a JSON text with the role's id, value and displayName, as Entra shows it; a text that is no JSON object
is taken for the role's name.
"""

import json
from collections.abc import Mapping
from typing import Final

from shared.expressions import values
from shared.expressions.call_site import CallSite, Evaluation, Frame
from shared.expressions.signature import Absent, Function, Kind, Parameter
from shared.expressions.values import Scalar, Unfit, Value

_ROLE_TYPE: Final = "WindowsAzureActiveDirectoryRole"
_ASSIGNMENTS: Final = Parameter(name="source", kind=Kind.ANY, absent=Absent.NULL_RESULT)


def _single(assignments: Value) -> str | None:
    names = _names(assignments)
    return names[0] if names else None


def _names(assignments: Value) -> tuple[str, ...]:
    return tuple(_name(role) for role in map(_role, values.many(assignments)))


def _complex(assignments: Value) -> tuple[str, ...]:
    return tuple(_written(role, "displayName") for role in map(_role, values.many(assignments)))


def _assertive(assignments: Value) -> tuple[str, ...]:
    return tuple(_written(role, "display") for role in map(_role, values.many(assignments)))


def _role(assignment: Scalar) -> Mapping[str, object]:
    text = values.text(assignment) or ""
    if not text.startswith("{"):
        return {"value": text, "displayName": text}
    try:
        role = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unfit("an assignment is no JSON") from error
    return role if isinstance(role, dict) else {}


def _name(role: Mapping[str, object]) -> str:
    return str(role.get("displayName") or role.get("value") or "")


def _written(role: Mapping[str, object], display: str) -> str:
    value = str(role.get("value") or role.get("displayName") or "")
    written = {"primary": False, "type": _ROLE_TYPE, display: _name(role), "value": value}
    return json.dumps(written, ensure_ascii=False, separators=(",", ":"))


def _alternative_security_id(net_id: str) -> str:
    del net_id
    raise Unfit(
        "Graph tells nobody's netId, so that nothing can be made of it; leave alternativeSecurityIds to the engine"
    )


def _default_domain(site: CallSite) -> Evaluation:
    def evaluate(frame: Frame) -> str:
        domain = frame.environment.default_domain
        if domain is None:
            raise site.error("the default domain of the target is not known here")
        return domain

    return evaluate


FUNCTIONS: Final = (
    Function(
        name="SingleAppRoleAssignment",
        description="The name of one role that is assigned.",
        parameters=(_ASSIGNMENTS,),
        apply=_single,
    ),
    Function(
        name="AppRoleAssignments",
        description="The names of all roles that are assigned.",
        parameters=(_ASSIGNMENTS,),
        apply=_names,
    ),
    Function(
        name="AppRoleAssignmentsComplex",
        description="All roles that are assigned, each as JSON; roles that the target has besides stay.",
        parameters=(_ASSIGNMENTS,),
        apply=_complex,
    ),
    Function(
        name="AssertiveAppRoleAssignmentsComplex",
        description="All roles that are assigned, each as JSON; they replace those in the target.",
        parameters=(_ASSIGNMENTS,),
        apply=_assertive,
    ),
    Function(
        name="AltSecIdFromNetId",
        description="Entra's own way to match; here it has no value, since Graph tells no netId.",
        parameters=(Parameter(name="netId", absent=Absent.NULL_RESULT),),
        apply=_alternative_security_id,
    ),
    Function(
        name="DefaultDomain",
        description="The default domain of the target.",
        build=_default_domain,
    ),
)
