"""Bytes to sections and back: framing, bounds, errors that know their offset. Knows no device."""
