"""Which row rules hold for one HCP: the predicates that answers are compiled with, asked one by one."""

from collections.abc import Sequence

from api.compiler.rules import seen
from api.compiler.writing import Writing
from api.permissions import PermissionSet
from graph.governance.policy import Rule


def rules_of_hcp(permissions: PermissionSet, rules: Sequence[Rule]) -> str:
    """One row for the HCP with ``$npi``, if there is one: ``verdicts``, in the order of the rules, all about HCPs."""
    writing = Writing(permissions, {})
    verdicts = ", ".join(seen(writing, rule, "hcp") for rule in rules)
    return f"MATCH (hcp:HCP {{npi: $npi}})\nRETURN [{verdicts}] AS verdicts\nLIMIT 1"
