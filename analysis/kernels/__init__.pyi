from .environment import FIXED_ENVIRONMENT
from .forking import ForkServer, start_module
from .manager import ReproducibleKernelManager

__all__ = ["FIXED_ENVIRONMENT", "ForkServer", "ReproducibleKernelManager", "start_module"]
