"""The sample street: made-up people and a made-up menu, brought into being by the same operations as the pages."""
