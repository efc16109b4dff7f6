"""A small machine in plain Python: what the suite of devices is proven on."""
