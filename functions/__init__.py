"""The edge: each file binds one trigger, parses what came, calls one use case, and answers."""
