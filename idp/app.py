"""The composition root of the application: pages, programs' endpoints and the courier, built once on `parts.py`."""

from collections.abc import Callable

from flask import Flask
from granian.utils.proxies import wrap_wsgi_with_proxy_headers

from idp.config import ROOT, Settings
from idp.domain.authenticators import challenges
from idp.domain.authenticators.methods import one_time_code
from idp.domain.grants import grants, pushed
from idp.domain.oversight import viewings
from idp.domain.people import contact_changes
from idp.domain.proofing import evidence
from idp.domain.recovery import alarms
from idp.domain.sessions import browser, handovers, logins, remembered
from idp.domain.signatures import ceremonies, documents
from idp.foundation import limits, once
from idp.foundation.audit import checkpoint
from idp.foundation.clock import Clock, system_clock
from idp.foundation.courier import Courier
from idp.foundation.messages import message
from idp.journeys.oidc import logout_notices
from idp.journeys.people import close_due
from idp.journeys.provider import Provider
from idp.journeys.recovery import reclaim, ways
from idp.parts import create_provider
from idp.web import (
    account,
    console,
    csrf,
    errors,
    headers,
    inbox,
    locale,
    nul,
    odd_passwords,
    oidc,
    password_strength,
    proofing,
    public,
    recovery,
    session_time,
    signin,
    signing,
    theme,
    unread,
)
from idp.web.form_body import StrictRequest
from idp.web.oidc.certificate import CertificateHeader, WSGIApp
from idp.web.page_rule import PageRule

LANGUAGES = ("en", "zh_Hant", "ar")
LARGEST_REQUEST = 24 * 1024 * 1024
SWEEP_EVERY = 60
"""The courier sweeps expired rows once in so many rounds."""


def create_app(settings: Settings, clock: Clock = system_clock) -> Flask:
    """The whole application. The database and the keys must be ready: `prepare` makes them so."""
    country = theme.load(settings.theme)
    provider = create_provider(settings, country, clock)
    app = Flask("idp", root_path=str(ROOT / "idp" / "web"), template_folder=str(ROOT / "templates"))
    app.request_class, app.url_rule_class = StrictRequest, PageRule
    app.config.update(MAX_CONTENT_LENGTH=LARGEST_REQUEST, MAX_FORM_PARTS=100, MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.config["SECURE_COOKIES"] = settings.https
    app.extensions["provider"] = provider
    app.extensions["courier"] = create_courier(provider)
    errors.init(app)
    unread.init(app)
    odd_passwords.init(app)
    nul.init(app)
    headers.init(app, https=settings.https)
    locale.init(app, languages=LANGUAGES, cookie_secure=settings.https, timezone=country.timezone)
    theme.init(app, country)
    session_time.init(app)
    csrf.init(app, provider.keyring.secret("forms"), cookie_secure=settings.https)
    oidc.init(app, provider, links=country.metadata(), https=settings.https)
    # Around pages and programs alike: both count what an address fails at.
    app.wsgi_app = create_forwarded(settings)(app.wsgi_app)  # type: ignore[assignment,method-assign]
    # Outermost: only the peer itself, whose address this still is, may hand over a certificate.
    app.wsgi_app = create_certificates(settings)(app.wsgi_app)  # type: ignore[assignment,method-assign]
    for room in (public, signin, session_time, recovery, account, password_strength, proofing, signing, console):
        app.register_blueprint(room.blueprint)
    if "inbox" in (settings.mail, settings.sms):
        app.register_blueprint(inbox.blueprint)
    return app


def create_forwarded(settings: Settings) -> Callable[[WSGIApp], WSGIApp]:
    """What believes the address that a proxy of ours saw; nothing if there is none, for it looks at every peer."""
    if not settings.trusted_proxies:
        return lambda app: app
    return lambda app: wrap_wsgi_with_proxy_headers(app, list(settings.trusted_proxies))


def create_certificates(settings: Settings) -> Callable[[WSGIApp], WSGIApp]:
    """What takes the certificate of a client from the header in which a proxy hands it over; nothing if none does."""
    if not settings.certificate_header:
        return lambda app: app
    return CertificateHeader(settings.certificate_header, settings.trusted_proxies).around


def create_courier(provider: Provider) -> Courier:
    """What happens after the commit, and the chores that nobody asks for."""
    handlers = {
        message.KIND: message.handler(provider.channels, provider.box),
        "backchannel_logout": logout_notices.handler(provider),
        ways.UNSENT: ways.handler,
    }
    copy = provider.data_dir / checkpoint.KEPT_COPY
    rounds = iter(range(10**12))

    def sign_checkpoint() -> None:
        checkpoint.advance(provider.store, provider.keyring, provider.issuer, copy)

    def sweep() -> None:
        if next(rounds) % SWEEP_EVERY == 0:
            with provider.transaction() as tx:
                once.sweep(tx)
                limits.sweep(tx)
                grants.sweep(tx)
                pushed.sweep(tx)
                browser.sweep(tx)
                logins.sweep(tx)
                remembered.sweep(tx)
                handovers.sweep(tx)
                challenges.sweep(tx)
                one_time_code.sweep(tx)
                evidence.sweep(tx)
                ceremonies.sweep(tx)
                documents.sweep(tx)
                viewings.sweep(tx)
                contact_changes.sweep(tx)
                alarms.sweep(tx)

    def close_accounts() -> None:
        close_due.run(provider)

    def remind_of_reclaims() -> None:
        reclaim.remind(provider)

    chores = (sign_checkpoint, close_accounts, remind_of_reclaims, sweep)
    return Courier(provider.store, handlers, chores, shared={message.KIND, ways.UNSENT})
