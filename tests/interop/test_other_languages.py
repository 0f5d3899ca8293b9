"""Other client libraries and our provider: oauth4webapi, go-oidc with golang.org/x/oauth2, and pac4j."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.agents import REDIRECT
from tests.fixtures.house import PASSWORD, House

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def go_client(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The program in Go, built once from what go.sum pins."""
    go = shutil.which("go")
    assert go is not None, "Go is missing: apt-get install golang-go"
    program = tmp_path_factory.mktemp("go") / "signs-in"
    subprocess.run([go, "build", "-mod=readonly", "-o", str(program), "."], cwd=HERE / "go", check=True, timeout=300)
    return [str(program)]


@pytest.fixture(scope="session")
def java_client(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The program in Java, which the JDK runs from its source, with the libraries that pom.xml names."""
    maven, java = shutil.which("mvn"), shutil.which("java")
    assert maven is not None, "Maven is missing: apt-get install maven"
    assert java is not None, "Java is missing: apt-get install default-jdk-headless"
    paths = tmp_path_factory.mktemp("java") / "classpath"
    libraries = ["dependency:build-classpath", f"-Dmdep.outputFile={paths}"]
    subprocess.run([maven, "--quiet", "--batch-mode", *libraries], cwd=HERE / "java", check=True, timeout=300)
    return [java, "-cp", paths.read_text(), str(HERE / "java" / "SignsIn.java")]


def signed_in_by(program: list[str], house: House) -> dict[str, object]:
    """What the program learns about Ana, who signs in in between."""
    agency = house.agency
    command = [*program, house.server.url, agency.client_id, agency.secret, REDIRECT]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        asked = process.stdout.readline().strip()
        browser = house.browser()
        landed = browser.sign_in(browser.get(asked), "ana", PASSWORD)
        told, _ = process.communicate(f"{landed.url}\n", timeout=60)
    assert process.returncode == 0
    learnt: dict[str, object] = json.loads(told)
    return learnt


@pytest.mark.timeout(400)
def test_go_signs_somebody_in(house: House, go_client: list[str]) -> None:
    assert signed_in_by(go_client, house) == {"nonce": "a-nonce", "same": True, "name": "Ana", "refreshed": True}


@pytest.mark.timeout(400)
def test_java_signs_somebody_in(house: House, java_client: list[str]) -> None:
    learnt = signed_in_by(java_client, house)
    assert learnt == {"name": "Ana", "acr": "urn:tessera:loa:low", "expired": False}


def test_oauth4webapi_signs_somebody_in_with_a_pushed_request_and_a_bound_token(
    house: House, node_modules: Path
) -> None:
    learnt = signed_in_by(["node", str(node_modules / "oauth4webapi.js")], house)
    assert learnt == {"type": "dpop", "nonce": True, "name": "Ana"}
