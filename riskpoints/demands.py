"""What an act demands besides the register's own rules: said by the apps that stand on the register."""

from collections.abc import Callable

from riskpoints.enums import Action
from riskpoints.models import TableVersion

# Each says in Chinese why the act has to wait, or nothing; it is asked under the lock of the version. Each such app
# adds its own in AppConfig.ready(); the register knows none of them.
DEMANDS: dict[Action, list[Callable[[TableVersion], str]]] = {}


def unmet(action: Action, version: TableVersion) -> str:
    """Why the act has to wait; empty where nothing is in its way."""
    return "".join(demand(version) for demand in DEMANDS.get(action, []))
