"""What a check of the register says where something is not as it was decided."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One place where the register is not what was decided: what it is about, and what is wrong there."""

    about: str
    reason: str
