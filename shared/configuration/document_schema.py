"""Which shape has the configuration document, as a JSON Schema that editors can use too?

`errorMessage` is the sentence a person reads when a value does not fit; editors know the keyword as well. Patterns
have no ambiguous repetition (a hostile document must not keep the validator busy) and end in `(?!\\n)`, because
Python's `$` also matches before a final line break.
"""

from shared.configuration import durations
from shared.configuration.configuration import Cloud
from shared.configuration.schema_shape import SCHEMA, SOURCE

JsonSchema = dict[str, object]

_GUID = "^(?!0{8}-0{4}-0{4}-0{4}-0{12})[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$(?!\\n)"
_ID = "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\\n)"
_NAME = "^(?=\\s*\\S)[^\\u0000-\\u001f\\u007f]+$(?!\\n)"
_HOST = "[A-Za-z0-9]+(?:-+[A-Za-z0-9]+)*(?:\\.[A-Za-z0-9]+(?:-+[A-Za-z0-9]+)*)*"
_HTTPS = f"^https://{_HOST}(?::[0-9]{{1,5}})?(?:[/?#][^\\s\\\\\\u0000-\\u001f\\u007f]*)?$(?!\\n)"
_PROPERTY = "^[A-Za-z][A-Za-z0-9_]{0,159}(?:/[A-Za-z0-9]{1,80})?$(?!\\n)"
_ADDRESS = '^[^\\s@<>,;"]+@[^\\s@<>,;".]+(?:\\.[^\\s@<>,;".]+)+$(?!\\n)'


def _text(description: str, pattern: str, message: str, most: int) -> JsonSchema:
    return {
        "type": "string",
        "description": description,
        "maxLength": most,
        "pattern": pattern,
        "errorMessage": message,
    }


def _guid(description: str) -> JsonSchema:
    message = "must be a GUID such as 3f2504e0-4f89-41d3-9a0c-0305e82c3301, and not the empty one"
    return _text(description, _GUID, message, 36)


def _duration(description: str, default: str) -> JsonSchema:
    message = (
        "must be an ISO 8601 duration in weeks, or in days, hours, minutes and seconds, such as PT40M or P1D; "
        "years and months have no fixed length"
    )
    return {**_text(description, durations.PATTERN, message, 40), "default": default}


def _one_of(description: str, values: list[str], default: str, message: str) -> JsonSchema:
    return {
        "type": "string",
        "description": description,
        "enum": values,
        "default": default,
        "errorMessage": message,
    }


def _flag(description: str) -> JsonSchema:
    return {"type": "boolean", "description": description, "default": False}


def _object(description: str, properties: dict[str, JsonSchema], *required: str) -> JsonSchema:
    schema: JsonSchema = {
        "type": "object",
        "description": description,
        "properties": properties,
        "additionalProperties": False,
    }
    return {**schema, "required": list(required)} if required else schema


def _or_null(schema: JsonSchema) -> JsonSchema:
    return {**schema, "type": [schema["type"], "null"], "default": None}


def _cloud() -> JsonSchema:
    message = 'must be "global", "usGov", "usGovDoD" or "china"; leave it out for the global cloud'
    description = "Microsoft cloud of the tenant; both tenants, and the app itself, are in the same one."
    return _one_of(description, [cloud.value for cloud in Cloud], "global", message)


def _guard(description: str) -> JsonSchema:
    return _object(
        description,
        {
            "count": {
                "type": "integer",
                "description": "Number of people at which it trips.",
                "minimum": 1,
                "maximum": 1_000_000_000,
                "default": 500,
                "errorMessage": "must be a whole number from 1 to 1000000000",
            },
            "share": {
                "type": "number",
                "description": "Share of the last completed cycle's population at which it trips.",
                "exclusiveMinimum": 0,
                "maximum": 1,
                "default": 0.2,
                "errorMessage": "must be a share above 0 and up to 1 (0.2 is 20 %, 1 is everybody)",
            },
            "window": _duration("Time over which people are counted, PT5M to P30D.", "PT24H"),
        },
    )


_SOURCE = _object(
    "The tenant that people come from.",
    {
        "tenantId": _guid("Id of the source tenant."),
        "servicePrincipalId": _guid("Object id of the enterprise application whose assignments are the scope."),
        "cloud": _cloud(),
    },
    "tenantId",
    "servicePrincipalId",
)

_TARGET = _object(
    "The tenant that people appear in.",
    {
        "tenantId": _guid("Id of the target tenant."),
        "cloud": _cloud(),
        "inviteRedirectUrl": _text(
            "Address that a redeemed invitation leads to.",
            _HTTPS,
            "must be an https address without a user name, such as https://myapps.microsoft.com",
            2048,
        ),
    },
    "tenantId",
    "inviteRedirectUrl",
)

