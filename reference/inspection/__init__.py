"""Any pseries stream, decoded whole, written back, counted and shown. No machine is needed."""
