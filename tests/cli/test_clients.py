"""`idp clients`: importing again and again, inviting, grading."""

import json
import sqlite3

import pytest
from click.testing import CliRunner

from idp.cli.main import main
from idp.foundation.transaction import Store
from idp.protocol.registration import UNSUPPORTED
from tests import serving
from tests.builders import FAULT, refused_today

TAX = {
    "client_id": "tax",
    "client_secret": "s" * 32,
    "client_name": "Tax",
    "redirect_uris": ["https://tax.example/cb"],
    "initiate_login_uri": "https://tax.example/begin",
}


class Home:
    """An installation, whose commands run in this process."""

    def __init__(self, folder):
        self.folder = folder
        self.environment = serving.settings(folder, f"sqlite:///{folder}/tessera.db", 8000)

    def idp(self, *arguments):
        return CliRunner().invoke(main, arguments, env=self.environment)

    def json(self, *arguments):
        done = self.idp(*arguments, "--json")
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    def imports(self, *documents, **options):
        file = self.folder / "clients.json"
        file.write_text(json.dumps(documents))
        return self.json("clients", "import", str(file), *options.get("more", ()))

    def events(self):
        with sqlite3.connect(self.folder / "tessera.db") as database:
            found = database.execute("SELECT name FROM audit_leaves WHERE name LIKE 'clients.%' ORDER BY id").fetchall()
        database.close()
        return [name for (name,) in found]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    home = Home(tmp_path_factory.mktemp("home"))
    assert home.idp("db", "upgrade").exit_code == 0
    return home


@pytest.fixture
def home(prepared):
    with sqlite3.connect(prepared.folder / "tessera.db") as database:
        for table in ("registrations", "registration_invitations", "clients", "audit_leaves"):
            database.execute(f"DELETE FROM {table}")
    database.close()
    return prepared


def test_importing_the_same_again_changes_nothing_and_is_not_recorded(home):
    first, again = home.imports(TAX), home.imports(TAX)

    assert (first["added"], first["unchanged"]) == (["tax"], [])
    assert (again["added"], again["replaced"], again["unchanged"]) == ([], [], ["tax"])
    assert home.events() == ["clients.registration.added"]


@pytest.mark.parametrize(
    "change", [{"client_name": "Taxes"}, {"client_secret": "t" * 32}, {"software_id": "x"}], ids=str
)
def test_a_change_is_imported_and_recorded_once(home, change):
    home.imports(TAX)
    assert [home.imports({**TAX, **change})["replaced"] for _ in range(2)] == [["tax"], []]
    assert home.events() == ["clients.registration.added", "clients.registration.replaced"]


def test_a_dry_run_says_what_would_change_and_changes_nothing(home):
    home.imports(TAX)
    before = home.json("clients", "show", "tax")
    other = {**TAX, "client_id": "other"}
    told = home.imports({**TAX, "client_name": "Taxes"}, other, more=["--dry-run"])

    assert (told["imported"], told["added"], told["replaced"]) == ([], ["other"], ["tax"])
    assert home.json("clients", "show", "tax") == before
    assert [one["client_id"] for one in home.json("clients", "list")] == ["tax"]


def test_a_dry_run_names_faults_like_an_import(home):
    file = home.folder / "faulty.json"
    file.write_text(json.dumps([{**TAX, "client_secret": None}]))
    refused = home.idp("clients", "import", str(file), "--dry-run")
    assert refused.exit_code == 1
    assert "client_secret is missing" in refused.output


def test_every_kind_of_encryption_is_refused_by_name(home):
    file = home.folder / "encrypted.json"
    file.write_text(json.dumps([{**TAX, **dict.fromkeys(UNSUPPORTED, "A128GCM")}]))
    refused = home.idp("clients", "import", str(file))
    assert refused.exit_code == 1
    for protected in ("id_token", "userinfo", "authorization", "introspection"):
        assert f"{protected}_encrypted_response_alg is not supported." in refused.output
        assert f"{protected}_encrypted_response_enc is not supported." in refused.output
    assert "request_object_encryption_alg is not supported." in refused.output
    assert "request_object_encryption_enc is not supported." in refused.output


