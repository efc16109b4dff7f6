"""A real QEMU of which nothing is known but what a guest can reach."""
