"""Who may see what: one reviewed policy file, loaded and checked, and one function that decides."""

from graph.governance.decide import Verdict, decide
from graph.governance.load import load_policy
from graph.governance.policy import Policy

__all__ = ["Policy", "Verdict", "decide", "load_policy"]
