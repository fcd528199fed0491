"""Which shape has a synchronizationSchema, as a JSON Schema? Members that we do not know may stand anywhere.

Graph leaves members out or writes null for them, so only what a mapping cannot do without is required.
"""

from shared.configuration.attribute_mapping import FlowBehavior, FlowType

JsonSchema = dict[str, object]

MOST_RULES = 50
MOST_MAPPINGS = 1000
MOST_DEFINITIONS = 10_000
LONGEST_TEXT = 20_000


def _text(description: str, most: int = 1024) -> JsonSchema:
    return {"type": ["string", "null"], "description": description, "maxLength": most}


def _truth(description: str) -> JsonSchema:
    return {"type": ["boolean", "null"], "description": description}


def _number(description: str, least: int) -> JsonSchema:
    return {
        "type": ["integer", "null"],
        "description": description,
        "minimum": least,
        "maximum": 1_000_000,
        "errorMessage": f"must be a whole number from {least} to 1000000",
    }


def _one_of(description: str, values: list[str], *more: None) -> JsonSchema:
    message = f"must be one of {', '.join(values)}"
    return {"description": description, "enum": [*values, *more], "errorMessage": message}


def _list(description: str, items: JsonSchema, most: int) -> JsonSchema:
    return {
        "type": ["array", "null"],
        "description": description,
        "items": items,
        "minItems": 0,
        "maxItems": most,
    }


def _object(description: str, properties: dict[str, JsonSchema], *required: str) -> JsonSchema:
    schema: JsonSchema = {"type": "object", "description": description, "properties": properties}
    return {**schema, "required": list(required)} if required else schema


def _or_null(schema: JsonSchema) -> JsonSchema:
    return {**schema, "type": ["object", "null"]}


def _texts(description: str) -> JsonSchema:
    # no null within: nobody could tell what it stands for
    return _list(description, {"type": "string", "description": "Text.", "maxLength": LONGEST_TEXT}, MOST_MAPPINGS)


_METADATA = _list(
    "Metadata; kept.",
    _object("A key and its value.", {"key": _text("Key."), "value": _text("Value.", LONGEST_TEXT)}),
    MOST_MAPPINGS,
)

SOURCE: JsonSchema = _or_null(
    _object(
        "Where the value comes from; null leaves the target's value alone.",
        {
            "type": _one_of("Kind of source.", ["Attribute", "Constant", "Function"]),
            "name": _text("Name of the attribute or function, or the constant.", LONGEST_TEXT),
            "expression": _text("The source as text, such as [mail].", LONGEST_TEXT),
            "parameters": _list(
                "Arguments of a function, each a source of its own.",
                _object(
                    "One argument.",
                    {"key": _text("Name of the argument."), "value": {"$ref": "#/$defs/source"}},
                ),
                MOST_MAPPINGS,
            ),
        },
        "type",
    )
)

_CLAUSE = _object(
    "One comparison.",
    {
        "sourceOperandName": _text("Attribute of the source.") | {"type": "string"},
        "operatorName": _text("Operator, such as EQUALS.") | {"type": "string"},
        "targetOperand": _or_null(_object("What to compare with.", {"values": _texts("Values.")})),
    },
    "sourceOperandName",
    "operatorName",
)
_GROUPS = _list(
    "Groups of clauses: one group has to hold.",
    _object(
        "All clauses of a group have to hold.",
        {"name": _text("Title."), "clauses": _list("Clauses.", _CLAUSE, MOST_MAPPINGS)},
    ),
    MOST_MAPPINGS,
)
_SCOPE = _or_null(
    _object(
        "Who is in scope.",
        {"groups": _GROUPS, "inputFilterGroups": _GROUPS, "categoryFilterGroups": _GROUPS},
    )
)

