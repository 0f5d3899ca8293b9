import json
import sqlite3
import subprocess

import click
import pytest

from idp.cli.main import COMMANDS as LISTED
from idp.cli.main import main
from tests import origin as origins
from tests import serving, warm


class Installation:
    """A provider's folder and settings, and its command line."""

    def __init__(self, folder, database_url):
        self.folder = folder
        self.environment = serving.settings(folder, database_url, 8000)

    def idp(self, *arguments):
        return warm.idp(self.environment, *arguments)

    def json(self, *arguments):
        return serving.command(self.environment, *arguments, "--json")

    def write(self, name, document):
        file = self.folder / name
        file.write_text(json.dumps(document))
        return str(file)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """One installation on SQLite for every test here; none depends on what another left."""
    folder = tmp_path_factory.mktemp("installation")
    installation = Installation(folder, f"sqlite:///{folder}/var/tessera.db")
    made = installation.json("db", "upgrade")
    assert made["keys_made"]
    return installation


COMMANDS = [
    ("serve",),
    ("demo",),
    ("doctor",),
    ("db", "upgrade"),
    ("keys", "rotate"),
    ("keys", "list"),
    ("clients", "import"),
    ("people", "import"),
    ("people", "lock"),
    ("people", "unlock"),
    ("people", "erase"),
    ("passwords", "prepare"),
    ("audit", "verify"),
    ("audit", "search"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_explains_itself(home, command):
    help_text = home.idp(*command, "--help")

    assert help_text.returncode == 0
    assert help_text.stdout.startswith("Usage: ")


def test_the_list_of_commands_says_of_each_what_it_says_of_itself(home):
    listed = " ".join(home.idp("--help").stdout.split())

    for name, (_module, line) in LISTED.items():
        assert f"{name} {line}" in listed
        assert main.get_command(click.Context(main), name).help.startswith(line.removesuffix("."))


def test_who_misspells_a_command_is_told_which_there_is(home):
    asked = home.idp("clents")

    assert asked.returncode == 2
    assert "Did you mean 'clients'?" in asked.stderr


def test_no_command_reads_the_pages_to_list_the_services(home):
    """Most of what the provider is made of is its pages: whoever types a command does not wait for them."""
    interpreter, *command = serving.IDP
    read = subprocess.run(
        [interpreter, "-X", "importtime", *command, "clients", "list"],
        env=home.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    ).stderr

    assert "idp.domain.clients.registry" in read
    assert "idp.app" not in read
    assert "flask" not in read


def test_an_upgrade_may_be_repeated_and_makes_no_key_twice(home):
    assert home.json("db", "upgrade")["keys_made"] == []


def test_a_postgresql_database_is_upgraded_too(postgres_server, tmp_path):
    elsewhere = Installation(tmp_path, postgres_server.url(postgres_server.create()))

    assert elsewhere.json("db", "upgrade")["keys_made"]
    assert elsewhere.json("audit", "verify")["fault"] is None


def test_people_and_services_are_imported_once(home):
    people = [{"username": "ann", "password": "a long enough password", "claims": {"name": "Ann"}, "assurance": "high"}]
    services = [
        {
            "client_id": "tax",
            "client_secret": "s" * 32,
            "client_name": "Tax",
            "redirect_uris": ["https://tax.example/cb"],
        }
    ]
    first = home.json("people", "import", home.write("people.json", people))
    again = home.json("people", "import", home.write("people.json", people))

    assert (first["imported"], again["known"]) == (["ann"], ["ann"])
    assert home.json("clients", "import", home.write("clients.json", services))["imported"] == ["tax"]
    assert home.json("clients", "import", home.write("clients.json", services))["imported"] == ["tax"]
    assert [client["client_id"] for client in home.json("clients", "list")].count("tax") == 1


def test_a_record_is_locked_and_unlocked_for_a_reason(home):
    people = [{"username": "lea", "password": "a long enough password"}]
    home.json("people", "import", home.write("lea.json", people))

    assert home.json("people", "lock", "lea", "--reason", "security_incident")["status"] == "locked"
    assert "the record is locked" in home.idp("people", "lock", "lea", "--reason", "security_incident").stderr
    assert home.json("people", "unlock", "lea", "--reason", "resolved")["status"] == "active"
    assert "nobody signs in by this name" in home.idp("people", "lock", "nobody", "--reason", "resolved").stderr


def test_nobody_is_erased_without_being_sure(home):
    people = [{"username": "mia", "password": "a long enough password"}]
    home.json("people", "import", home.write("mia.json", people))

    assert "cannot be undone" in home.idp("people", "erase", "mia").stdout
    assert home.json("people", "erase", "mia", "--yes")["status"] == "closed"
    assert "nobody signs in by this name" in home.idp("people", "erase", "mia", "--yes").stderr
    assert home.json("people", "import", home.write("mia.json", people))["imported"] == ["mia"]


def test_a_user_name_that_looks_like_somebodys_is_not_imported(home):
    people = [{"username": "na", "password": "a long enough password"}]
    home.json("people", "import", home.write("na.json", people))
    refused = home.idp("people", "import", home.write("like.json", [people[0] | {"username": "n\u0430"}]))

    assert refused.returncode == 2
    assert "looks like na, which is another person's" in refused.stderr


@pytest.mark.parametrize(
    ("name", "why"), [("anna p", "U+0020 (spaces)"), ("an\u200bna", "U+200B"), ("an\u202ena", "U+202E")], ids=ascii
)
def test_a_user_name_that_nobody_could_type_is_not_imported(home, name, why):
    people = [{"username": "before", "password": "a long enough password"}]
    refused = home.idp("people", "import", home.write("odd.json", [*people, {**people[0], "username": name}]))

    assert refused.returncode != 0
    assert f"a user name cannot hold {why}" in refused.stderr
    assert "Nobody was admitted." in refused.stderr


@pytest.mark.parametrize("document", [{}, "text", [1], [{"username": "bob"}], [{"username": "bob", "password": 1}]])
def test_a_faulty_list_of_people_is_refused_in_words(home, document):
    refused = home.idp("people", "import", home.write("faulty.json", document))

    assert refused.returncode != 0
    assert refused.stderr.startswith("Error: ")
    assert "Traceback" not in refused.stderr


def test_one_faulty_service_keeps_all_of_its_list_out(home):
    good = {"client_id": "good", "client_secret": "s" * 32, "redirect_uris": ["https://good.example/cb"]}
    faulty = {"client_id": "faulty", "client_secret": "s" * 32, "redirect_uris": ["javascript:alert(1)"]}
    refused = home.idp("clients", "import", home.write("faulty.json", [good, faulty]))

    assert refused.returncode != 0
    assert "faulty" in refused.stderr
    assert "good" not in [client["client_id"] for client in home.json("clients", "list")]


def test_a_sector_is_asked_for_once_and_a_registration_that_stays_needs_no_network(home, tmp_path):
    elsewhere = Installation(home.folder, home.environment["IDP_DATABASE_URL"])
    good = {"client_id": "sector", "client_secret": "s" * 32, "redirect_uris": ["https://sector.example/cb"]}
    with origins.serving(tmp_path) as origin:
        trusted = {"IDP_OUTBOUND_ALLOW": f"localhost:{origin.port}", "IDP_OUTBOUND_CA": str(origin.authority)}
        elsewhere.environment |= trusted
        good["sector_identifier_uri"] = origin.put("/sector.json", good["redirect_uris"])
        file = home.write("sector.json", [good])
        assert elsewhere.json("clients", "import", file)["imported"] == ["sector"]
        assert origin.heard == ["/sector.json"]

    assert home.json("clients", "import", file)["imported"] == ["sector"]
    moved = home.write("moved.json", [good | {"redirect_uris": ["https://thief.example/cb"]}])
    refused = home.idp("clients", "import", moved)
    assert "Client sector: " in refused.stderr
    assert "Nothing was registered." in refused.stderr


def test_authorities_that_cannot_be_read_are_a_wrong_setting(home, tmp_path):
    elsewhere = Installation(home.folder, home.environment["IDP_DATABASE_URL"])
    elsewhere.environment |= {"IDP_OUTBOUND_CA": str(tmp_path / "missing.pem")}
    refused = elsewhere.idp("serve")
    assert refused.returncode == 2
    assert "IDP_OUTBOUND_CA: " in refused.stderr
    assert "Traceback" not in refused.stderr

    (tmp_path / "ca.pem").write_text("no certificate")
    elsewhere.environment |= {"IDP_OUTBOUND_CA": str(tmp_path / "ca.pem")}
    assert "IDP_OUTBOUND_CA: " in elsewhere.idp("doctor").stdout


def test_keys_rotate_once_and_then_wait_for_caches(home):
    first = home.json("keys", "rotate")
    again = home.json("keys", "rotate")

    assert all(step["rotated"] for step in first)
    assert not any(step["rotated"] for step in again)
    assert {key["state"] for key in home.json("keys", "list")} == {"next", "active", "retiring"}


def test_no_command_shows_a_private_key(home):
    assert '"d"' not in json.dumps(home.json("keys", "list"))


def test_a_fit_installation_is_told_so(home):
    findings = home.json("doctor")

    assert [finding for finding in findings if finding["state"] == "fault"] == []


@pytest.mark.parametrize(
    ("setting", "wants", "state", "told"),
    [
        ("yes", True, "warning", "is allowed, and is accepted by hasty."),
        ("yes", False, "warning", "is allowed, and is accepted by no service. Set IDP_SINGLE_FACTOR=no."),
        ("no", True, "warning", "is wanted by hasty, and IDP_SINGLE_FACTOR does not allow it."),
        ("no", False, "ok", "is accepted nowhere"),
    ],
)
def test_who_accepts_a_single_factor_is_named(home, setting, wants, state, told):
    service = {"client_id": "hasty", "client_secret": "s" * 40, "redirect_uris": ["https://hasty.example/cb"]}
    elsewhere = Installation(home.folder, home.environment["IDP_DATABASE_URL"])
    elsewhere.json("clients", "import", home.write("hasty.json", [service | {"single_factor": wants}]))
    elsewhere.environment |= {"IDP_SINGLE_FACTOR": setting}
    found = next(one for one in elsewhere.json("doctor") if one["check"] == "one factor")

    assert (found["state"], found["advice"]) == (state, told)


def test_a_lost_key_is_a_fault_that_names_its_remedy(tmp_path):
    hurt = Installation(tmp_path, f"sqlite:///{tmp_path}/var/tessera.db")
    hurt.json("db", "upgrade")
    next((tmp_path / "keys").glob("tokens-es256-*.json")).unlink()
    for file in (tmp_path / "keys").glob("tokens-es256-*.json"):
        file.unlink()
    told = hurt.idp("doctor")

    assert told.returncode == 1
    assert "restore it from your backup" in told.stdout


@pytest.mark.parametrize(
    ("name", "told"), [("people.txt", "must end in .csv"), ("people.csv", "must name the columns")]
)
def test_a_register_that_cannot_be_read_is_a_wrong_setting(home, tmp_path, name, told):
    (tmp_path / name).write_text("nobody\n")
    elsewhere = Installation(home.folder, home.environment["IDP_DATABASE_URL"])
    elsewhere.environment |= {"IDP_REGISTER": str(tmp_path / name)}
    refused = elsewhere.idp("people", "lock", "ann", "--reason", "resolved")

    assert refused.returncode == 2
    assert "IDP_REGISTER: " in refused.stderr
    assert told in refused.stderr


@pytest.mark.parametrize("content", ["code = [", "code = 1", "colours = 1"])
def test_a_country_pack_that_cannot_be_read_is_a_wrong_setting(home, tmp_path, content):
    (tmp_path / "theme.toml").write_text(content)
    elsewhere = Installation(home.folder, home.environment["IDP_DATABASE_URL"])
    elsewhere.environment |= {"IDP_THEME": str(tmp_path / "theme.toml")}
    refused = elsewhere.idp("serve")

    assert refused.returncode == 2
    assert "IDP_THEME: " in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_lost_signing_authority_is_a_fault_and_stops_what_needs_it(tmp_path):
    hurt = Installation(tmp_path, f"sqlite:///{tmp_path}/var/tessera.db")
    hurt.json("db", "upgrade")
    (tmp_path / "keys" / "authority" / "issuing.key").unlink()

    assert "issuing.key is missing" in hurt.idp("doctor").stdout
    assert hurt.idp("serve").stderr.startswith("A key is missing: ")


@pytest.mark.parametrize(
    "command",
    [("doctor",), ("clients", "list"), ("keys", "list"), ("keys", "rotate"), ("audit", "verify")],
    ids=" ".join,
)
@pytest.mark.parametrize("url", ["sqlite:///{folder}/new.db", "postgresql://me:hunter2@127.0.0.1:1/none"])
def test_a_database_that_cannot_be_used_is_told_in_words(tmp_path, url, command):
    new = Installation(tmp_path, url.format(folder=tmp_path))
    told = new.idp(*command)

    assert told.returncode in (1, 2)
    assert "idp db upgrade" in told.stdout + told.stderr or "IDP_DATABASE_URL" in told.stdout + told.stderr
    assert "Traceback" not in told.stderr
    assert "hunter2" not in told.stdout + told.stderr


def test_tampering_is_named_by_the_command_line_alone(tmp_path):
    with serving.serving(tmp_path, f"sqlite:///{tmp_path}/var/tessera.db") as server:
        for _ in range(100):
            if server.run("audit", "verify")["checkpoints"]:
                break
    honest = Installation(tmp_path, f"sqlite:///{tmp_path}/var/tessera.db")
    honest.environment |= {"IDP_ISSUER": server.url}
    assert honest.json("audit", "verify")["fault"] is None

    with sqlite3.connect(tmp_path / "var" / "tessera.db") as database:
        database.execute("UPDATE audit_leaves SET actor = 'nobody' WHERE position = 1")
    database.close()
    told = honest.idp("audit", "verify")

    assert told.returncode == 1
    assert told.stdout.startswith("FAULT: leaf 1: column actor differs")
