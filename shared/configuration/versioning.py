"""Are two configurations the same, and do they treat people the same?"""

import hashlib
import json
from dataclasses import asdict

from shared.configuration.configuration import Configuration
from shared.configuration.document import serialize
from shared.configuration.templates import default_user_mapping


def document_digest(configuration: Configuration) -> str:
    """Identify the document by its meaning: spelling, order and left-out defaults make no difference."""
    return hashlib.sha256(serialize(configuration)).hexdigest()


def mapping_digest(configuration: Configuration) -> str:
    """Identify what decides who is provisioned where and with which values; when it changes, everybody is re-evaluated.

    Interval, guards, notifications and names are outside: they change how, not what.
    """
    outcome = {
        "source": asdict(configuration.source),
        "target": configuration.target.tenant_id,
        "scope": asdict(configuration.scope),
        "adoption": configuration.adoption.value,
        "removal": asdict(configuration.removal),
        "mapping": asdict(default_user_mapping()),
    }
    return hashlib.sha256(json.dumps(outcome, sort_keys=True).encode()).hexdigest()
