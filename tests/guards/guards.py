"""The guards of the API as data: what takes each away, and the tests that must notice.

``old`` occurs once in the module; ``new`` in its place takes the guard away. `make test-guards` does so for one after
the other, each in a process of its own.
"""

from dataclasses import dataclass

LEAKS = "tests/api/leaks/"
ROWS, MEMBERS, SURFACE = (f"{LEAKS}test_{name}.py" for name in ("rows", "members", "surface"))


@dataclass(frozen=True, slots=True)
class Guard:
    """One guard; ``tests`` are pytest's node ids or a file with ``-k`` words after a blank."""

    name: str
    module: str
    old: str
    new: str
    tests: str


GUARDS = (
    Guard("a node must exist for the caller", "api.compiler.rules",
          "return [seen(writing, rule, variable) for rule in writing.permissions.row_rules(label)]", "return []",
          f"{ROWS} class_03 or class_11 or class_23"),
    Guard("pages start from the caller's claims", "api.compiler.rules",
          'f"WHERE {_claimed(anchor, target)}",', '"WHERE true",', f"{ROWS} class_09"),
    Guard("a claim through a relationship that holds today", "api.compiler.rules",
          'return [holds_today(link)] if {"from", "to"}', 'return [] if {"from", "to"}',
          "tests/api/test_answers.py moved"),
    Guard("numbers of a small aggregate", "api.compiler.cells",
          "return [*predicates, *(_at_its_levels(writing, row, rule) for rule in rules)]", "return predicates",
          f"{ROWS} class_10"),
    Guard("single facts are masked", "api.compiler.cells", "plain = masked(declared, plain)", "pass",
          "tests/api/test_whole_twin.py masked"),
    Guard("a fact beside a prediction asks the rules of its class", "api.compiler.cells",
          "visible = [*number_visible(writing, row), *visible, *ruled]", "visible = number_visible(writing, row)",
          "tests/api/test_own_policy.py fact_beside"),
    Guard("no number beside a word", "api.binding",
          'required.append(Needs(name, "value", verb, NUMBERS, release=release))', "pass",
          "tests/api/test_own_policy.py number_beside"),
    Guard("no comparison with others within one's own scope", "api.binding",
          "required = [replace(required[0], forms=forms - {Form.OWN_SCOPE})]", "pass",
          "tests/api/test_own_policy.py comparison"),
    Guard("what hangs on one whose cells are hidden", "api.compiler.records",
          'return guarded(found, met, "[]" if is_non_null_type(target.fields[name].type) else None)', "return found",
          f"{ROWS} class_16"),
    Guard("a condition follows a link as a selection does", "api.compiler.restricted",
          "met = [seen(writing, rule, row.variable) for rule in rules]", "met = []",
          "tests/api/test_own_policy.py filter_through or sort_through"),
    Guard("rules of a relationship at its other end", "api.compiler.rules",
          "return [*exists(writing, label, variable), *more]", "return exists(writing, label, variable)",
          "tests/api/test_own_policy.py other_end"),
    Guard("rules about the subject of a prediction", "api.compiler.predictions",
          "if rule.label == label and rule not in met]", "if False]", f"{ROWS} class_08 or class_16"),
    Guard("a prediction is read under its release", "api.compiler.predictions",
          "f\"{variable}.dataClass = '{release.value}'\",", "", "tests/api/test_denied.py another_class"),
    Guard("reasons about somebody hidden", "api.compiler.predictions",
          "rules = [*exists(writing, label, evidence), *_hiding(writing, label, evidence)]", "rules = []",
          "tests/api/test_denied.py places"),
    Guard("reasons of classes that may be read", "api.permissions", "            if readable:\n",
          "            if True:\n", "tests/api/test_denied.py places"),
    Guard("places of reasons leave no gap", "api.compiler.records", 'if "rank" not in names:', "if True:",
          "tests/api/test_denied.py places"),
    Guard("changes of classes that may be read", "api.compiler.history",
          'return f"all(class IN {change}.dataClasses WHERE class IN {texts(classes)})"', 'return "true"',
          "tests/api/test_history.py classes"),
    Guard("lineage of what may be read", "api.compiler.history",
          "return verdict.form in SINGLE and all(rule in met for rule in writing.permissions.rules(verdict.rules))",
          "return True", "tests/api/test_history.py lineage"),
    Guard("an id reaches what exists for the caller", "api.compiler.nodes",
          "yield (), exists(writing, kind.label, variable)", "yield (), []", f"{ROWS} class_11 or class_23"),
    Guard("search reaches what exists for the caller", "api.compiler.nodes",
          "WITH {found} WHERE {' OR '.join(options) or 'false'}", "WITH {found}", f"{ROWS} class_17"),
    Guard("a member exists for whom it is granted", "api.permissions",
          "if verdict.allowed and verdict.form in need.forms:", "if True:", f"{MEMBERS} class_01 and brand"),
    Guard("a band is no number", "api.permissions",
          "if verdict.allowed and verdict.form in need.forms:", "if verdict.allowed:",
          f"{MEMBERS} class_07 and field_rep"),
    Guard("agents are limited", "graph.governance.decide", "if not person.allowed or agent.allowed:", "if True:",
          f"{SURFACE} class_29_an_agent"),
    Guard("validation suggests no name", "api.validation", "hide_suggestions=True", "hide_suggestions=False",
          f"{MEMBERS} class_21 and field_rep"),
    Guard("a cursor is bound to its caller", "api.cursors", "orjson.dumps([self._caller, context]",
          "orjson.dumps([context]", f"{SURFACE} class_05"),
    Guard("a cursor is bound to its request", "api.cursors", "orjson.dumps([self._caller, context]",
          "orjson.dumps([self._caller]", f"{SURFACE} class_05"),
    Guard("a cursor has one spelling", "api.cursors", "if _spelt(sealed) != cursor:", "if False:",
          "tests/api/test_cursors.py spelling"),
    Guard("documents are accepted for a permission set", "api.documents",
          "self._accepted.get((permissions.id, digest), make)", "self._accepted.get(('', digest), make)",
          f"{SURFACE} class_27"),
    Guard("a digest is known to its sender", "api.documents",
          "self._sent.known((permissions.id, subject, digest))", "True", "tests/api/test_persisted.py registers"),
    Guard("plans are kept for a permission set", "api.documents",
          "key = (permissions.id, accepted.digest, _name(operation), shape(variables))",
          "key = ('', accepted.digest, _name(operation), shape(variables))", f"{SURFACE} class_27"),
    Guard("the cost of an operation is bounded", "api.limits", "if cost > MOST_COST:", "if False:",
          f"{SURFACE} class_34"),
    Guard("failures are masked", "api.app", 'failed = RequestFailed("something failed here")',
          "failed = RequestFailed(str(error))", f"{SURFACE} class_20"),
)  # fmt: skip
