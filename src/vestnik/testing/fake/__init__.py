"""A core in memory: its state, its methods, its JSON-RPC."""
