"""How ministack is run."""

from __future__ import annotations

from local_cloud.emulator_type import EmulatorType
from local_cloud.ministack.environment import of_the_emulator

EMULATOR = EmulatorType(module="local_cloud.ministack.process", environment=of_the_emulator)
