"""Campaigns: many seeded runs of the local world in which everything goes wrong, each with a judgement at its end.

``python -m sandbox campaign --help``; docs/campaigns.md says what happens in one.
"""

from sandbox.campaign.command import main

__all__ = ["main"]
