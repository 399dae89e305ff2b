"""RFC 3161: a time-stamping authority signs that a checkpoint existed at a time.

What is stamped is the checkpoint's own text, without signatures, so that cosignatures added later
don't matter. Tokens lie beside the checkpoint. A token is believed only against a certificate
that the reader brings; without one it is present and unchecked, and that is said.
"""

from __future__ import annotations

import hashlib
import shlex
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from cellwarden.model.errors import InputError, IntegrityError, SourceError
from cellwarden.store.objects import write_durably
from cellwarden.store.state import State
from cellwarden.workflows.ledger.checkpoints import STAMPED_SUFFIX, Kept, newest_kept
from cellwarden.workflows.workspace import Workspace

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

_FOLDER: Final = "checkpoints"
_ENDING: Final = ".tsr"
_LARGEST: Final = 1 << 20
_TIMEOUT_S: Final = 30.0
_SHA512: Final = "2.16.840.1.101.3.4.2.3"
_SHA256: Final = "2.16.840.1.101.3.4.2.1"


class Authority(msgspec.Struct, frozen=True, kw_only=True):
    """The certificates that a reader trusts: PEM files with roots, and the signer's, if apart."""

    roots: Path
    signer: Path | None = None


class Stamp(msgspec.Struct, frozen=True, kw_only=True):
    """One kept token: the checkpoint's size, the time it gives, who signs, whether it was checked.

    ``command`` is what a stranger runs to check it without us.
    """

    size: int
    path: Path
    stamped_at: datetime
    is_checked: bool
    command: str


def make_request(workspace: Workspace) -> tuple[bytes, Kept]:
    """A request over the newest checkpoint's text (SHA-512, with a nonce), to be carried by file.

    Raises:
        InputError: nothing was signed yet.
    """
    from rfc3161_client import TimestampRequestBuilder

    with workspace.open_state() as state:
        kept = _newest(state)
    body = kept.note.text.encode("utf-8")
    return TimestampRequestBuilder().data(body).build().as_bytes(), kept


def keep_response(workspace: Workspace, data: bytes) -> Stamp:
    """Keep a response of an authority beside the newest checkpoint that it speaks of.

    Raises:
        InputError: this is no granted response, or it is of something else.
    """
    with workspace.open_state() as state, state.alone():
        kept = _newest(state)
        return _keep(state, kept, data)


def ask_authority(workspace: Workspace, url: str, *, ca_file: Path | None) -> Stamp:
    """Have the newest checkpoint stamped over HTTPS, and keep the token.

    Raises:
        InputError: the address is not plain HTTPS, or nothing was signed yet.
        SourceError: the authority did not answer, or refused.
    """
    if not url.startswith("https://") or "@" in url:
        raise InputError(
            f"--tsa {url}: only plain https:// addresses are asked",
            advice="on a site without a way out, use --request and --response with files",
        )
    request, _ = make_request(workspace)
    return keep_response(workspace, _post(url, request, ca_file))


def _post(url: str, request: bytes, ca_file: Path | None) -> bytes:
    import httpx

    context = httpx.create_ssl_context()
    if ca_file is not None:
        try:
            context.load_verify_locations(str(ca_file))
        except OSError as error:
            raise InputError(
                f"{ca_file}: {error}", advice="give a PEM file with certificates"
            ) from error
    try:
        with (
            httpx.Client(verify=context, timeout=_TIMEOUT_S) as client,
            client.stream(
                "POST",
                url,
                content=request,
                headers={"content-type": "application/timestamp-query"},
            ) as answer,
        ):
            answer.raise_for_status()
            found = b""
            for piece in answer.iter_bytes():
                found += piece
                if len(found) > _LARGEST:
                    raise SourceError(
                        f"{url} answered more than {_LARGEST} bytes",
                        advice="check the address; this is no time-stamping authority",
                    )
    except httpx.HTTPError as error:
        raise SourceError(
            f"{url}: {str(error) or type(error).__name__}",
            advice="try again later, or carry the request by file: --request and --response",
        ) from error
    return found


def stamps(workspace: Workspace, authority: Authority | None = None) -> tuple[Stamp, ...]:
    """Every kept token, checked against an authority's certificates where they are given.

    Raises:
        InputError: the certificates cannot be read.
        IntegrityError: a token does not hold: of something else, or not signed by the authority.
    """
    with workspace.open_state() as state:
        return stamps_of(state, authority)


def stamps_of(state: State, authority: Authority | None = None) -> tuple[Stamp, ...]:
    """As :func:`stamps`, of an opened state folder."""
    return tuple(_stamp(path, authority) for path in token_files(state.folder))


