"""One rich world: every declared label and relationship type, with several territories and HCPs who have opted out.

Labels and relationships that this file does not name are filled from the declaration alone, so what is declared later
is there too.
"""

import datetime
import random
from collections.abc import Iterator
from itertools import product as pairs

from graph.schema.catalogue import NODES, RELS
from graph.schema.core import DataClass
from tests.noninterference.graphs import Node, Ref, World
from tests.noninterference.values import value

HCPS = 48
COUNTS = {"HCP": HCPS, "Territory": 6, "Rep": 6, "Account": 8, "Payer": 3, "Plan": 5, "Product": 3, "Specialty": 4,
          "CoveragePolicy": 10, "Sequence": 0, "Prediction": 0, "Override": 0, "Change": 0, "ModelVersion": 3,
          "Source": 4, "RefreshRun": 5, "Lease": 3, "Identifier": 30, "Tombstone": 6, "Patient": 20,
          "TherapyStart": 30}  # fmt: skip
USUAL = 16
PER_START = 2
OWNED = ("Consent", "SupportCase", "FieldNote", "Suggestion", "Interaction", "MedicalInquiry", "Payment",
         "SurveyResponse", "ScientificActivity")  # fmt: skip
"""Labels of which each node is one person's, so that scopes tell them apart."""
OPTED_OUT = {1: "2020-01-01", 4: "2024-06-01", 9: "2025-01-31", 13: "2023-03-03", 2: "2999-01-01", 20: "2022-02-02"}
SINCE = datetime.date(2025, 1, 1)
MOVED = datetime.date(2025, 6, 1)
RELEASES = {"access_friction": ("hcp", "hcp_plan", "plan", "payer", "account", "territory", "cohort"),
            "influence": ("hcp",), "adoption": ("hcp",)}  # fmt: skip
SUBJECT_LABELS = {
    "hcp": "HCP",
    "hcp_plan": "HCP",
    "plan": "Plan",
    "payer": "Payer",
    "account": "Account",
    "territory": "Territory",
    "cohort": "CohortSegment",
}
CLASSES = [data_class.value for data_class in DataClass]


def base_world(seed: int = 1) -> World:
    """The first of two graphs."""
    rng = random.Random(seed)
    world = World()
    for label in NODES:
        _nodes(world, label, rng)
    _settle(world)
    for kind in RELS:
        _links(world, kind, rng)
    _align(world)
    _prescribing(world, rng)
    _predictions(world, rng)
    _overrides(world, rng)
    _lineage(world, rng)
    _changes(world, rng)
    return world


def _nodes(world: World, label: str, rng: random.Random) -> None:
    node = NODES[label]
    for number in range(HCPS if label in OWNED else COUNTS.get(label, USUAL)):
        props = {}
        for name, declared in node.props.items():
            if name == node.key or declared.required or rng.random() < 0.9:
                props[name] = value(declared, name, number, rng)
        if "id" in props:
            props["id"] = f"{label.lower()}-{number:03}"
        if node.key != "id":
            props[node.key] = f"{label.lower()}-{number:03}"
        world.add(label, {name: found for name, found in props.items() if found is not None})


def _settle(world: World) -> None:
    """What rules and lookups rest on has known values."""
    for number, hcp in enumerate(world.of("HCP")):
        hcp.props["npi"] = f"{1_900_000_000 + number}"
        hcp.props.pop("optedOutOn", None)
        if number in OPTED_OUT:
            hcp.props["optedOutOn"] = datetime.date.fromisoformat(OPTED_OUT[number])
    for number, territory in enumerate(world.of("Territory")):
        territory.props["territoryId"] = f"T-{number + 1}"
        territory.props["level"] = "territory" if number < 4 else "district"
    for number, rep in enumerate(world.of("Rep")):
        rep.props["userId"] = f"user-{number + 1}"
    for number, product in enumerate(world.of("Product")):
        product.props |= {"productId": f"PROD-{number + 1}", "own": number < 2}
    for name, label in (("planKey", "Plan"), ("policyKey", "CoveragePolicy")):
        for number, node in enumerate(world.of(label)):
            node.props[name] = f"{name}-{number:03}"
    for name in ("published", "writing"):
        world.add("Sequence", {"name": name, "value": 7})


