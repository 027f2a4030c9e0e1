"""The table of all worlds that were judged, each figure beside its goal."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Result = dict[str, Any]


def table(results: Sequence[Result]) -> str:
    """Plain text; empty worlds give a line that says so."""
    if not results:
        return "no world has been judged yet"
    regimes: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        regimes[result["regime"]].append(result)
    parts = (_adoption(regimes), _influence(regimes), _friction(regimes), _intervals(regimes), _explanations(regimes))
    return "\n\n".join("\n".join(part) for part in parts)


def _adoption(regimes: dict[str, list[Result]]) -> list[str]:
    lines = [
        "adoption, AUC on the later window      worlds  oracle  lgbm node  lgbm graph  network  ensemble"
        "  gap closed  gain (p<.05)   ECE-floor  slope"
    ]
    for regime, found in sorted(regimes.items()):
        one = [result["adoption"] for result in found]
        gains = [each["gain"]["auc"] for each in one]
        sure = sum(each["gain"]["p"] < 0.05 for each in one)
        lines.append(
            f"  {regime:36} {len(found):6} {_mean(one, 'auc', 'oracle'):7.3f}"
            f" {_mean(one, 'auc', 'lightgbm_node'):10.3f}"
            f" {_mean(one, 'auc', 'lightgbm'):11.3f} {_mean(one, 'auc', 'network'):8.3f}"
            f" {_mean(one, 'auc', 'ensemble'):9.3f} {_mean(one, 'gap_closed'):11.0%} {np.mean(gains):+.3f}"
            f" ({sure}/{len(one)}, least {min(gains):+.3f})"
            f" {_of(one, lambda each: each['ece'] - each['ece_floor']):8.4f} {_mean(one, 'slope'):6.2f}"
        )
    return lines


def _influence(regimes: dict[str, list[Result]]) -> list[str]:
    lines = [
        "influence, 200 HCPs                    NDCG@20 model  PageRank  in-degree  volume  market  Spearman  mean/true"
        "     90 % covers  width"
    ]
    for regime, found in sorted(regimes.items()):
        one = [result["influence"] for result in found]
        ndcg = {name: _mean(one, "ndcg", name) for name in one[0]["ndcg"]}
        rank = _mean(one, "spearman", "model") if one[0]["spearman"] else float("nan")
        lines.append(
            f"  {regime:36} {ndcg['model']:13.3f} {ndcg['page_rank']:9.3f} {ndcg['in_degree']:10.3f}"
            f" {ndcg['volume']:7.3f} {ndcg['market_volume']:7.3f} {rank:9.3f}"
            f" {_mean(one, 'mean'):6.3f}/{_mean(one, 'true_mean'):.3f} {_mean(one, 'covers'):12.1%}"
            f" {_mean(one, 'width'):6.3f}"
        )
    return lines


def _friction(regimes: dict[str, list[Result]]) -> list[str]:
    lines = [
        "friction, AUC on the later window      oracle  lgbm node  lgbm graph  network  ensemble  used below"
        "  payers  ECE-floor  slope"
    ]
    for regime, found in sorted(regimes.items()):
        one = [result["friction"] for result in found]
        lines.append(
            f"  {regime:36} {_mean(one, 'auc', 'oracle'):6.3f} {_mean(one, 'auc', 'lightgbm_node'):10.3f}"
            f" {_mean(one, 'auc', 'lightgbm'):11.3f} {_mean(one, 'auc', 'network'):8.3f}"
            f" {_mean(one, 'auc', 'ensemble'):9.3f} {_mean(one, 'below_oracle'):11.4f} {_mean(one, 'payers'):7.3f}"
            f" {_of(one, lambda each: each['ece'] - each['ece_floor']):10.4f} {_mean(one, 'slope'):6.2f}"
        )
    return lines


def _intervals(regimes: dict[str, list[Result]]) -> list[str]:
    levels = (
        "hcp_plan",
        "plan",
        "payer",
        "account",
        "territory",
        "cohort state",
        "cohort siteOfCare",
        "cohort state+siteOfCare",
    )
    lines = ["90 % intervals of friction cover        " + "  ".join(f"{level:>8}" for level in levels)]
    for regime, found in sorted(regimes.items()):
        one = [result["friction"]["intervals"] for result in found]
        shares = (f"{_mean(one, level, 'covers'):.1%}" for level in levels)
        lines.append(
            f"  {regime:38}"
            + "  ".join(f"{share:>{max(8, len(level))}}" for share, level in zip(shares, levels, strict=True))
        )
    return lines


def _explanations(regimes: dict[str, list[Result]]) -> list[str]:
    lines = [
        "reasons, share of the causes acting    task             causes  among five  with sign  by chance  in as many"
        "  strongest"
    ]
    for regime, found in sorted(regimes.items()):
        told = [result["explanations"] for result in found]
        for task in ("adoption", "access_friction"):
            one = [each[task] for each in told]
            shares = ("found", "found_with_its_sign", "chance", "found_in_as_many", "strongest_found")
            top, signed, chance, alike, first = (f"{_mean(one, name):.1%}" for name in shares)
            lines.append(
                f"  {regime:36} {task:15} {_mean(one, 'causes'):7.1f} {top:>11} {signed:>10} {chance:>10} {alike:>11}"
                f" {first:>10}"
            )
    return lines


def _mean(found: list[Result], *names: str) -> float:
    def value(one: Any) -> float:
        for name in names:
            one = one[name]
        return float(one)

    return _of(found, value)


def _of(found: list[Result], value: Callable[[Result], float]) -> float:
    return float(np.mean([value(one) for one in found]))