def token_files(state_folder: Path) -> list[Path]:
    """The kept tokens, oldest checkpoint first."""
    return sorted((state_folder / _FOLDER).glob(f"*{_ENDING}"))


def body_of(token: Path) -> Path:
    """The file with the text that a token is over."""
    return token.with_name(token.name.partition(".")[0] + STAMPED_SUFFIX)


def _newest(state: State) -> Kept:
    kept = newest_kept(state)
    if kept is None:
        raise InputError(
            "no checkpoint was signed yet",
            advice="`cellwarden ledger checkpoint` signs the ledger as it is now",
        )
    return kept


def _keep(state: State, kept: Kept, data: bytes) -> Stamp:
    response = _decoded(data, "this")
    body = kept.note.text.encode("utf-8")
    if not _is_over(response, body):
        raise InputError(
            "this timestamp is of something else than the newest checkpoint",
            advice="ask anew with --request; a checkpoint was signed since that request",
        )
    folder = state.folder / _FOLDER
    name = kept.path.name.partition(".")[0]
    write_durably(folder / (name + STAMPED_SUFFIX), body)
    token = folder / f"{name}.{hashlib.sha256(data).hexdigest()[:8]}{_ENDING}"
    write_durably(token, data)
    return _stamp(token, None)


def _decoded(data: bytes, what: str) -> Any:
    from rfc3161_client import PKIStatus, decode_timestamp_response

    try:
        response = decode_timestamp_response(data[: _LARGEST + 1])
    except ValueError as error:
        raise InputError(
            f"{what} is no timestamp response: {error}",
            advice="give the bytes that the authority answered (a .tsr file)",
        ) from error
    if response.status not in {PKIStatus.GRANTED, PKIStatus.GRANTED_WITH_MODS}:
        words = "; ".join(response.status_string) or f"status {response.status}"
        raise InputError(
            f"the authority refused: {words}", advice="ask it why, or ask another authority"
        )
    return response


def _is_over(response: Any, body: bytes) -> bool:
    imprint = response.tst_info.message_imprint
    known = {_SHA512: hashlib.sha512, _SHA256: hashlib.sha256}
    algorithm = known.get(imprint.hash_algorithm.dotted_string)
    return algorithm is not None and algorithm(body).digest() == imprint.message


def _stamp(token: Path, authority: Authority | None) -> Stamp:
    data, body = token.read_bytes(), body_of(token)
    response = _decoded(data, str(token))
    text = body.read_bytes() if body.exists() else b""
    if not _is_over(response, text):
        raise IntegrityError(
            f"{token.name} is not a timestamp of {body.name}",
            advice="one of the two was changed; restore the folder `checkpoints` from a backup",
        )
    if authority is not None:
        _check(token, response, text, authority)
    stamped_at = response.tst_info.gen_time
    return Stamp(
        size=int(token.name.partition(".")[0]),
        path=token,
        stamped_at=stamped_at if stamped_at.tzinfo else stamped_at.replace(tzinfo=UTC),
        is_checked=authority is not None,
        command=openssl_command(token, body),
    )


def openssl_command(token: Path, body: Path) -> str:
    """What checks a token without us; the reader puts in the authority's certificates."""
    return (
        f"openssl ts -verify -data {shlex.quote(str(body))} -in {shlex.quote(str(token))}"
        " -CAfile TSA-ROOT.pem -untrusted TSA.pem"
    )


def _check(token: Path, response: Any, text: bytes, authority: Authority) -> None:
    from rfc3161_client import VerificationError, VerifierBuilder

    roots = _certificates(authority.roots)
    builder = VerifierBuilder(roots=roots)
    if authority.signer is not None:
        builder = builder.tsa_certificate(_certificates(authority.signer)[0])
    try:
        holds = builder.build().verify_message(response, text)
    except (VerificationError, ValueError) as error:
        raise IntegrityError(
            f"{token.name} does not hold against {authority.roots}: {error}",
            advice="the authority's certificate may be another one; if it is the right one, the"
            " token was forged or changed",
        ) from error
    if not holds:
        raise IntegrityError(
            f"{token.name} does not hold against {authority.roots}",
            advice="the token was forged or changed; keep everything as it is and find out who",
        )


def _certificates(path: Path) -> list[Certificate]:
    from cryptography.x509 import load_pem_x509_certificates

    try:
        return load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError) as error:
        raise InputError(
            f"{path} holds no certificates that can be read: {error}",
            advice="give a PEM file (-----BEGIN CERTIFICATE-----)",
        ) from error