def _links(world: World, kind: str, rng: random.Random) -> None:
    """A few links from every node to nodes of every label that the declaration allows."""
    if kind in ("IN_TERRITORY", "PRESCRIBED", "ABOUT", "UNDER", "BECAUSE", "BY"):
        return
    rel = RELS[kind]
    for start_label, end_label in rel.ends:
        for start, end in _joined(world, start_label, end_label, rng):
            props = {
                name: value(declared, name, 0, rng)
                for name, declared in rel.props.items()
                if name != "lineage" and (declared.required or name in rel.key or rng.random() < 0.9)
            }
            if "from" in props:
                props |= {"from": SINCE, "to": None if rng.random() < 0.8 else MOVED}
            if kind == "SHARES_PATIENTS":
                props |= {"patients": rng.randrange(11, 40), "year": rng.choice((2024, 2025))}
            world.link(kind, start.ref, end.ref, {name: found for name, found in props.items() if found is not None})


def _joined(world: World, start_label: str, end_label: str, rng: random.Random) -> Iterator[tuple[Node, Node]]:
    """Pairs of nodes: what is owned has one owner, others are joined to a few."""
    starts, ends = world.of(start_label), world.of(end_label)
    if end_label in OWNED:
        yield from ((rng.choice(starts), end) for end in ends)
        return
    for start in starts:
        for end in rng.sample(ends, min(1 if start_label in OWNED else PER_START, len(ends))):
            if end is not start:
                yield start, end


def _align(world: World) -> None:
    """HCPs stand in turn in the four territories; every tenth has moved, every twelfth stands in two."""
    territories = [node.ref for node in world.of("Territory")]
    for number, hcp in enumerate(world.of("HCP")):
        at = number % 4
        if number % 10 == 7:
            world.link("IN_TERRITORY", hcp.ref, territories[(at + 1) % 4], {"from": SINCE, "to": MOVED})
            world.link("IN_TERRITORY", hcp.ref, territories[at], {"from": MOVED})
        else:
            world.link("IN_TERRITORY", hcp.ref, territories[at], {"from": SINCE})
        if number % 12 == 5:
            world.link("IN_TERRITORY", hcp.ref, territories[(at + 2) % 4], {"from": SINCE})


def _prescribing(world: World, rng: random.Random) -> None:
    for hcp, product in pairs(world.of("HCP"), world.of("Product")[:3]):
        for month in rng.sample(range(1, 13), 3):
            counts = {name: rng.randrange(1, 90) for name in ("trx", "nrx", "nbrx")}
            world.link("PRESCRIBED", hcp.ref, product.ref, {"month": datetime.date(2026, month, 1), **counts})


def _predictions(world: World, rng: random.Random) -> None:
    models = [node.ref for node in world.of("ModelVersion")]
    for (task, levels), product in pairs(RELEASES.items(), world.of("Product")[:2]):
        for level in levels:
            for subject in world.of(SUBJECT_LABELS[level]):
                for plan in _plans(world, level, rng):
                    found = _prediction(world, task, level, subject.ref, product.ref, plan, rng)
                    made_by = rng.choice(models)
                    world.nodes[found].props["modelId"] = made_by[1]
                    world.link("BY", found, made_by)
                    _reasons(world, found, rng)


def _plans(world: World, level: str, rng: random.Random) -> list[Ref | None]:
    return [plan.ref for plan in rng.sample(world.of("Plan"), 1)] if level == "hcp_plan" else [None]


def _prediction(
    world: World, task: str, level: str, subject: Ref, product: Ref, plan: Ref | None, rng: random.Random
) -> Ref:
    declared = NODES["Prediction"].props
    props = {name: value(prop, name, 0, rng) for name, prop in declared.items()}
    if task != "access_friction":
        for name in ("expectedStarts", "saveableStarts", "mainBarrier", "barrierShares", "evidenceStarts",
                     "claimsShow", "claimsStarts", "policySays", "policyGap", "policyGapLow",
                     "policyGapHigh"):  # fmt: skip
            props.pop(name)
    else:
        props |= {"mainBarrier": rng.choice(("PA", "STEP", "LIMIT")), "evidenceStarts": rng.choice((2, 10, 11, 40, 90)),
                  "barrierShares": [round(rng.random(), 3) for _ in range(7)]}  # fmt: skip
    # One in twenty is released under a class of its own: nobody may meet it.
    released = rng.choice(("therapy", "medical")) if rng.random() < 0.05 else task
    if task != "influence":
        props.pop("clinicalLead")
        props.pop("verdict")
    props |= {
        "id": f"{task}:{level}:{subject[1]}:{product[1]}:{plan[1] if plan else ''}",
        "task": task, "level": level, "dataClass": released,
        "dataClasses": rng.sample(["prescribing", "coverage", "network", "therapy"], 2),
    }  # fmt: skip
    found = world.add("Prediction", props)
    world.link("ABOUT", found, subject)
    world.link("FOR", found, product)
    if plan is not None:
        world.link("UNDER", found, plan)
    return found


