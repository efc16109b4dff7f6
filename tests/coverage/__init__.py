"""What the tests reach of the descriptions: derived, measured, and held in docs/coverage.md."""
