"""What a guest does to devices of which nothing is known but where their registers are."""

from strategies.devices.actions import Reach, action_lists

__all__ = ["Reach", "action_lists"]
