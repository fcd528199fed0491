"""State in tables: rows with etags, and the stores that the ports ask for on top of them."""
