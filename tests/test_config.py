import pytest

from idp.config import ROOT, Misconfigured, load


def faults(environment):
    with pytest.raises(Misconfigured) as wrong:
        load(environment)
    return wrong.value.faults


def test_nothing_needs_to_be_set_to_try_it():
    settings = load({})

    assert settings.issuer == "http://localhost:8000"
    assert settings.database_url == f"sqlite:///{ROOT / 'var' / 'tessera.db'}"
    assert (settings.https, settings.on_loopback, settings.host) == (False, True, "localhost")


def test_every_fault_is_told_at_once_and_by_name():
    told = faults(
        {
            "IDP_ISSUER": "http://id.example.org",
            "IDP_DATABASE_URL": "mysql://db",
            "IDP_CODE_LIFETIME": "0",
            "IDP_SESSION_IDLE": "soon",
            "IDP_COLOUR": "green",
        }
    )

    assert sorted(fault.partition(":")[0] for fault in told) == [
        "IDP_CODE_LIFETIME",
        "IDP_COLOUR",
        "IDP_DATABASE_URL",
        "IDP_ISSUER",
        "IDP_SESSION_IDLE",
    ]


@pytest.mark.parametrize(
    "issuer",
    [
        "http://id.example.org",
        "https://id.example.org/",
        "https://id.example.org?a",
        "https://me@id.example.org",
        "ftp://id.example.org",
        "id.example.org",
    ],
)
def test_an_issuer_is_an_https_origin(issuer):
    assert faults({"IDP_ISSUER": issuer, "IDP_MAIL": "smtp://mail.example.org"})[0].startswith("IDP_ISSUER: ")


@pytest.mark.parametrize("issuer", ["http://localhost:8000", "http://127.0.0.1:8000", "https://id.example.org:8443"])
def test_plain_http_is_for_loopback(issuer):
    assert load({"IDP_ISSUER": issuer, "IDP_MAIL": "smtp://mail.example.org"}).issuer == issuer


def test_the_inbox_that_shows_everybodys_mail_stays_on_loopback():
    assert faults({"IDP_ISSUER": "https://id.example.org"})[0].startswith("IDP_MAIL: ")


REAL = {"IDP_ISSUER": "https://id.example.org", "IDP_MAIL": "smtp://mail.example.org"}


def test_text_messages_go_to_the_inbox_on_loopback_and_nowhere_else_unless_told():
    assert load({}).sms == "inbox"
    assert load(REAL).sms == "none"
    assert load({"IDP_SMS": "none"}).sms == "none"
    assert load(REAL | {"IDP_SMS": "https://gateway.example.org/send"}).sms == "https://gateway.example.org/send"


def test_the_inbox_that_shows_everybodys_codes_stays_on_loopback():
    assert faults(REAL | {"IDP_SMS": "inbox"})[0].startswith("IDP_SMS: ")


@pytest.mark.parametrize("allowed", ["10.0.0.5", "10.0.0.5:8080"])
def test_a_gateway_over_plain_http_is_one_that_the_operator_allowed(allowed):
    plain = REAL | {"IDP_SMS": "http://10.0.0.5:8080/send"}

    assert faults(plain)[0].startswith("IDP_SMS: ")
    assert faults(plain | {"IDP_OUTBOUND_ALLOW": "10.0.0.6"})[0].startswith("IDP_SMS: ")
    assert load(plain | {"IDP_OUTBOUND_ALLOW": allowed}).sms == "http://10.0.0.5:8080/send"


@pytest.mark.parametrize("address", ["outbox", "ftp://gateway", "https://", "https://me:hunter2@gateway.example.org"])
def test_a_gateway_is_an_address_without_a_user(address):
    told = faults({"IDP_SMS": address})

    assert told[0].startswith("IDP_SMS: ")
    assert "hunter2" not in told[0]


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_a_postgresql_address_always_names_its_driver(scheme):
    assert load({"IDP_DATABASE_URL": f"{scheme}://db/tessera"}).database_url == "postgresql+psycopg://db/tessera"


def test_a_faulty_address_is_not_repeated_because_it_may_hold_a_password():
    told = faults({"IDP_DATABASE_URL": "mysql://me:hunter2@db/x", "IDP_MAIL": "imap://me:hunter2@mail"})

    assert len(told) == 2
    assert "hunter2" not in "".join(told)


@pytest.mark.parametrize("number", ["soon", "0", "-1", "1.5", "²"])
def test_a_duration_is_a_positive_whole_number_of_seconds(number):
    assert faults({"IDP_CODE_LIFETIME": number}) == [
        f"IDP_CODE_LIFETIME: {number!r} must be a positive number of seconds"
    ]


@pytest.mark.parametrize(
    "name", ["IDP_CLIENT_FAILURES", "IDP_PUBLIC_PUSHES", "IDP_REQUEST_FETCHES", "IDP_OPENED_SIGN_INS"]
)
def test_a_limit_is_a_positive_whole_number(name):
    for number in ("0", "-1", "none", "1.5"):
        assert faults({name: number}) == [f"{name}: {number!r} must be a positive whole number"]
    assert getattr(load({name: "7"}), name.removeprefix("IDP_").lower()) == 7


