"""The local world: simulated tenants, a local host and scenarios; nothing here imports the engine."""
