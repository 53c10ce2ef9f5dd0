"""What the polling desk, the cast and the seal decide and store, one module a topic."""
