"""The mailboxes that are watched: ``[[accounts]]``, and where their passwords are fetched."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, StrictFloat, StrictInt, model_validator

from mailtriage.settings.section import FilePath, MailAddress, Section, WrongValueError, is_address


class SecretSource(Section):
    """Where a secret is fetched: exactly one of these. The secret itself never stands in the configuration."""

    command: tuple[str, ...] | None = None
    file: FilePath | None = None
    env: str | None = None
    credential: str | None = None
    keyring: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _no_plain_secret(cls, value: Any) -> Any:
        if isinstance(value, str):
            raise WrongValueError(
                "a secret does not stand in this file", 'write where it is, like { env = "MAIL_PASSWORD" }'
            )
        return value

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        given = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(given) != 1:
            raise WrongValueError(
                f"{' and '.join(given) if given else 'nothing'} says where the secret is",
                "write exactly one of command, file, env, credential, keyring",
            )
        return self


class Server(Section):
    """Another server of the same account: ``[accounts.sieve]`` (ManageSieve) or ``[accounts.smtp]``.

    What is left out is as for IMAP; the port is 4190 (RFC 5804) or 587 (RFC 6409), 465 with ``tls`` (RFC 8314).
    """

    host: str = ""
    port: StrictInt | None = Field(default=None, ge=1, le=65535)
    security: Literal["tls", "starttls", "none"] = "starttls"
    username: str = ""
    secret: SecretSource | None = None


class Account(Section):
    """``[[accounts]]``: one IMAP login, and whose mailbox it is (``staff``: names or addresses of ``[[staff]]``)."""

    name: str = Field(min_length=1, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    host: str = Field(min_length=1)
    port: StrictInt | None = Field(default=None, ge=1, le=65535)
    security: Literal["tls", "starttls", "none"] = "tls"
    ca_file: FilePath | None = None
    username: str = Field(min_length=1)
    address: MailAddress | None = None
    mechanism: Literal["password", "xoauth2", "oauthbearer"] = "password"
    secret: SecretSource
    staff: tuple[str, ...] = Field(min_length=1)
    folders: tuple[str, ...] = Field(default=("INBOX",), min_length=1)
    drafts: str | None = None
    mark: Literal["auto", "nothing"] = "auto"
    hold: Literal["off", "move", "delivery"] = "off"
    sieve: Server | None = None
    smtp: Server | None = None
    reach_back_days: StrictInt = Field(default=0, ge=0, le=365)
    trusted_authserv: tuple[str, ...] = ()
    timeout_seconds: StrictFloat = Field(default=30.0, gt=0, le=600)
    poll_seconds: StrictFloat = Field(default=300.0, ge=1, le=86400)

    @property
    def effective_port(self) -> int:
        """The port: as set, else 993 for TLS and 143 otherwise (RFC 8314, RFC 3501)."""
        return self.port or (993 if self.security == "tls" else 143)

    @property
    def effective_address(self) -> str:
        """The address that drafts are from: as set, else the user name where that is an address."""
        return self.address or (self.username.lower() if is_address(self.username) else "")