def test_a_client_is_shown_with_its_defaults_and_without_its_secret(home):
    home.imports(TAX)
    shown = home.json("clients", "show", "tax")
    assert (shown["status"], shown["require_pkce"]) == ("active", True)
    assert shown["initiate_login_uri"] == TAX["initiate_login_uri"]
    assert "s" * 32 not in json.dumps(shown)
    assert "require_pkce" in home.idp("clients", "show", "tax").output
    assert "no such client" in home.idp("clients", "show", "nobody").output


def test_what_is_exported_can_be_imported(home):
    keyless = {name: value for name, value in TAX.items() if name != "client_secret"}
    public = {**keyless, "token_endpoint_auth_method": "none"}
    home.imports(public)
    exported = json.loads(home.idp("clients", "export").stdout)
    assert home.imports(*exported)["unchanged"] == ["tax"]


def invitation(home, *more):
    return home.json("clients", "invite", "--agency", "Ministry", *more)


def test_an_invitation_is_shown_once_and_only_its_digest_is_kept(home):
    made = invitation(home, "--host", "tax.example", "--uses", "3", "--profile", "fapi2-security", "--allow", "signing")
    assert made["token"].startswith("tit_")
    assert made["policy"]["profiles"] == ["fapi2-security"]
    assert made["policy"]["freedoms"] == ["signing"]
    (listed,) = home.json("clients", "invitations")
    assert (listed["id"], listed["uses_left"], listed["open"]) == (made["id"], 3, True)
    with sqlite3.connect(home.folder / "tessera.db") as database:
        assert made["token"] not in "\n".join(database.iterdump())
    database.close()


def test_an_invitation_allows_little_unless_it_is_told(home):
    policy = invitation(home)["policy"]
    assert (policy["profiles"], policy["hosts"], policy["freedoms"]) == (["standard"], [], [])
    assert not {"tax_number", "national_id"} & set(policy["scopes"])


def test_an_operator_is_told_what_an_invitation_cannot_do(home):
    told = home.idp("clients", "invite", "--agency", "Ministry", "--scope", "openid api").output
    assert "No host is allowed" in told
    assert "stand for no claim: api" in told
    assert "IDP_REGISTRATION is off" in told


@pytest.mark.parametrize(
    "wrong",
    [
        ("--host", "*.example"),
        ("--host", "Tax.example"),
        ("--host", "tax.example:443"),
        ("--host", "https://tax.example"),
        ("--scope", 'open"id'),
        ("--agency", "a\nb"),
        ("--agency", ""),
        ("--profile", "fapi2"),
        ("--allow", "everything"),
        ("--uses", "0"),
    ],
)
def test_an_invitation_that_could_not_be_kept_is_not_made(home, wrong):
    assert home.idp("clients", "invite", "--agency", "Ministry", *wrong).exit_code == 2
    assert home.json("clients", "invitations") == []


def test_an_invitation_is_withdrawn_once(home):
    made = invitation(home)
    assert home.json("clients", "withdraw", made["id"]) == {"withdrawn": made["id"]}
    assert [one["open"] for one in home.json("clients", "invitations")] == [False]
    assert home.idp("clients", "withdraw", made["id"]).exit_code == 2


def test_a_token_is_renewed_only_for_a_client_that_has_one(home):
    home.imports(TAX)
    assert "no client of this name was registered over the network" in home.idp("clients", "renew", "tax").output


def test_clients_are_graded_and_the_worst_grade_ends_with_one(home):
    unsafe = {**TAX, "client_id": "unsafe", "require_pkce": False}
    home.imports(TAX, unsafe)
    done = home.idp("clients", "lint")

    assert done.exit_code == 1
    assert "F  unsafe" in done.output
    assert "PKCE is off" in done.output
    graded = {one["client_id"]: one for one in home.json("clients", "lint", "tax")}
    assert graded.keys() == {"tax"}
    assert graded["tax"]["grade"] == "C"
    assert {"id", "clause", "severity", "sentence"} == graded["tax"]["findings"][0].keys()
    assert home.idp("clients", "lint", "nobody").exit_code == 2


