"""Simulated tenants: Microsoft Graph v1.0 over HTTP, as strict and as quirky as documented."""

from sandbox.tenants.faults import PROFILES, FaultSwitches
from sandbox.tenants.quotas import QuotaSize
from sandbox.tenants.simulation import Conditions, Simulation

__all__ = ["PROFILES", "Conditions", "FaultSwitches", "QuotaSize", "Simulation"]