_MAPPING = _object(
    "How one attribute of the target gets its value.",
    {
        "targetAttributeName": _text("Attribute of the target.") | {"type": "string"},
        "source": {"$ref": "#/$defs/source"},
        "flowType": _one_of("When it applies.", [each.value for each in FlowType], None),
        "flowBehavior": _one_of("Whether an equal value is written too.", [each.value for each in FlowBehavior], None),
        "defaultValue": _text("Value on create where the source has none.", LONGEST_TEXT),
        "matchingPriority": _number("Above 0: a matching attribute; the lowest is tried first.", 0),
        "exportMissingReferences": _truth("Kept; about references."),
        "flowNullValues": _truth("Whether a missing value clears the target's; false where left out."),
    },
    "targetAttributeName",
)
_OBJECT_MAPPING = _object(
    "How objects of one kind become objects of another.",
    {
        "name": _text("Name."),
        "enabled": _truth("Whether it applies."),
        "flowTypes": {
            "type": ["string", "null"],
            "description": "What may be done in the target: Add, Update, Delete, separated by commas.",
            "maxLength": 64,
            "pattern": "^(?:(?:Add|Update|Delete|None)(?:, ?(?=[A-Z]))?)+$(?!\\n)",
            "errorMessage": "must name Add, Update and Delete, separated by commas",
        },
        "sourceObjectName": _text("Kind of object in the source."),
        "targetObjectName": _text("Kind of object in the target."),
        "scope": _SCOPE,
        "attributeMappings": _list("Mappings of attributes.", _MAPPING, MOST_MAPPINGS),
        "metadata": _METADATA,
    },
)
_RULE = _object(
    "How objects go from one directory to another.",
    {
        "id": _text("Id."),
        "name": _text("Name."),
        "priority": _number("The rule with the lowest counts.", 0),
        "editable": _truth("Kept."),
        "sourceDirectoryName": _text("Name of the source directory."),
        "targetDirectoryName": _text("Name of the target directory."),
        "objectMappings": _list("Mappings of kinds of objects.", _OBJECT_MAPPING, MOST_RULES),
        "containerFilter": _or_null(_object("Kept.", {"includedContainers": _texts("Containers.")})),
        "groupFilter": _or_null(_object("Kept.", {"includedGroups": _texts("Groups.")})),
        "metadata": _METADATA,
    },
)

_ATTRIBUTE = _object(
    "One attribute.",
    {
        "name": _text("Name.") | {"type": "string"},
        "type": _text("String, Integer, Reference, Binary, Boolean or DateTime."),
        "anchor": _truth("Whether it identifies the object."),
        "caseExact": _truth("Whether capitals make a difference."),
        "required": _truth("Kept."),
        "multivalued": _truth("Whether it has several values."),
        "mutability": _text("ReadWrite, ReadOnly, Immutable or WriteOnly."),
        "defaultValue": _text("Kept.", LONGEST_TEXT),
        "flowNullValues": _truth("Whether a missing value may clear the target's."),
        "referencedObjects": _list(
            "What it refers to.",
            _object(
                "A kind of object.",
                {"referencedObjectName": _text("Kind."), "referencedProperty": _text("Attribute.")},
            ),
            MOST_MAPPINGS,
        ),
        "metadata": _METADATA,
    },
    "name",
)
_DIRECTORY = _object(
    "What a directory holds.",
    {
        "id": _text("Id."),
        "name": _text("Name.") | {"type": "string"},
        "version": _text("Version."),
        "readOnly": _truth("Kept."),
        "discoverabilities": _text("Kept."),
        "discoveryDateTime": _text("Kept."),
        "objects": _list(
            "Kinds of objects.",
            _object(
                "A kind of object.",
                {
                    "name": _text("Name.") | {"type": "string"},
                    "attributes": _list("Its attributes.", _ATTRIBUTE, MOST_DEFINITIONS),
                    "metadata": _METADATA,
                    "supportedApis": _texts("Kept."),
                },
                "name",
            ),
            MOST_MAPPINGS,
        ),
    },
    "name",
)

SCHEMA: JsonSchema = {
    **_or_null(
        _object(
            "Graph's synchronizationSchema; the default template when null.",
            {
                "id": _text("Id."),
                "version": _text("Version."),
                "synchronizationRules": _list("Rules.", _RULE, MOST_RULES) | {"type": "array"},
                "directories": _list("Directories.", _DIRECTORY, MOST_RULES),
            },
            "synchronizationRules",
        )
    ),
    "default": None,
}
