"""The pseries machine: its state, and its descriptions in every stream version."""