_SCOPE = _object(
    "Which people of the source are in scope.",
    {
        "kind": _one_of(
            "Every internal member, or only those assigned to the enterprise application.",
            ["all", "assigned"],
            "all",
            'must be "all" or "assigned"',
        ),
        "nestedGroups": _flag(
            'With the kind "assigned": whether members of groups within assigned groups are in scope too, at any depth.'
        ),
        "internalGuests": _flag(
            "Whether guests who sign in to the source tenant itself are in scope too; external guests never are."
        ),
    },
)

_REMOVAL = _object(
    "What happens in the target to people we created who leave the scope.",
    {
        "action": _one_of(
            "Soft delete, disable, or nothing.",
            ["delete", "disable", "none"],
            "delete",
            'must be "delete", "disable" or "none"',
        ),
        "afterDays": {
            "type": "integer",
            "description": "Days between leaving the scope and the soft delete; meanwhile the object is disabled.",
            "minimum": 0,
            "maximum": 3650,
            "default": 0,
            "errorMessage": "must be a whole number of days from 0 to 3650",
        },
    },
)


def _names(description: str) -> JsonSchema:
    message = "must be the name of a property of Graph's user, such as department"
    return {
        "type": "array",
        "description": description,
        "minItems": 0,
        "maxItems": 200,
        "items": _text("Name of a property of Graph's user.", _PROPERTY, message, 160),
        "default": [],
    }


_DRIFT = _object(
    "What becomes of what others do in the target to people whom we provision; null: the target is not looked at.",
    {
        "default": _one_of(
            "For attributes that are not named: write them again, or report that they differ.",
            ["enforce", "report"],
            "report",
            'must be "enforce" or "report"; whatever the target shall own is named in targetOwned',
        ),
        "enforce": _names("Attributes that are written again where somebody else has changed them."),
        "report": _names("Attributes of which it is reported that they differ."),
        "targetOwned": _names("Attributes that are written on create only; from then on they are the target's."),
        "departures": _one_of(
            "Whether a block, a deletion or a departure in the target counts until it is released, or is undone.",
            ["sticky", "enforce"],
            "sticky",
            'must be "sticky" or "enforce"',
        ),
    },
)

_NOTIFICATIONS = _object(
    "Who hears of quarantines, held removals, blocked invitations and failed cycles, by mail.",
    {
        "recipients": {
            "type": "array",
            "description": "Mail addresses.",
            "minItems": 1,
            "maxItems": 50,
            "items": _text("Mail address.", _ADDRESS, "must be a mail address such as name@contoso.com", 320),
        },
        "sender": _text(
            "Mailbox to send from: its address or its object id.",
            f"{_ADDRESS}|{_GUID}",
            "must be the address or the object id of a mailbox",
            320,
        ),
    },
    "recipients",
    "sender",
)

DOCUMENT_SCHEMA: JsonSchema = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "tenantsync configuration",
    **_object(
        "One push of people from one source tenant to one target tenant.",
        {
            "$schema": {"type": "string", "description": "Where an editor finds this schema; not kept."},
            "id": _text(
                "Id of the configuration and of its synchronization job.",
                _ID,
                "must be 1 to 64 letters, digits, dots, underscores or hyphens, and start with a letter or digit",
                64,
            ),
            "displayName": _text("Name for people.", _NAME, "must hold text and no control characters", 256),
            "source": _SOURCE,
            "target": _TARGET,
            "scope": _SCOPE,
            "interval": _duration("Time from the start of one cycle to the next, PT5M to P1D.", "PT40M"),
            "adoption": _one_of(
                "What happens to matching B2B users of the target that somebody else invited.",
                ["none", "review", "automatic"],
                "review",
                'must be "none", "review" or "automatic"',
            ),
            "guards": _object(
                "How many changes of a kind are too many.",
                {
                    "removals": _guard("Guard over removals and disables together; always on."),
                    "disables": _guard("Guard over disables alone; always on."),
                    "creates": _or_null(_guard("Guard over creates; off when null.")),
                    "rewrites": _or_null(_guard("Guard over rewrites; off when null.")),
                },
            ),
            "removal": _REMOVAL,
            "drift": _or_null(_DRIFT),
            "notifications": _or_null(_NOTIFICATIONS),
            "logRetention": _duration(
                "How long provisioning logs, counters and cycles are kept, P1D to P3650D.", "P30D"
            ),
            "schema": SCHEMA,
        },
        "id",
        "displayName",
        "source",
        "target",
    ),
    "$defs": {"source": SOURCE},
}
