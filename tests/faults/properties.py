"""Why a property stays that no fault needs."""

KEPT: dict[str, str] = {}
