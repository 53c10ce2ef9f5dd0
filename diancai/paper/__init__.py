"""The paper ballot: where everything stands on it, and how its marks are read back from pictures."""
