"""What a guest does to devices of which nothing is known but where their registers are."""

from strategies.devices.actions import Interrupted, Reach, action_lists, interrupted_lists
from strategies.devices.stepping import stepped_lists

__all__ = ["Interrupted", "Reach", "action_lists", "interrupted_lists", "stepped_lists"]