def test_a_registration_that_todays_rules_refuse_is_graded_too(home):
    home.imports(TAX)
    with sqlite3.connect(home.folder / "tessera.db") as database:
        database.execute(
            "UPDATE clients SET metadata = replace(metadata, 'https://tax.example/begin', 'http://[::1]/')"
        )
    database.close()
    done = home.idp("clients", "lint")

    assert done.exit_code == 1
    assert "refused today   initiate_login_uri must be https." in done.output


def test_the_doctor_names_services_that_could_be_safer(home):
    home.imports({**TAX, "require_pkce": False})
    (said,) = [finding for finding in home.json("doctor") if finding["check"] == "services"]
    assert (said["state"], "tax (F)" in said["advice"]) == ("warning", True)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("[]", "not a JSON object"),
        ('{"https://a.example": {"keys": []}}', "entry for https://a.example"),
        ("{", "not JSON"),
    ],
)
def test_a_file_of_authorities_that_cannot_be_used_is_a_wrong_setting(home, content, told):
    file = home.folder / "authorities.json"
    file.write_text(content)
    elsewhere = Home(home.folder)
    elsewhere.environment |= {"IDP_SOFTWARE_AUTHORITIES": str(file)}

    assert told in elsewhere.idp("doctor").output
    refused = elsewhere.idp("clients", "withdraw", "x")
    assert refused.exit_code == 2
    assert "IDP_SOFTWARE_AUTHORITIES: " in refused.output


def test_registration_is_off_or_by_approval(home):
    elsewhere = Home(home.folder)
    elsewhere.environment |= {"IDP_REGISTRATION": "open"}
    assert "IDP_REGISTRATION: 'open' must be off or approval" in elsewhere.idp("doctor").output


@pytest.fixture
def stricter(home):
    """Two services are registered, and of one today's rules say FAULT."""
    home.imports(TAX, {**TAX, "client_id": "library", "client_name": "Library", "single_factor": True})
    store = Store(home.environment["IDP_DATABASE_URL"])
    refused_today(store, "tax")
    store.dispose()
    return home


def test_a_registration_that_todays_rules_refuse_is_listed_with_its_faults_beside_the_others(stricter):
    assert stricter.json("clients", "list") == [
        {"client_id": "library", "name": "Library", "status": "active", "faults": []},
        {"client_id": "tax", "name": "Tax", "status": "active", "faults": [FAULT]},
    ]
    told = stricter.idp("clients", "list").output.splitlines()
    assert [line.split() for line in told] == [
        ["library", "active", "Library"],
        ["tax", "active", "Tax"],
        ["refused", "today", *FAULT.split()],
    ]


def test_the_doctor_names_a_registration_that_todays_rules_refuse_and_goes_on_with_everything_else(stricter):
    done = stricter.idp("doctor", "--json")
    said = [finding for finding in json.loads(done.stdout) if finding["check"] in ("services", "one factor")]

    assert done.exit_code == 1
    (factor,) = [finding["advice"] for finding in said if finding["check"] == "one factor"]
    assert "library" in factor
    (fault,) = [finding["advice"] for finding in said if finding["state"] == "fault"]
    assert fault.startswith(f"tax can do nothing, because today's rules refuse it: {FAULT}")
    assert "`idp clients import`" in fault


def test_what_the_doctor_advises_mends_it(stricter):
    (exported,) = [one for one in json.loads(stricter.idp("clients", "export").stdout) if one["client_id"] == "tax"]
    stricter.imports({**exported, "initiate_login_uri": "https://tax.example/begin", "client_secret": "s" * 32})

    assert [one["faults"] for one in stricter.json("clients", "list")] == [[], []]
    assert "today's rules" not in stricter.idp("doctor").output
