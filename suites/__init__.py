"""What conformance means: one test file for each chapter of docs/specification.md."""
