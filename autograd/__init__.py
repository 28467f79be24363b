from .functions import *
from .ops import *
from .value import Value, primitive
from .numeric import register
from .context import no_grad, group