def _overrides(world: World, rng: random.Random) -> None:
    """What people said about every HCP and two products, of friction under a plan."""
    declared = NODES["Override"].props
    for number, (hcp, product, task) in enumerate(
        pairs(world.of("HCP"), world.of("Product")[:2], ("adoption", "access_friction"))
    ):
        props = {name: value(prop, name, number, rng) for name, prop in declared.items() if rng.random() < 0.9}
        props |= {"id": f"override-{number:03}", "task": task, "verdict": rng.choice(declared["verdict"].values),
                  "madeOn": datetime.date(2026, rng.randrange(1, 10), rng.randrange(1, 28))}  # fmt: skip
        found = world.add("Override", {name: one for name, one in props.items() if one is not None})
        world.link("ABOUT", found, hcp.ref)
        world.link("FOR", found, product.ref)
        if task == "access_friction":
            world.link("UNDER", found, rng.choice(world.of("Plan")).ref)


def _reasons(world: World, prediction: Ref, rng: random.Random) -> None:
    """Reasons of every kind, also about HCPs of other territories and such as have opted out."""
    labels = [end for start, end in RELS["BECAUSE"].ends if start == "Prediction"]
    for rank in range(1, rng.randrange(2, 6)):
        evidence = rng.choice(world.of(rng.choice(labels)))
        classes = (
            rng.sample(CLASSES, rng.randrange(0, 3)) if rng.random() < 0.5 else [rng.choice(("coverage", "network"))]
        )
        share = round(rng.random(), 3)
        reason = {"reason": f"reason {rank} {share}", "share": share, "rank": rank, "dataClasses": classes}
        world.link("BECAUSE", prediction, evidence.ref, reason)


def _lineage(world: World, rng: random.Random) -> None:
    """Up to three sources give the values of every node that a refresh writes: all of them, some, or a hidden one."""
    sources = [node.props["name"] for node in world.of("Source")]
    runs = [node.props["id"] for node in world.of("RefreshRun")]
    for node in world.nodes.values():
        declared = NODES[node.label].props
        if "lineage" not in declared:
            continue
        names = [name for name in declared if name != "lineage"]
        entries = []
        for source in rng.sample(sources, rng.randrange(0, 4)):
            properties = rng.choice(("*", ",".join(rng.sample(names, min(2, len(names)))), names[-1]))
            entries.append(f"{source}|{source}-file.csv:{rng.randrange(1, 900)}|{rng.choice(runs)}|{properties}")
        node.props["lineage"] = entries


def _changes(world: World, rng: random.Random) -> None:
    """Changes of properties, of relationships and of predictions, with the classes that the declaration gives them."""
    for number, (entity, label, name, other, classes) in enumerate(_changed(world, rng)):
        props = {
            declared: value(prop, declared, number, rng)
            for declared, prop in NODES["Change"].props.items()
            if declared not in ("otherId", "property")
        }
        props |= {"id": f"change-{number:04}", "entityId": entity[1], "label": label, "dataClasses": classes,
                  "old": f"{rng.randrange(99)}", "new": f"{rng.randrange(99)}",
                  "recordedOn": datetime.date(2026, rng.randrange(1, 10), rng.randrange(1, 28))}  # fmt: skip
        if name is not None:
            props["property"] = name
        if other is not None:
            props["otherId"] = other[1]
        world.add("Change", props)


def _changed(world: World, rng: random.Random) -> Iterator[tuple[Ref, str, str | None, Ref | None, list[str]]]:
    """(entity, label, property, other end, data classes)"""
    for label in [label for label, node in NODES.items() if node.logged and "id" in node.props and label != "Change"]:
        declared = NODES[label].props
        for node in world.of(label)[:24]:
            name = rng.choice([name for name in declared if name != NODES[label].key])
            yield node.ref, label, name, None, [declared[name].data_class.value]
    logged = [link for link in world.links if RELS[link.type].logged and "id" in world.nodes[link.start].props]
    for link in rng.sample(logged, 160):
        rel = RELS[link.type]
        classes = {
            rel.data_class.value,
            *(prop.data_class.value for name, prop in rel.props.items() if name in link.props),
        }
        yield link.start, link.type, None, link.end, sorted(classes)
    for node in world.of("Prediction"):
        about = next(link.end for link in world.at(node.ref, "ABOUT") if link.start == node.ref)
        under = next((link.end for link in world.at(node.ref, "UNDER")), None)
        if rng.random() < 0.4:
            classes = sorted({node.props["dataClass"], *node.props["dataClasses"]})
            yield about, "Prediction", "value", under, classes
