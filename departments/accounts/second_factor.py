"""The second factor: codes of an authenticator (TOTP, RFC 6238), recovery codes, who has to have one."""

import io
import math
import secrets
import time
from base64 import b32encode
from urllib.parse import quote, urlencode

import qrcode
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.utils.crypto import salted_hmac
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice
from qrcode.image.svg import SvgPathImage

from departments.enums import Role
from departments.models import RecoveryCode, User
from departments.permissions import has_role
from departments.verbs import OrganisationVerb
from riskcontrol import audit, text

ISSUER = "廉政风险防控"
RECOVERY_CODES = 10
# Without the letters and digits that are misread: 32 signs, 10 of them give 50 bits.
RECOVERY_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"


def check_roles() -> None:
    """Refuse to start with a role in TOTP_ROLES that doesn't exist: it would demand nothing of anybody."""
    unknown = sorted(set(settings.TOTP_ROLES) - set(Role.values))
    if unknown:
        raise ImproperlyConfigured(
            f"TOTP_ROLES holds {', '.join(unknown)}: write roles out of {', '.join(Role.values)}."
        )


def is_demanded_of(user: User) -> bool:
    """Whether one of the person's roles has to log in with a code."""
    return bool(settings.TOTP_ROLES) and has_role(user, *(Role(name) for name in settings.TOTP_ROLES))


def device_of(user: User) -> TOTPDevice | None:
    """The person's authenticator, if one is set up."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).first()


def new_key() -> str:
    """A random key in hexadecimal, as long as RFC 4226 recommends."""
    return secrets.token_hex(20)


def typed_key(key: str) -> str:
    """The key as a person types it into an authenticator, in groups of four."""
    plain = b32encode(bytes.fromhex(key)).decode()
    return " ".join(plain[start : start + 4] for start in range(0, len(plain), 4))


def key_address(key: str, user: User) -> str:
    """The otpauth:// address that an authenticator reads from the picture."""
    label = quote(f"{ISSUER}:{user.staff_number}")
    query = urlencode({"secret": b32encode(bytes.fromhex(key)).decode(), "issuer": ISSUER, "digits": 6, "period": 30})
    return f"otpauth://totp/{label}?{query}"


def key_picture(key: str, user: User) -> bytes:
    """The address as a QR code, an SVG of one path."""
    out = io.BytesIO()
    qrcode.make(key_address(key, user), image_factory=SvgPathImage, border=2).save(out)
    return out.getvalue()


def step_of(key: str, typed: str) -> int | None:
    """The half minute to which a code of this key belongs, one before or after now at most; None for a wrong code."""
    code, generator = plain_code(typed), TOTP(bytes.fromhex(key))
    generator.time = time.time()
    return int(generator.t()) if is_code(code) and generator.verify(int(code), tolerance=1) else None


def plain_code(typed: str) -> str:
    """A code without the blanks and dashes that make it readable, full-width signs as plain ones."""
    return text.plain_code(typed).replace("-", "").lower()


def is_code(typed: str) -> bool:
    """Whether a text looks like a code of an authenticator; anything else may be a recovery code."""
    return len(typed) == 6 and typed.isascii() and typed.isdigit()


def waiting_seconds(user: User) -> int:
    """How long the next try has to wait after wrong ones, whatever address they came from; 0 when it needn't."""
    device = device_of(user)
    allowed, why = device.verify_is_allowed() if device else (True, None)
    if allowed or not why or "locked_until" not in why:
        return 0
    return max(1, math.ceil(why["locked_until"].timestamp() - time.time()))


def verify(user: User, typed: str) -> str:
    """Use up a code: "code" or "recovery" for what it was, an empty text where it is wrong or was used before."""
    typed = plain_code(typed)
    with transaction.atomic():
        device = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=True).first()
        if device is None or not device.verify_is_allowed()[0]:
            return ""
        if is_code(typed):
            return "code" if device.verify_token(typed) else ""
        if RecoveryCode.objects.filter(user=user, digest=_digest(user, typed)).delete()[0]:
            device.throttle_reset()
            audit.record(
                OrganisationVerb.RECOVERY_USE, actor=user, target=user, detail={"剩余": user.recovery_codes.count()}
            )
            return "recovery"
        device.throttle_increment()
        return ""


def enrol(user: User, key: str, *, step: int) -> list[str]:
    """Set up the authenticator that has this key, in place of any other; returns recovery codes, shown only now.

    `step` is that of the code which was typed to prove it, and which is used up with it.
    """
    with transaction.atomic():
        TOTPDevice.objects.filter(user=user).delete()
        TOTPDevice.objects.create(user=user, name=ISSUER, key=key, last_t=step)
        audit.record(OrganisationVerb.CODE_ENABLE, actor=user, target=user)
        return _new_recovery_codes(user)


def renew_recovery_codes(user: User) -> list[str]:
    """New recovery codes; the old ones are worth nothing from now on."""
    with transaction.atomic():
        audit.record(OrganisationVerb.RECOVERY_RENEW, actor=user, target=user)
        return _new_recovery_codes(user)


def remove(user: User, *, actor: User | None) -> None:
    """Take the authenticator and the recovery codes away: by the person, or by the admin where it was lost."""
    with transaction.atomic():
        TOTPDevice.objects.filter(user=user).delete()
        user.recovery_codes.all().delete()
        audit.record(OrganisationVerb.CODE_REMOVE, actor=actor, target=user)


def _new_recovery_codes(user: User) -> list[str]:
    user.recovery_codes.all().delete()
    codes = ["".join(secrets.choice(RECOVERY_ALPHABET) for _ in range(10)) for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, digest=_digest(user, code)) for code in codes)
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def _digest(user: User, code: str) -> str:
    """Keyed with the server's secret, so that the table alone doesn't let anybody try codes."""
    return salted_hmac("departments.recovery", f"{user.pk}:{code}", algorithm="sha256").hexdigest()
