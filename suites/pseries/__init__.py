"""The pseries machine: one test file for each chapter of docs/specification.md."""