@pytest.mark.parametrize(("name", "longest"), [("CODE", 60), ("PAR", 599)])
def test_what_waits_for_a_browser_does_not_wait_long(name, longest):
    assert faults({f"IDP_{name}_LIFETIME": str(longest + 1)}) == [
        f"IDP_{name}_LIFETIME: '{longest + 1}' must be at most {longest} seconds"
    ]
    settings = load({f"IDP_{name}_LIFETIME": str(longest)})
    assert getattr(settings, f"{name.lower()}_lifetime") == longest


def test_a_file_gives_settings_and_a_variable_beats_it(tmp_path):
    file = tmp_path / "idp.toml"
    file.write_text('issuer = "http://127.0.0.1:9"\ncode_lifetime = 30\noutbound_allow = ["a:1", "b"]\n')
    settings = load({"IDP_CONFIG": str(file), "IDP_CODE_LIFETIME": "40"})

    assert (settings.issuer, settings.code_lifetime) == ("http://127.0.0.1:9", 40)
    assert settings.outbound_allow == ("a:1", "b")


def test_a_file_with_a_setting_that_does_not_exist_is_refused(tmp_path):
    file = tmp_path / "idp.toml"
    file.write_text("colour = 1\n")

    assert faults({"IDP_CONFIG": str(file)}) == [f"colour in {file}: no such setting"]


@pytest.mark.parametrize("content", [None, "not = toml = at all"])
def test_a_file_that_cannot_be_read_is_named(tmp_path, content):
    file = tmp_path / "idp.toml"
    if content is not None:
        file.write_text(content)

    assert faults({"IDP_CONFIG": str(file)})[0].startswith(f"IDP_CONFIG: {file} cannot be read")


def test_files_that_settings_name_must_exist(tmp_path):
    told = faults({"IDP_THEME": str(tmp_path / "none.toml"), "IDP_REGISTER": str(tmp_path / "none.csv")})

    assert [fault.partition(":")[0] for fault in told] == ["IDP_THEME", "IDP_REGISTER"]


def test_the_rest_of_the_environment_is_nobodys_business():
    assert load({"PATH": "/bin", "HOME": "/"}).issuer == "http://localhost:8000"


@pytest.mark.parametrize("networks", ["10.0.0.5, 10.1.0.0/16", "2001:db8::/32"])
def test_proxies_are_addresses_or_networks(networks):
    assert load({"IDP_TRUSTED_PROXIES": networks}).trusted_proxies == tuple(networks.replace(",", "").split())


@pytest.mark.parametrize("networks", ["proxy.example.org", "10.0.0.5/8", "*"])
def test_a_proxy_that_is_no_network_is_refused(networks):
    assert faults({"IDP_TRUSTED_PROXIES": networks})[0].startswith("IDP_TRUSTED_PROXIES: ")


PROXY = {"IDP_TRUSTED_PROXIES": "10.0.0.5"}


def test_a_certificate_arrives_in_a_header_of_its_own():
    told = load(PROXY | {"IDP_CERTIFICATE_HEADER": "X-SSL-Client-Cert", "IDP_MTLS_URL": "https://mtls.example.org"})

    assert (told.certificate_header, told.mtls_url) == ("X-SSL-Client-Cert", "https://mtls.example.org")


@pytest.mark.parametrize("header", ["Authorization", "Host", "X SSL", "X_SSL_Client_Cert", "X-SSL:", "X-Zertifikat-ß"])
def test_a_header_that_others_use_or_that_is_none_is_refused(header):
    assert faults(PROXY | {"IDP_CERTIFICATE_HEADER": header})[0].startswith("IDP_CERTIFICATE_HEADER: ")


def test_nobody_hands_over_certificates_who_is_not_named():
    assert faults({"IDP_CERTIFICATE_HEADER": "X-SSL-Client-Cert"})[0].startswith("IDP_CERTIFICATE_HEADER: nobody")


@pytest.mark.parametrize(("name", "value"), [("IDP_CLIENT_CA", "ca.pem"), ("IDP_MTLS_URL", "https://mtls.example.org")])
def test_what_is_of_no_use_without_certificates_is_named(name, value):
    assert faults({name: value}) == [f"{name}: no certificate ever arrives without IDP_CERTIFICATE_HEADER"]


@pytest.mark.parametrize("url", ["http://mtls.example.org", "https://mtls.example.org/", "mtls.example.org"])
def test_the_second_address_is_one_like_the_first(url):
    header = {"IDP_CERTIFICATE_HEADER": "X-SSL-Client-Cert"}

    assert faults(PROXY | header | {"IDP_MTLS_URL": url})[0].startswith("IDP_MTLS_URL: ")


def test_a_nonce_is_optional_or_required():
    assert load({}).dpop_nonce == "optional"
    assert load({"IDP_DPOP_NONCE": "required"}).dpop_nonce == "required"
    assert faults({"IDP_DPOP_NONCE": "yes"})[0].startswith("IDP_DPOP_NONCE: ")


def test_one_factor_does_nowhere_unless_the_operator_says_so():
    assert load({}).single_factor is False
    assert load({"IDP_SINGLE_FACTOR": "yes"}).single_factor is True


@pytest.mark.parametrize("word", ["true", "1", "YES", "on"])
def test_one_factor_is_allowed_by_one_word_only(word):
    assert faults({"IDP_SINGLE_FACTOR": word}) == [f"IDP_SINGLE_FACTOR: {word!r} must be yes or no"]
