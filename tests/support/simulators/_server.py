"""What simulators are served with; the demo serves some as well."""

from deploy.simulators._server import Simulator, remember, served

__all__ = ["Simulator", "remember", "served"]
