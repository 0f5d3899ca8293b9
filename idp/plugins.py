"""Name to factory for every port. Built-ins are listed here; nothing registers itself on import."""

from collections.abc import Callable, Mapping
from pathlib import Path

from idp.config import Misconfigured, Settings
from idp.domain.authenticators.attestation import Makes
from idp.domain.authenticators.methods.passkey import PasskeyMethod
from idp.domain.authenticators.methods.password import PasswordHasher, PasswordMethod
from idp.domain.authenticators.methods.recovery_code import RecoveryCodeMethod
from idp.domain.authenticators.methods.sms import SmsMethod
from idp.domain.authenticators.methods.totp import TotpMethod
from idp.domain.authenticators.port import AuthenticatorMethod
from idp.domain.people.port import PopulationRegister
from idp.domain.people.registers import CsvRegister
from idp.foundation.keyring.files import FileKeyStore
from idp.foundation.keyring.port import KeyStore
from idp.foundation.messages.gateway import GatewayChannel
from idp.foundation.messages.inbox import InboxChannel
from idp.foundation.messages.port import Channel
from idp.foundation.messages.smtp import SmtpChannel
from idp.foundation.outbound import OutboundClient
from idp.foundation.transaction import Store
from idp.foundation.vault.box import Box
from idp.foundation.vault.vault import Vault

KEY_STORES: Mapping[str, Callable[[Path], KeyStore]] = {"file": FileKeyStore}
REGISTERS: Mapping[str, Callable[[Path], PopulationRegister]] = {"csv": CsvRegister}


def key_store(settings: Settings) -> KeyStore:
    """Where private keys are kept."""
    return KEY_STORES["file"](settings.keys_dir)


def register(settings: Settings) -> PopulationRegister:
    """The population register, chosen by the file's extension. Raises Misconfigured for one that cannot be read."""
    kind = settings.register.suffix.removeprefix(".")
    if kind not in REGISTERS:
        raise Misconfigured([f"IDP_REGISTER: {settings.register} must end in .{' or .'.join(REGISTERS)}"])
    try:
        return REGISTERS[kind](settings.register)
    except ValueError as error:
        raise Misconfigured([f"IDP_REGISTER: {error}"]) from error


def methods(
    settings: Settings, hasher: PasswordHasher, vault: Vault, makes: Makes
) -> Mapping[str, AuthenticatorMethod]:
    """The ways to authenticate, by name."""
    built_in: tuple[AuthenticatorMethod, ...] = (
        PasswordMethod(hasher),
        PasskeyMethod((settings.host, settings.issuer), {make.aaguid for make in makes.values() if make.hardware}),
        TotpMethod(vault),
        RecoveryCodeMethod(),
        SmsMethod(),
    )
    return {method.name: method for method in built_in}


def channels(settings: Settings, store: Store, box: Box, outbound: OutboundClient) -> Mapping[str, Channel]:
    """How mail and text messages leave; there is no `sms` where nothing takes text messages."""
    inbox = InboxChannel(store, box)
    mail = inbox if settings.mail == "inbox" else SmtpChannel(settings.mail, settings.mail_from)
    if settings.sms == "none":
        return {"email": mail}
    gateway = GatewayChannel(outbound, settings.sms, settings.sms_token, settings.sms_from)
    return {"email": mail, "sms": inbox if settings.sms == "inbox" else gateway}
