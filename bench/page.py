"""What is read in the benchmark: one full page of users as Graph answers it, and a mapping of 25 attributes."""

import json
from random import Random
from typing import Any

from shared.configuration.schema_json import write_schema
from shared.configuration.templates import default_schema

PEOPLE = 999
"""The most that Graph answers in one page of users."""

ATTRIBUTES = 25

_EXPRESSIONS = {
    "displayName": 'Join(" ", [givenName], [surname])',
    "department": 'IIF(IsPresent([department]), [department], "none")',
    "jobTitle": "ToUpper([jobTitle], )",
    "companyName": 'Coalesce([companyName], "Contoso")',
    "officeLocation": 'Replace([officeLocation], "Building ", , , "B", , )',
}
_TEXTS = (
    "displayName",
    "givenName",
    "surname",
    "mailNickname",
    "jobTitle",
    "department",
    "companyName",
    "employeeId",
    "employeeType",
    "streetAddress",
    "city",
    "state",
    "postalCode",
    "country",
    "officeLocation",
    "mobilePhone",
    "preferredLanguage",
)
_WITHOUT_VALUE = ("faxNumber", "legalAgeGroupClassification", "onPremisesImmutableId", "passwordPolicies", "ageGroup")
_EXTENSIONS = ("extensionAttribute1", "extensionAttribute2", "extensionAttribute3")


def page(seed: int = 1) -> bytes:
    """Return the body of an answer with people who have most values, and null where most people have none."""
    random = Random(seed)
    people = [_person(number, random) for number in range(PEOPLE)]
    return json.dumps({"@odata.context": "https://graph.microsoft.com/v1.0/$metadata#users", "value": people}).encode()


def schema() -> dict[str, Any]:
    """Return the default schema with five of its mappings made expressions, and as many more as make 25."""
    found = write_schema(default_schema())
    found["directories"] = []
    mappings = found["synchronizationRules"][0]["objectMappings"][0]["attributeMappings"]
    for mapping in mappings:
        expression = _EXPRESSIONS.get(mapping["targetAttributeName"])
        if expression is not None:
            mapping["source"] = {"type": "Function", "name": "", "expression": expression, "parameters": []}
    direct = next(each for each in mappings if each["targetAttributeName"] == "city")
    names = {each["targetAttributeName"] for each in mappings}
    more = [name for name in ("employeeType", *_EXTENSIONS) if name not in names][: ATTRIBUTES - len(mappings)]
    for name in more:
        mappings.append(
            json.loads(json.dumps(direct)) | {"targetAttributeName": _target(name), "source": _source(name)}
        )
    if len(mappings) != ATTRIBUTES:
        raise ValueError(f"The default mapping has changed: {len(mappings)} attributes instead of {ATTRIBUTES}.")
    return found


def _target(name: str) -> str:
    return f"onPremisesExtensionAttributes/{name}" if name in _EXTENSIONS else name


def _source(name: str) -> dict[str, Any]:
    return {"type": "Attribute", "name": name, "expression": f"[{name}]", "parameters": []}


def _person(number: int, random: Random) -> dict[str, Any]:
    return {
        "id": f"{number:08x}-0000-4000-8000-{number:012x}",
        "userPrincipalName": f"person{number}@contoso.com",
        "userType": "Member",
        "accountEnabled": True,
        "createdDateTime": "2024-01-01T00:00:00Z",
        "creationType": None,
        "externalUserState": None,
        "mail": f"person{number}@contoso.com",
        "businessPhones": ["+49 30 123456"],
        "usageLocation": "DE",
        "onPremisesExtensionAttributes": {
            f"extensionAttribute{which}": f"value {which} {number}" if which < 4 else None for which in range(1, 16)
        },
        **{name: f"{name} of person {number}, Building {random.randint(1, 99)}" for name in _TEXTS},
        **dict.fromkeys(_WITHOUT_VALUE),
    }
