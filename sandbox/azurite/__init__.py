"""How does the local world get its storage? From Azurite, Microsoft's storage emulator, as a child process."""

from sandbox.azurite.emulator import Azurite

__all__ = ["Azurite"]
