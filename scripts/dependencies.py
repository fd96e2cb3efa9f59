#!/usr/bin/env python3
"""Holds a workspace's locked dependencies to deny.toml: licences, sources and bans. Prints each offence; exits 1 when there is one.

cargo-deny reads the same file and does the same and more; compiling it takes longer than everything it checks here.
It looks at every package that the lockfile holds for this platform, used or not.
"""

import argparse
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TOKEN = re.compile(r"\s*([()/]|[A-Za-z0-9.+-]+)")


def permitted(expression: str, allowed: set[str]) -> bool:
    """Whether an SPDX expression can be met with `allowed`; the slash of old manifests means OR."""
    tokens = ["OR" if token == "/" else token for token in TOKEN.findall(expression)]

    def either() -> bool:
        met = both()
        while tokens and tokens[0] == "OR":
            tokens.pop(0)
            met = both() or met
        return met

    def both() -> bool:
        met = single()
        while tokens and tokens[0] == "AND":
            tokens.pop(0)
            met = single() and met
        return met

    def single() -> bool:
        token = tokens.pop(0)
        if token == "(":
            met = either()
            if not tokens or tokens.pop(0) != ")":
                raise ValueError(f"a parenthesis is not closed in {expression!r}")
            return met
        if tokens and tokens[0] == "WITH":
            token = f"{token} {tokens.pop(0)} {tokens.pop(0)}"
        return token in allowed

    try:
        met = either()
    except IndexError:
        raise ValueError(f"{expression!r} is no SPDX expression") from None
    if tokens:
        raise ValueError(f"{expression!r} is no SPDX expression")
    return met


def licence_faults(package: dict, rules: dict) -> list[str]:
    """What is wrong with a package's licence."""
    clarified = {rule["crate"]: rule["expression"] for rule in rules.get("clarify", [])}
    expression = package["license"] or clarified.get(f"{package['name']}@{package['version']}")
    if not expression:
        return ["it names no licence, and deny.toml does not clarify it"]
    allowed = set(rules["allow"])
    for exception in rules.get("exceptions", []):
        if exception["crate"] == package["name"]:
            allowed.update(exception["allow"])
    try:
        return [] if permitted(expression, allowed) else [f"its licence {expression} is not allowed"]
    except ValueError as error:
        return [f"its licence cannot be read: {error}"]


def source_faults(package: dict, rules: dict) -> list[str]:
    """What is wrong with where a package is from: a folder of this repository, or an allowed registry."""
    source = package["source"]
    if source is None:
        inside = Path(package["manifest_path"]).is_relative_to(ROOT)
        return [] if inside else [f"it stands outside this repository, in {package['manifest_path']}"]
    kind, _, address = source.partition("+")
    allowed = rules["allow-registry"] if kind in {"registry", "sparse"} else rules["allow-git"]
    return [] if address.split("?")[0] in allowed else [f"its source {source} is not allowed"]


def ban_faults(package: dict, parents: dict[str, set[str]], rules: dict) -> list[str]:
    """Whether a package is banned, or depends on something without saying which version."""
    faults = []
    for ban in rules["deny"]:
        others = parents.get(package["name"], set()) - set(ban.get("wrappers", []))
        if ban["crate"] == package["name"] and (others or "wrappers" not in ban):
            faults.append(f"it is banned ({ban['reason']}), and wanted by {', '.join(sorted(others)) or 'nobody'}")
    if package["source"] is None:
        faults += [
            f"its dependency {dependency['name']} states no version"
            for dependency in package["dependencies"]
            if dependency["req"] == "*" and "path" not in dependency
        ]
    return faults


def metadata(manifest: Path) -> dict:
    """cargo's own account of the workspace, from the lockfile as it is."""
    host = subprocess.run(["rustc", "-vV"], capture_output=True, text=True, check=True).stdout
    platform = re.search(r"^host: (.+)$", host, re.MULTILINE)[1]
    command = ["cargo", "metadata", "--locked", "--format-version=1", "--manifest-path", str(manifest), "--filter-platform", platform]
    result = subprocess.run(command, stdout=subprocess.PIPE)
    if result.returncode != 0:
        sys.exit(f"cargo metadata failed for {manifest}; its message stands above")
    return json.loads(result.stdout)


def faults(manifest: Path, rules: dict) -> tuple[int, list[str]]:
    """How many packages there are, and each offence as a line."""
    graph = metadata(manifest)
    packages = {package["id"]: package for package in graph["packages"]}
    parents: dict[str, set[str]] = {}
    for node in graph["resolve"]["nodes"]:
        for dependency in node["deps"]:
            parents.setdefault(packages[dependency["pkg"]]["name"], set()).add(packages[node["id"]]["name"])
    lines = []
    for package in sorted(packages.values(), key=lambda package: (package["name"], package["version"])):
        wrong = licence_faults(package, rules["licenses"])
        wrong += source_faults(package, rules["sources"]) + ban_faults(package, parents, rules["bans"])
        lines += [f"{package['name']} {package['version']}: {fault}" for fault in wrong]
    return len(packages), lines


def main() -> None:
    """Checks each workspace named, or both."""
    parser = argparse.ArgumentParser(description="Checks the lockfiles against deny.toml.")
    parser.add_argument("manifests", nargs="*", type=Path, default=[ROOT / "Cargo.toml", ROOT / "inference-offchain/Cargo.toml"])
    rules = tomllib.loads((ROOT / "deny.toml").read_text())
    bad = False
    for manifest in parser.parse_args().manifests:
        count, lines = faults(manifest, rules)
        print(f"{manifest.relative_to(ROOT)}: {count} packages, {len(lines)} against deny.toml")
        for line in lines:
            print(f"  {line}")
        bad = bad or bool(lines)
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
