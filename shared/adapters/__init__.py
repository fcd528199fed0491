"""What the engine's ports are outside: storage and Graph. Adapters know the ports, never the use cases."""
