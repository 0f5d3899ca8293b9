"""`idp clients lint`: how well each registered client is protected."""

from collections.abc import Iterator

import click

from idp.cli.house import House, pass_house, tell
from idp.journeys.clients.grading import Report, is_production, reports
from idp.protocol.client_lint import WORST


@click.command()
@click.argument("client_ids", metavar="[CLIENT_ID]...", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@pass_house
def lint(house: House, client_ids: tuple[str, ...], as_json: bool) -> None:
    """Grade clients from A to F against RFC 9700 and their profile; ends with 1 if there is an F.

    On a loopback issuer, addresses of the developer's own machine are not held against them.
    """
    with house.store.reading() as connection:
        found = reports(connection, client_ids, production=is_production(house.provider))
    tell(as_json, [_document(report) for report in found], *(line for report in found for line in _lines(report)))
    if any(report.grade == WORST for report in found):
        raise SystemExit(1)


def _document(report: Report) -> dict[str, object]:
    said = [
        {"id": check.id, "clause": check.clause, "severity": check.severity.name.lower(), "sentence": check.sentence}
        for check in report.findings
    ]
    return {"client_id": report.client_id, "grade": report.grade, "findings": said, "faults": list(report.faults)}


def _lines(report: Report) -> Iterator[str]:
    yield f"{report.grade}  {report.client_id}"
    for fault in report.faults:
        yield f"   refused today   {fault}"
    for check in report.findings:
        yield f"   {check.severity.name.lower():7} {check.sentence} [{check.id}; {check.clause}]"
